import { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createAddress } from '../../src/http-client/address.ts';
import { ask, failure, json, plainCall, startRawUpstream, startTestUpstream, upstreamTo } from './test-upstream.ts';

const secret = { 'dd-api-key': 'k', 'dd-application-key': 'a', 'argus-api-key': '1/2/s', authorization: 'Bearer t' };

test.each([301, 302, 303, 307, 308])('a %i to another origin is not followed', async status => {
  const canary = await startTestUpstream((_, response) => json(response, 200, {}));
  const server = await startTestUpstream((_, response) =>
    json(response, status, {}, { location: `${canary.url}/steal` }),
  );
  const upstream = upstreamTo(server.url);
  const error = await failure(ask(upstream, { call: { headers: secret } }));
  expect(error).toMatchObject({ kind: 'UNAVAILABLE', httpStatus: status });
  await failure(ask(upstream, { call: { method: 'POST', body: {}, headers: secret } }));
  expect(canary.seen).toHaveLength(0);
  expect(server.seen).toHaveLength(2);
});

// On Argus `/indicator/domain/..` would be the list of everything.
test.each([
  '/a/..',
  '/a/../b',
  '/./a',
  '/a/%2e%2e',
  '/a/%2E%2e/b',
  '//evil.example/a',
  '/a\\..\\b',
  '\\\\evil.example',
  '/a?x=1',
  '/a#b',
  '/a b',
  '/a\r\nhost: x',
  '/a\u0000',
  'a',
  '@evil.example/',
  ':81/',
  '/ä',
])('the path %j, which would arrive as another, is not sent', async path => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const error = await failure(ask(upstreamTo(server.url), { call: { path, headers: secret } }));
  expect(error.kind).toBe('REJECTED');
  expect(server.seen).toHaveLength(0);
});

const values = [
  '..',
  '.',
  '%2e%2e',
  'a/b',
  'a\r\nx: y',
  'a\u0000b',
  '?#',
  'a&b=c',
  'a+b c',
  'http://169.254.169.254/latest?x=y#z',
  'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
  'exämple.org',
  '🦊',
];

test.each(values)('the value %j arrives in the query as it is, and in no other place', async value => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const query = [['indicator', value]] as const;
  await ask(upstreamTo(`${server.url}/base`), { call: { path: '/thing', query } });
  const [seen] = server.seen;
  const url = new URL(seen?.url ?? '', server.url);
  expect(url.pathname).toBe('/base/thing');
  expect([...url.searchParams]).toEqual([['indicator', value]]);
  expect(seen?.url).not.toContain('+');
});

test.each([...values, 'a\ud800b', 'x'.repeat(1_000_000)])('a value arrives in a body as it is', async value => {
  let received = '';
  const server = await startTestUpstream((request, response) => {
    request.on('data', chunk => {
      received += chunk;
    });
    request.on('end', () => json(response, 200, {}));
  });
  await ask(upstreamTo(server.url), { call: { method: 'POST', body: { value: [value] } } });
  expect(JSON.parse(received)).toEqual({ value: [value] });
  expect(server.seen[0]?.url).toBe('/thing');
});

test('a lone surrogate, which a query would turn into another value, is not sent', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const error = await failure(ask(upstreamTo(server.url), { call: { query: [['indicator', 'a\ud800b']] } }));
  expect(error.kind).toBe('REJECTED');
  expect(server.seen).toHaveLength(0);
});

test('a header that cannot be sent is refused, and nothing of it is disclosed', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const error = await failure(ask(upstreamTo(server.url), { call: { headers: { 'dd-api-key': 'k\r\nx: y' } } }));
  expect(error.kind).toBe('REJECTED');
  expect(error.message).not.toContain('x: y');
  expect(server.seen).toHaveLength(0);
});

test('only the configured origin is connected to, whatever the value and the response contain', async () => {
  const server = await startTestUpstream((_, response) =>
    json(response, 302, {}, { location: 'http://169.254.169.254/' }),
  );
  const dialled = vi.spyOn(Socket.prototype, 'connect');
  onTestFinished(() => dialled.mockRestore());
  await failure(ask(upstreamTo(server.url), { call: { query: [['indicator', 'http://169.254.169.254/']] } }));
  const ports = dialled.mock.calls.map(([target]) => JSON.stringify(target));
  expect(ports).toHaveLength(1);
  expect(ports[0]).toContain(new URL(server.url).port);
  expect(ports[0]).not.toContain('169.254.169.254');
});

test('a base address keeps its path as a prefix', () => {
  const { origin, pathOf } = createAddress('https://proxy.example/argus/');
  expect(origin).toBe('https://proxy.example');
  expect(pathOf({ ...plainCall, path: '/reputation/v2/type' })).toBe('/argus/reputation/v2/type');
});

test('an https upstream is asked through a tunnel, one that NO_PROXY names or that speaks http is not', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, { from: 'upstream' }));
  const requests: string[] = [];
  const proxy = await startRawUpstream(socket => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'), requests);
  const once = { policy: { attempts: 1 }, proxyUrl: proxy.url };
  await failure(ask(upstreamTo('https://upstream.example/base', once)));
  expect(requests.join()).toMatch(/^CONNECT upstream\.example:443 /);
  expect(requests.join()).not.toContain('base');
  requests.length = 0;
  await failure(ask(upstreamTo('https://upstream.invalid', { ...once, noProxy: 'other.example,upstream.invalid' })));
  expect((await ask(upstreamTo(server.url, once)))?.body).toEqual({ from: 'upstream' });
  expect(requests).toEqual([]);
});

test('a proxy that refuses the tunnel makes the upstream UNAVAILABLE', async () => {
  const proxy = await startTestUpstream((_, response) => json(response, 407, {}));
  const upstream = upstreamTo('https://upstream.example', { proxyUrl: proxy.url, policy: { attempts: 1 } });
  expect((await failure(ask(upstream))).kind).toBe('UNAVAILABLE');
});
