import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  it('leaves the gateway as it was', async () => {
    expect((await bed.ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(logged.filter(message => message.startsWith('A bug'))).toEqual([]);
  });
});
