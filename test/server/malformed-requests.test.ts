import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unroutedAnswers } from '../../src/server/unrouted.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
const logged: string[] = [];
beforeAll(async () => {
  const note = (_fields: object, message: string) => void logged.push(message);
  bed = await startTestBed({}, {}, undefined, { debug: note, info: note, warn: note, error: note });
});
afterAll(() => bed.stop());

/** What comes back until the connection closes; it asks for that itself where HTTP can say so. */
async function say(request: string): Promise<string> {
  let received = '';
  const socket = connect(Number(new URL(bed.url).port), '127.0.0.1').on('error', () => {});
  socket.on('data', text => {
    received += text;
  });
  socket.write(request, 'latin1');
  await once(socket, 'close');
  return received;
}

const query = '{"query":"{ __typename }"}';
const post = (host: string, headers = '', body = query, path = '/graphql') =>
  `POST ${path} HTTP/1.1\r\n${host}connection: close\r\ncontent-type: application/json\r\n${headers}` +
  `content-length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('a request', () => {
  it.each([
    ['a bracket', 'host: [\r\n'],
    ['nothing in it', 'host: \r\n'],
    ['a blank in it', 'host: a b\r\n'],
    ['a path in it', 'host: a/../../b?c#d\r\n'],
    ['credentials in it', 'host: user:password@a\r\n'],
    ['a port that is none', 'host: a:99999999\r\n'],
    ['bytes that are no text', 'host: \xff\xfe\r\n'],
    ['ten thousand characters', `host: ${'a'.repeat(10_000)}\r\n`],
  ])('whose Host has %s is answered as any other', async (_, host) => {
    const answer = await say(post(host));
    expect(statusOf(answer), answer).toBe(200);
    expect(answer).toContain('"__typename":"Query"');
  });

  it.each([
    ['no Host at all', post('')],
    ['two lengths', post('host: a\r\n', 'content-length: 5\r\n')],
    ['a length and chunks', post('host: a\r\n', 'transfer-encoding: chunked\r\n')],
    ['a length that is none', post('host: a\r\n').replace(/content-length: \d+/, 'content-length: x')],
    ['chunks that are none', post('host: a\r\n', 'transfer-encoding: chunked\r\n').replace(/content-length.*\r\n/, '')],
    ['a header without a colon', post('host: a\r\n', 'nonsense\r\n')],
    ['a NUL in a header', post('host: a\r\n', 'x-a: b\0c\r\n')],
    ['headers of 20 KB', post('host: a\r\n', `x-a: ${'b'.repeat(20_000)}\r\n`)],
    ['an encoding in its path that is none', post('host: a\r\n', '', query, '/graphql/%E0%A4%A')],
    ['half an escape in its query', post('host: a\r\n', '', query, '/graphql%')],
    ['a method that nobody knows', 'BREW /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['a method that is not for us', 'PUT /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['the start of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['no body where one is due', post('host: a\r\n', '', '')],
    ['a body that is no JSON', post('host: a\r\n', '', '{"query":')],
    ['a body that is a number', post('host: a\r\n', '', '5')],
    ['a body that is null', post('host: a\r\n', '', 'null')],
    ['a body of bytes that are no text', post('host: a\r\n', '', '"\xff\xfe"')],
    ['a prototype in its body', post('host: a\r\n', '', '{"__proto__":{"query":"{ __typename }"}}')],
    [
      'a query in its path that is no GraphQL',
      'GET /graphql?query=%00 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    ],
    ['half an escape in a GET', 'GET /graphql?query=%E0%A4%A HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['two slashes before its path', post('host: a\r\n', '', query, '//graphql')],
  ])('with %s is refused, and never blamed on us', async (_, request) => {
    const answer = await say(request);
    expect(statusOf(answer), answer).toBeGreaterThanOrEqual(400);
    expect(statusOf(answer), answer).toBeLessThan(500);
  });

  it.each([
    ['in absolute form', post('host: a\r\n', '', query, 'http://other.example:1/graphql')],
    ['with two Hosts', post('host: a\r\nhost: b\r\n')],
    ['by HTTP/1.0', post('').replace('HTTP/1.1', 'HTTP/1.0')],
    ['that waits for 100 Continue', post('host: a\r\n', 'expect: 100-continue\r\n')],
    ['with a slash too many', post('host: a\r\n', '', query, '/graphql/')],
    ['with an id that is none', post('host: a\r\n', 'x-request-id: a b<\r\n')],
    ['with a traceparent that is none', post('host: a\r\n', 'traceparent: 00-zz\r\n')],
  ])('%s is answered as any other', async (_, request) => {
    const answer = await say(request);
    expect(answer).toContain('"__typename":"Query"');
    expect(answer).not.toContain('a b<');
  });

  it.each(['gzip', 'br', 'deflate, gzip', 'x'])(
    'whose body is encoded is refused, and the header named: %s',
    async coding => {
      for (const body of [gzipSync(query).toString('latin1'), query]) {
        const answer = await say(post('host: a\r\n', `content-encoding: ${coding}\r\n`, body));
        expect(statusOf(answer)).toBe(415);
        expect(answer).toContain('"message":"Content-Encoding is not understood for requests');
        expect(answer).toMatch(/^accept-encoding: identity\r$/m);
      }
    },
  );

  it.each([
    ['a byte order mark', '\xef\xbb\xbf', ''],
    ['an encoding that is none', '', 'content-encoding: Identity\r\n'],
  ])('with %s before its JSON is answered as any other', async (_, mark, headers) => {
    for (const _sighting of [1, 2, 3]) {
      const answer = await say(post('host: a\r\n', headers, mark + query));
      expect(answer).toContain('{"data":{"__typename":"Query"}}');
    }
    expect(statusOf(await say(post('host: a\r\n', headers, `${mark}${mark}x${query}`)))).toBe(400);
  });

  it.each([
    ['an address that is none', 400, 'GET /%E0%A4%A<script> HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['such an address below GraphQL', 400, post('host: a\r\n', '', query, '/graphql/%E0%A4%A<script>')],
    [
      'a name that is too long',
      400,
      `GET /graphiql/assets/${'<script>'.repeat(20)} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
    ],
    ['an address of 20 KB', 431, post('host: a\r\n', '', query, `/graphql?query=${'<script>'.repeat(2_500)}`)],
    ['headers of 20 KB', 431, post('host: a\r\n', `x-a: ${'<script>'.repeat(2_500)}\r\n`)],
    ['two lengths', 400, post('host: a\r\n', 'content-length: 5\r\n')],
    [
      'chunks that are none',
      400,
      post('host: a\r\n', 'transfer-encoding: chunked\r\n').replace(/content-length.*\r\n/, ''),
    ],
    ['a method that nobody knows', 400, '<script> /graphql HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['another protocol', 400, 'SSH-2.0-<script>\r\n'],
    ['no Host', 400, post('', 'x-a: <script>\r\n')],
    ['an expectation', 417, post('host: a\r\n', 'expect: <script>\r\n')],
    ['nothing at its address', 404, post('host: a\r\n', '', query, '/<script>')],
  ])('with %s is answered as all others are, and nothing of it comes back', async (_, status, request) => {
    const answer = await say(request);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(statusOf(answer), answer).toBe(status);
    for (const header of [
      'nosniff',
      "default-src 'none'",
      'frame-ancestors',
      'x-request-id: ',
      'no-store',
      'connection: close',
    ])
      expect(head.toLowerCase()).toContain(header);
    expect(answer).not.toContain('script>');
    const { errors } = JSON.parse(/\{.*\}/.exec(body)?.[0] ?? '');
    expect(errors).toEqual([{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('that cannot be read breaks into no answer that has begun', async () => {
    const server = Fastify(unroutedAnswers);
    const half = new PassThrough();
    server.get('/', (_, reply) => reply.send(half));
    const socket = connect(Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port), '127.0.0.1');
    let received = '';
    socket.on('data', text => {
      received += text;
      if (received.endsWith('half\r\n')) socket.write('NONSENSE\r\n\r\n');
    });
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    half.write('half');
    await once(socket, 'close');
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    await server.close();
  });

  it('leaves the gateway as it was', async () => {
    expect((await bed.ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(logged.filter(message => message.startsWith('A bug'))).toEqual([]);
  });
});
