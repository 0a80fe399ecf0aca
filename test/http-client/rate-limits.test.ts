import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createRateLimitTracker } from '../../src/http-client/rate-limit.ts';
import { argus, ask, elapsed, failure, json, startTestUpstream, until, upstreamTo } from './test-upstream.ts';

const limited = (response: ServerResponse, status: number, remaining: number, resetSeconds: number, limit = 10) =>
  json(
    response,
    status,
    {},
    {
      'x-ratelimit-limit': `${limit}`,
      'x-ratelimit-period': '1',
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-reset': `${resetSeconds}`,
    },
  );

test('after a 429 whose limit resets in a second, the call waits and succeeds', async () => {
  const statuses = [429, 200];
  const server = await startTestUpstream((_, response) => limited(response, statuses.shift() ?? 500, 0, 1));
  const answer = await ask(upstreamTo(server.url));
  expect(answer?.status).toBe(200);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(995);
});

test('after a 429 whose limit resets in an hour, the call fails at once and says when to retry', async () => {
  const server = await startTestUpstream((_, response) => limited(response, 429, 0, 3600));
  const upstream = upstreamTo(server.url);
  const [error, ms] = await elapsed(failure(ask(upstream, { withinMs: 8000 })));
  expect(error.kind).toBe('RATE_LIMITED');
  expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  expect(ms).toBeLessThan(4000);
  expect(server.seen).toHaveLength(1);
});

test('while the limit is known to be exhausted, nothing is sent', async () => {
  const server = await startTestUpstream((_, response) => limited(response, 200, 0, 3600));
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  const error = await failure(ask(upstream));
  expect(error.kind).toBe('RATE_LIMITED');
  expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
  expect(server.seen).toHaveLength(1);
  expect(upstream.health()).toMatchObject({ rateLimitRemaining: 0 });
});

test('a call waits for the reset of a limit that is known to be exhausted', async () => {
  const server = await startTestUpstream((_, response) => limited(response, 200, 0, 1, 1));
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  await ask(upstream);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(990);
});

test('the calls that wait for a reset do not exceed the new limit', async () => {
  const limit = 10;
  const windowMs = 1000;
  const counts: number[] = [];
  const start = Date.now();
  const server = await startTestUpstream((_, response) => {
    const window = Math.floor((Date.now() - start) / windowMs);
    const count = (counts[window] ?? 0) + 1;
    counts[window] = count;
    const resetSeconds = ((window + 1) * windowMs - (Date.now() - start)) / 1000;
    limited(response, count > limit ? 429 : 200, Math.max(0, limit - count), resetSeconds, limit);
  });
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  const answers = await Promise.all(Array.from({ length: 25 }, () => ask(upstream)));
  expect(answers.map(answer => answer?.status)).toEqual(Array(25).fill(200));
  // The clock of a window is the upstream's, so near an edge a few come too early; all at each reset would be 45.
  expect(server.seen.length).toBeLessThan(36);
});

test('calls beyond the remaining limit wait instead of being refused', async () => {
  const server = await startTestUpstream((_, response) =>
    limited(response, 200, 9 - ((server.seen.length - 1) % 10), 1),
  );
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  await Promise.all(Array.from({ length: 15 }, () => ask(upstream)));
  const inFirstWindow = server.seen.filter(one => one.at - (server.seen[0]?.at ?? 0) < 900);
  expect(inFirstWindow.length).toBeLessThanOrEqual(10);
  expect(server.seen).toHaveLength(16);
});

test('when the rate limit is short, small operations go before larger ones', async () => {
  const order: string[] = [];
  const server = await startTestUpstream((request, response) => {
    order.push(request.url ?? '');
    limited(response, 200, 0, 1, 4);
  });
  const upstream = upstreamTo(server.url);
  await ask(upstream, { call: { path: '/first' } });
  const ten = (isSmall: boolean, path: string) =>
    Array.from({ length: 3 }, () => ask(upstream, { isSmall, call: { path } }));
  const large = ten(false, '/large');
  const small = ten(true, '/small');
  await Promise.all([...large, ...small]);
  expect(order.slice(0, 5).sort()).toEqual(['/first', '/large', '/small', '/small', '/small']);
});

test('the exhausted limit of one credential stops no other', async () => {
  const server = await startTestUpstream((request, response) =>
    limited(response, 200, request.url === '/ann' ? 0 : 5, 3600),
  );
  const upstream = upstreamTo(server.url);
  await ask(upstream, { partition: 'ann', call: { path: '/ann' } });
  expect((await failure(ask(upstream, { partition: 'ann' }))).kind).toBe('RATE_LIMITED');
  expect((await ask(upstream, { partition: 'bob' }))?.status).toBe(200);
  expect(upstream.health().rateLimitRemaining).toBeNull();
  expect(upstream.health('bob').rateLimitRemaining).toBe(5);
});

test('a call that waits for its reset does not block another credential', async () => {
  const server = await startTestUpstream((request, response) =>
    limited(response, 200, request.url === '/ann' ? 0 : 5, 2),
  );
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  await ask(upstream, { partition: 'ann', call: { path: '/ann' } });
  let waited = false;
  const waiting = ask(upstream, { partition: 'ann', call: { path: '/late' } }).then(() => {
    waited = true;
  });
  await ask(upstream, { partition: 'bob', caller: 'bob' });
  expect(waited).toBe(false);
  await waiting;
});

test.each([
  ['in metaData', { metaData: { millisUntilResourcesAvailable: 400 } }],
  ['beside it', { millisUntilResourcesAvailable: 400 }],
])("Argus's quota is waited for when it says how long: %s", async (_, body) => {
  const statuses = [402, 200];
  const server = await startTestUpstream((__, response) => json(response, statuses.shift() ?? 500, body));
  expect((await ask(upstreamTo(server.url, { source: argus })))?.status).toBe(200);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(395);
});

test("Argus's quota that resets after the deadline is RATE_LIMITED at once", async () => {
  const body = { metaData: { millisUntilResourcesAvailable: 86_400_000 } };
  const server = await startTestUpstream((_, response) => json(response, 402, body));
  const error = await failure(ask(upstreamTo(server.url, { source: argus })));
  expect(error).toMatchObject({ kind: 'RATE_LIMITED', httpStatus: 402 });
  expect(error.retryAfterMs).toBeGreaterThan(86_000_000);
  expect(server.seen).toHaveLength(1);
});

test('a 429 without a reset is retried within the retry budget', async () => {
  const server = await startTestUpstream((_, response) => json(response, 429, {}));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error).toMatchObject({ kind: 'RATE_LIMITED', retryAfterMs: undefined });
  expect(server.seen).toHaveLength(3);
});

test('a waiting call whose deadline is before the reset is rejected as soon as the limit is known to be exhausted', async () => {
  const server = await startTestUpstream((_, response) => setTimeout(() => limited(response, 200, 0, 3600), 100));
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const first = ask(upstream);
  const second = failure(ask(upstream, { withinMs: 20_000 }));
  await first;
  const [error, ms] = await elapsed(second);
  expect(error.kind).toBe('RATE_LIMITED');
  expect(ms).toBeLessThan(5000);
  await until(() => upstream.hasRoom());
});

test('calls in flight count against a limit that has just been stated', () => {
  const rateLimits = createRateLimitTracker(() => 0);
  for (let index = 0; index < 8; index += 1) rateLimits.callStarted('key');
  rateLimits.observe('key', { limit: 10, remaining: 9, resetInMs: 60_000, periodMs: 60_000 });
  expect(rateLimits.remaining('key')).toBe(2);
});

test('a response that was overtaken does not raise the remaining calls again', () => {
  const rateLimits = createRateLimitTracker(() => 0);
  rateLimits.observe('key', { limit: 10, remaining: 3, resetInMs: 60_000, periodMs: 60_000 });
  rateLimits.observe('key', { limit: 10, remaining: 5, resetInMs: 60_000, periodMs: 60_000 });
  expect(rateLimits.remaining('key')).toBe(3);
});

test('a new window allows the full limit, and no more', () => {
  let now = 0;
  const rateLimits = createRateLimitTracker(() => now);
  rateLimits.observe('key', { limit: 10, remaining: 0, resetInMs: 5000, periodMs: 60_000 });
  expect(rateLimits.exhaustedUntil('key')).toBe(5000);
  now = 5000;
  expect(rateLimits.remaining('key')).toBe(10);
  for (let index = 0; index < 10; index += 1) rateLimits.callStarted('key');
  expect(rateLimits.remaining('key')).toBe(0);
  rateLimits.observe('key', { limit: 10, remaining: 0, resetInMs: 60_000, periodMs: 60_000 });
  expect(rateLimits.exhaustedUntil('key')).toBe(65_000);
});

test('an assumed window allows one call at a time once its calls have failed', () => {
  let now = 0;
  const rateLimits = createRateLimitTracker(() => now);
  rateLimits.observe('key', { limit: 2, remaining: 0, resetInMs: 1000, periodMs: 60_000 });
  now = 1000;
  for (let index = 0; index < 2; index += 1) rateLimits.callStarted('key');
  expect(rateLimits.remaining('key')).toBe(0);
  expect(rateLimits.exhaustedUntil('key')).toBe(2000);
  for (let index = 0; index < 2; index += 1) rateLimits.callEnded('key');
  expect([rateLimits.remaining('key'), rateLimits.exhaustedUntil('key')]).toEqual([1, 0]);
  rateLimits.callStarted('key');
  expect(rateLimits.remaining('key')).toBeLessThanOrEqual(0);
});

test('an outage after a 429 is not taken for an exhausted limit', async () => {
  const server = await startTestUpstream((_, response) => {
    if (server.seen.length === 1) {
      const spent = { 'x-ratelimit-limit': '3', 'x-ratelimit-period': '3600', 'x-ratelimit-remaining': '0' };
      return json(response, 429, {}, { ...spent, 'x-ratelimit-reset': '1' });
    }
    return json(response, server.seen.length <= 5 ? 400 : 200, {});
  });
  const upstream = upstreamTo(server.url);
  const outcomes: unknown[] = [];
  for (let index = 0; index < 6; index += 1)
    outcomes.push(
      await ask(upstream).then(
        answer => answer?.status,
        error => error.kind,
      ),
    );
  expect(outcomes).toEqual(['REJECTED', 'REJECTED', 'REJECTED', 'REJECTED', 200, 200]);
});

test('a limit that responses no longer state is dropped after its window', () => {
  let now = 0;
  const rateLimits = createRateLimitTracker(() => now);
  rateLimits.observe('key', { limit: 10, remaining: 4, resetInMs: 5000, periodMs: 5000 });
  rateLimits.observeNone('key');
  expect(rateLimits.remaining('key')).toBe(4);
  now = 5000;
  expect(rateLimits.remaining('key')).toBe(10);
  rateLimits.observeNone('key');
  expect(rateLimits.remaining('key')).toBe(Number.POSITIVE_INFINITY);
});
