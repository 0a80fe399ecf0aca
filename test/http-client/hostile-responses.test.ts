import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  ask,
  elapsed,
  failure,
  json,
  startRawUpstream,
  startTestUpstream,
  until,
  upstreamTo,
} from './test-upstream.ts';

const canary = 'canary-8c1f';
const send = (response: ServerResponse, bytes: Buffer | string, headers: Record<string, string>) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(bytes);

// What docs/decisions/transport.md promises of bodies.
const big = Buffer.alloc(300_000_000, 0x20);
const bombs: Record<string, () => Buffer> = {
  gzip: () => gzipSync(big, { level: 9 }),
  br: () => brotliCompressSync(big, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: () => zstdCompressSync(big),
};

test.each(Object.keys(bombs))('a %s bomb is cut off where it passes the limit', async encoding => {
  const bomb = bombs[encoding]?.() ?? Buffer.alloc(0);
  expect(bomb.length).toBeLessThan(1_000_000);
  const server = await startTestUpstream((_, response) => send(response, bomb, { 'content-encoding': encoding }));
  const upstream = upstreamTo(server.url, { maxBodyBytes: 2_000_000, timeoutMs: 20_000 });
  const before = process.memoryUsage().rss;
  const error = await failure(ask(upstream, { withinMs: 20_000 }));
  expect(error.kind).toBe('MALFORMED');
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

test.each(['gzip, gzip', 'gzip, br', 'deflate', 'constructor', 'x'])('the encoding "%s" is refused', async encoding => {
  const bytes = gzipSync(gzipSync('{}'));
  const server = await startTestUpstream((_, response) => send(response, bytes, { 'content-encoding': encoding }));
  expect((await failure(ask(upstreamTo(server.url)))).kind).toBe('MALFORMED');
  expect(server.seen).toHaveLength(1);
});

test.each(['content-encoding', 'content-type'])('a response with two %s headers is refused', async name => {
  const server = await startTestUpstream((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.setHeader(name, ['application/json', 'application/json']).end('{}');
  });
  expect((await failure(ask(upstreamTo(server.url)))).kind).toBe('MALFORMED');
});

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['identity', (text: Buffer) => text],
] as const)('a body in %s is read', async (encoding, compress) => {
  const bytes = compress(Buffer.from('{"a":"ä"}'));
  const server = await startTestUpstream((_, response) => send(response, bytes, { 'content-encoding': encoding }));
  expect((await ask(upstreamTo(server.url)))?.body).toEqual({ a: 'ä' });
});

test.each(['gzip', 'br', 'zstd'])('a %s body that is none is unreadable', async encoding => {
  const server = await startTestUpstream((_, response) => send(response, '{"a":1}', { 'content-encoding': encoding }));
  expect((await failure(ask(upstreamTo(server.url)))).kind).toBe('MALFORMED');
});

test('half a gzip body is unreadable', async () => {
  const bytes = gzipSync(`{"a":"${'x'.repeat(1000)}"}`).subarray(0, 20);
  const server = await startTestUpstream((_, response) => send(response, bytes, { 'content-encoding': 'gzip' }));
  expect((await failure(ask(upstreamTo(server.url)))).kind).toBe('MALFORMED');
});

test.each([
  ['announced', true],
  ['unannounced', false],
])('a plain body that is too large is unreadable, whether its length is announced: %s', async (_, isAnnounced) => {
  const body = JSON.stringify('x'.repeat(5000));
  const server = await startTestUpstream((__, response) => {
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(isAnnounced ? { 'content-length': `${body.length}` } : {}),
    });
    response.write(body);
    response.end();
  });
  expect((await failure(ask(upstreamTo(server.url, { maxBodyBytes: 4000 })))).kind).toBe('MALFORMED');
  expect((await ask(upstreamTo(server.url, { maxBodyBytes: 5002 })))?.status).toBe(200);
});

// undici's own `bodyTimeout` never ends it: each byte begins it again.
test('a body that drips ends at the deadline', async () => {
  const server = await startTestUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  });
  const [error, ms] = await elapsed(failure(ask(upstreamTo(server.url), { withinMs: 400 })));
  expect(error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
  expect(ms).toBeGreaterThanOrEqual(300);
  expect(ms).toBeLessThan(2000);
});

test.each([
  ['after its headers', true],
  ['before them', false],
])('an answer that hangs %s ends at the attempt timeout', async (_, hasHeaders) => {
  const server = await startTestUpstream((__, response) => {
    if (!hasHeaders) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  });
  const upstream = upstreamTo(server.url, { timeoutMs: 300, policy: { attempts: 1 } });
  const [error, ms] = await elapsed(failure(ask(upstream)));
  expect(error.kind).toBe('TIMED_OUT');
  expect(ms).toBeLessThan(3000);
});

test('a refusal whose body hangs is known by its status', async () => {
  const server = await startTestUpstream((_, response) => {
    response.writeHead(403, { 'content-type': 'application/json' });
    response.write('{');
  });
  const error = await failure(ask(upstreamTo(server.url, { timeoutMs: 200 })));
  expect(error).toMatchObject({ kind: 'DENIED', httpStatus: 403 });
  expect(server.seen).toHaveLength(1);
});

test('a 404 whose body hangs is no absence: the 404 may come from a proxy', async () => {
  const server = await startTestUpstream((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.write('{"errors":[');
  });
  const upstream = upstreamTo(server.url, { timeoutMs: 200, policy: { attempts: 1 } });
  expect((await failure(ask(upstream))).kind).toBe('TIMED_OUT');
});

const http = (head: string, body = '') => `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`;
const asJson = 'content-type: application/json\r\n';

test.each([
  ['bad JSON', http(`${asJson}content-length: 11`, canary), 'MALFORMED'],
  ['HTML', http('content-type: text/html\r\ncontent-length: 6', '<html>'), 'MALFORMED'],
  ['HTML that says it is JSON', http(`${asJson}content-length: 6`, '<html>'), 'MALFORMED'],
  ['JSON that says it is text', http('content-type: text/plain\r\ncontent-length: 2', '{}'), 'MALFORMED'],
  ['no content type', http('content-length: 2', '{}'), 'MALFORMED'],
  ['an empty body', http(`${asJson}content-length: 0`), 'MALFORMED'],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', 'MALFORMED'],
  ['a header of twenty kilobytes', http(`${asJson}x: ${'y'.repeat(20_000)}`), 'MALFORMED'],
  ['two lengths', http(`${asJson}content-length: 2\r\ncontent-length: 3`, '{} '), 'MALFORMED'],
  ['a length and chunks', http(`${asJson}content-length: 2\r\ntransfer-encoding: chunked`, '{}'), 'MALFORMED'],
  ['a length that is too short', http(`${asJson}content-length: 5`, `{"a":"${canary}"}`), 'MALFORMED'],
  ['a chunk that is none', http(`${asJson}transfer-encoding: chunked`, 'zz\r\n{}\r\n'), 'MALFORMED'],
  ['something that is not HTTP', `SSH-2.0-${canary}\r\n`, 'MALFORMED'],
  ['a length that is too long', http(`${asJson}content-length: 50`, '{}'), 'UNAVAILABLE'],
  ['half a chunked body', http(`${asJson}transfer-encoding: chunked`, '2\r\n{}\r\n'), 'UNAVAILABLE'],
  ['nothing at all', '', 'UNAVAILABLE'],
])('%s: a closed word, and nothing of the body', async (_, bytes, kind) => {
  const server = await startRawUpstream(socket => socket.end(bytes));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error.kind).toBe(kind);
  expect(`${error.message} ${error.fields}`).not.toContain(canary);
});

test.each(['application/json', 'application/vnd.api+json', 'Application/JSON; charset=utf-8', 'text/json'])(
  'the content type %s is JSON',
  async contentType => {
    const server = await startTestUpstream((_, response) => send(response, '{"a":1}', { 'content-type': contentType }));
    expect((await ask(upstreamTo(server.url)))?.body).toEqual({ a: 1 });
  },
);

test('an integer beyond 2^53 arrives to the digit', async () => {
  const server = await startTestUpstream((_, response) => send(response, '{"log_matches":9223372036854775807}', {}));
  expect((await ask(upstreamTo(server.url)))?.body).toEqual({ log_matches: '9223372036854775807' });
});

test('an interim response (103 Early Hints) is not taken for the response', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n';
  const server = await startRawUpstream(socket => socket.end(hints + http(`${asJson}content-length: 7`, '{"a":1}')));
  expect(await ask(upstreamTo(server.url))).toMatchObject({ status: 200, body: { a: 1 } });
});

test('a change of protocol that was not requested is an error, and does not hang', async () => {
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
  const server = await startRawUpstream(socket => void socket.write(switching));
  expect(await failure(ask(upstreamTo(server.url), { withinMs: 3000 }))).toMatchObject({ kind: 'UNAVAILABLE' });
  await until(() => server.sockets.size === 0);
});

test.each([
  ['a refusal without a body', 403, ''],
  ['a page for people', 404, '<html>'],
  ['a redirect', 302, 'moved'],
  ['no content', 204, ''],
])('%s costs no connection', async (_, status, body) => {
  const server = await startTestUpstream((__, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end(body),
  );
  const connections = new Set<unknown>();
  const upstream = upstreamTo(server.url);
  for (let times = 0; times < 3; times += 1) {
    await failure(ask(upstream));
    for (const socket of server.sockets) connections.add(socket);
    await new Promise(resolve => setTimeout(resolve, 20)); // undici gives a connection back a turn later
  }
  expect(connections.size).toBe(1);
});

test('after every hostile response the next call is served', async () => {
  let times = 0;
  const server = await startRawUpstream(socket => {
    times += 1;
    socket.end(times === 1 ? 'nonsense\r\n\r\n' : http(`${asJson}content-length: 2`, '{}'));
  });
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  await failure(ask(upstream));
  expect((await ask(upstream))?.body).toEqual({});
});

test('nothing that an upstream sends with an error is passed on', async () => {
  const body = { messages: [{ message: canary, field: 'limit' }], errors: [canary] };
  const server = await startTestUpstream((_, response) => json(response, 412, body, { 'x-secret': canary }));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error.kind).toBe('REJECTED');
  expect(error.fields).toEqual(['limit']);
  expect(JSON.stringify(error) + error.message + String(error.cause)).not.toContain(canary);
});
