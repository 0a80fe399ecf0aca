import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/http-client/policy.ts';
import {
  ask,
  elapsed,
  failure,
  json,
  plainCall,
  startRawUpstream,
  startTestUpstream,
  upstreamTo,
} from './test-upstream.ts';

// The rules are those of docs/decisions/retries.md.
test('a search that gets two 503 succeeds with its third attempt', async () => {
  const statuses = [503, 503, 200];
  const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, { ok: true }));
  const answer = await ask(upstreamTo(server.url), { call: { method: 'POST', body: { value: ['a'] } } });
  expect(answer?.body).toEqual({ ok: true });
  expect(server.seen.map(one => one.method)).toEqual(['POST', 'POST', 'POST']);
});

test('there are at most three attempts', async () => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error).toMatchObject({ kind: 'UNAVAILABLE', httpStatus: 503 });
  expect(server.seen).toHaveLength(3);
});

test('the waits of many clients are spread, and none is shorter than what the upstream asks for', async () => {
  const asked = new Map<string, number[]>();
  const server = await startTestUpstream((request, response) => {
    const times = [...(asked.get(request.url ?? '') ?? []), performance.now()];
    asked.set(request.url ?? '', times);
    json(response, times.length === 1 ? 503 : 200, {});
  });
  const policy = { retryFloor: 50, failuresInARow: 1000, failureVolume: 1000, backoffMs: [50, 500] as const };
  const upstream = upstreamTo(server.url, { unavailableBackoffMs: 100, policy, concurrency: 50 });
  await Promise.all(Array.from({ length: 50 }, (_, index) => ask(upstream, { call: { path: `/thing/${index}` } })));
  const waits = [...asked.values()].map(([first = 0, second = 0]) => second - first);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  const deviation = Math.sqrt(waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / waits.length);
  expect(waits).toHaveLength(50);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(95);
  expect(deviation).toBeGreaterThan(50);
});

test('the wait after a second 503 is twice that after the first', async () => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}));
  await failure(ask(upstreamTo(server.url, { unavailableBackoffMs: 100 })));
  const [first = 0, second = 0, third = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(95);
  expect(third - second).toBeGreaterThanOrEqual(195);
});

test('under a total outage only the few retries go out that are always allowed', async () => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}));
  const upstream = upstreamTo(server.url, { policy: { failuresInARow: 1e9, failureVolume: 1e9 } });
  await Promise.all(Array.from({ length: 400 }, () => failure(ask(upstream))));
  expect(server.seen).toHaveLength(400 + defaultPolicy.retryFloor);
});

test('while one call in three fails, nearly all are answered by a retry, and the circuit stays closed', async () => {
  const server = await startTestUpstream((_, response) => json(response, server.seen.length % 3 === 0 ? 503 : 200, {}));
  const upstream = upstreamTo(server.url, { concurrency: 4 });
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, () =>
      ask(upstream, { withinMs: 20_000 }).then(
        () => 'answered',
        () => 'failed',
      ),
    ),
  );
  expect(outcomes.filter(outcome => outcome === 'answered').length).toBeGreaterThanOrEqual(270);
  expect(server.seen.length).toBeLessThanOrEqual(450);
  expect(upstream.health().circuit).toBe('CLOSED');
});

test('under a total outage an open circuit keeps the calls to a handful', async () => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}));
  const upstream = upstreamTo(server.url);
  for (let index = 0; index < 200; index += 1) await failure(ask(upstream));
  expect(server.seen.length).toBeLessThanOrEqual(defaultPolicy.failuresInARow);
});

test.each([
  ['100000', 100_000_000],
  [new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
])('a 503 that asks for more time than there is fails at once and says when to come back: %s', async (asked, ms) => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}, { 'retry-after': asked }));
  const [error, took] = await elapsed(failure(ask(upstreamTo(server.url), { withinMs: 8000 })));
  expect(error).toMatchObject({ kind: 'UNAVAILABLE', httpStatus: 503 });
  expect(error.retryAfterMs).toBeGreaterThan(ms - 60_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(ms);
  expect(server.seen).toHaveLength(1);
  expect(took).toBeLessThan(4000);
});

test.each(['-1', 'abc', '', '1e9', 'Infinity'])(
  'a Retry-After that makes no sense is not heeded: "%s"',
  async asked => {
    const statuses = [503, 200];
    const server = await startTestUpstream((_, response) =>
      json(response, statuses.shift() ?? 500, { ok: true }, { 'retry-after': asked }),
    );
    expect((await ask(upstreamTo(server.url)))?.body).toEqual({ ok: true });
  },
);

test('a Retry-After that fits is waited out', async () => {
  const statuses = [503, 200];
  const server = await startTestUpstream((_, response) =>
    json(response, statuses.shift() ?? 500, {}, { 'retry-after': '1' }),
  );
  await ask(upstreamTo(server.url));
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(995);
});

test('a 503 whose backoff does not fit the deadline is UNAVAILABLE at once, not a timeout', async () => {
  const server = await startTestUpstream((_, response) => json(response, 503, {}));
  const upstream = upstreamTo(server.url, { unavailableBackoffMs: 60_000 });
  const [error, took] = await elapsed(failure(ask(upstream, { withinMs: 20_000 })));
  expect(error.kind).toBe('UNAVAILABLE');
  expect(server.seen).toHaveLength(1);
  expect(took).toBeLessThan(10_000);
});

test.each([
  [300, 'UNAVAILABLE'],
  [302, 'UNAVAILABLE'],
  [400, 'REJECTED'],
  [401, 'DENIED'],
  [403, 'DENIED'],
  [404, 'MALFORMED'],
  [409, 'REJECTED'],
  [412, 'REJECTED'],
  [422, 'REJECTED'],
] as const)('a %i is asked once and is %s', async (status, kind) => {
  const server = await startTestUpstream((_, response) => json(response, status, {}));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error).toMatchObject({ kind, httpStatus: status });
  expect(server.seen).toHaveLength(1);
});

test.each([500, 502, 503, 504, 599])('a %i is retried', async status => {
  const statuses = [status, 200];
  const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, {}));
  expect((await ask(upstreamTo(server.url)))?.status).toBe(200);
});

test('a connection that is cut is retried', async () => {
  let times = 0;
  const server = await startRawUpstream(socket => {
    times += 1;
    if (times === 1) socket.destroy();
    else socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');
  });
  expect((await ask(upstreamTo(server.url)))?.body).toEqual({});
});

test('an attempt that hangs is aborted after its timeout and retried', async () => {
  let times = 0;
  const server = await startTestUpstream((_, response) => {
    times += 1;
    if (times > 1) json(response, 200, {});
  });
  expect((await ask(upstreamTo(server.url, { timeoutMs: 200 })))?.status).toBe(200);
});

test('a call that waits for its retry holds no slot', async () => {
  let times = 0;
  const server = await startTestUpstream((_, response) => {
    times += 1;
    json(response, times === 1 ? 503 : 200, { times });
  });
  const upstream = upstreamTo(server.url, { concurrency: 1, unavailableBackoffMs: 500 });
  const slow = ask(upstream);
  const quick = await ask(upstream);
  expect(quick?.body).toEqual({ times: 2 });
  expect((await slow)?.body).toEqual({ times: 3 });
});

test('what is prepared once is sent by every attempt', async () => {
  const statuses = [503, 503, 200];
  const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, {}));
  let prepared = 0;
  const prepare = () => {
    prepared += 1;
    return { ...plainCall, path: `/thing/${prepared}` };
  };
  await ask(upstreamTo(server.url), { prepare });
  expect(server.seen.map(one => one.url)).toEqual(['/thing/1', '/thing/1', '/thing/1']);
});
