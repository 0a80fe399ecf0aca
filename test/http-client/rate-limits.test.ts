import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createRateLimitTracker } from '../../src/http-client/rate-limit.ts';
import { argus, ask, elapsed, failure, json, standIn, until, upstreamTo } from './stand-in.ts';

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

test('after a 429 whose budget returns in a second, the answer waits and comes', async () => {
  const statuses = [429, 200];
  const server = await standIn((_, response) => limited(response, statuses.shift() ?? 500, 0, 1));
  const answer = await ask(upstreamTo(server.url));
  expect(answer?.status).toBe(200);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(995);
});

test('after a 429 whose budget returns in an hour, the call fails at once and says when to come back', async () => {
  const server = await standIn((_, response) => limited(response, 429, 0, 3600));
  const upstream = upstreamTo(server.url);
  const [error, ms] = await elapsed(failure(ask(upstream, { withinMs: 8000 })));
  expect(error.kind).toBe('RATE_LIMITED');
  expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(3_600_000);
  expect(ms).toBeLessThan(4000);
  expect(server.seen).toHaveLength(1);
});

test('a budget that is known to be spent is not asked again', async () => {
  const server = await standIn((_, response) => limited(response, 200, 0, 3600));
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  const error = await failure(ask(upstream));
  expect(error.kind).toBe('RATE_LIMITED');
  expect(error.retryAfterMs).toBeGreaterThan(3_590_000);
  expect(server.seen).toHaveLength(1);
  expect(upstream.health()).toMatchObject({ rateLimitRemaining: 0 });
});

test('a budget that is known to be spent is waited for', async () => {
  const server = await standIn((_, response) => limited(response, 200, 0, 1, 1));
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  await ask(upstream);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(990);
});

test('those who wait for a reset do not overrun the new budget', async () => {
  const limit = 10;
  const windowMs = 1000;
  const counts: number[] = [];
  const start = Date.now();
  const server = await standIn((_, response) => {
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

test('calls that find a budget too small for all of them wait, instead of being refused', async () => {
  const server = await standIn((_, response) => limited(response, 200, 9 - ((server.seen.length - 1) % 10), 1));
  const upstream = upstreamTo(server.url);
  await ask(upstream);
  await Promise.all(Array.from({ length: 15 }, () => ask(upstream)));
  const inFirstWindow = server.seen.filter(one => one.at - (server.seen[0]?.at ?? 0) < 900);
  expect(inFirstWindow.length).toBeLessThanOrEqual(10);
  expect(server.seen).toHaveLength(16);
});

test('when the budget is short, small operations go before larger ones', async () => {
  const order: string[] = [];
  const server = await standIn((request, response) => {
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

test('the spent budget of one credential stops no other', async () => {
  const server = await standIn((request, response) => limited(response, 200, request.url === '/ann' ? 0 : 5, 3600));
  const upstream = upstreamTo(server.url);
  await ask(upstream, { partition: 'ann', call: { path: '/ann' } });
  expect((await failure(ask(upstream, { partition: 'ann' }))).kind).toBe('RATE_LIMITED');
  expect((await ask(upstream, { partition: 'bob' }))?.status).toBe(200);
  expect(upstream.health().rateLimitRemaining).toBeNull();
  expect(upstream.health('bob').rateLimitRemaining).toBe(5);
});

test('whoever waits for a budget does not stand in the way of another credential', async () => {
  const server = await standIn((request, response) => limited(response, 200, request.url === '/ann' ? 0 : 5, 2));
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
  const server = await standIn((__, response) => json(response, statuses.shift() ?? 500, body));
  expect((await ask(upstreamTo(server.url, { source: argus })))?.status).toBe(200);
  const [first = 0, second = 0] = server.seen.map(one => one.at);
  expect(second - first).toBeGreaterThanOrEqual(395);
});

test("Argus's quota that returns after the deadline is RATE_LIMITED at once", async () => {
  const body = { metaData: { millisUntilResourcesAvailable: 86_400_000 } };
  const server = await standIn((_, response) => json(response, 402, body));
  const error = await failure(ask(upstreamTo(server.url, { source: argus })));
  expect(error).toMatchObject({ kind: 'RATE_LIMITED', httpStatus: 402 });
  expect(error.retryAfterMs).toBeGreaterThan(86_000_000);
  expect(server.seen).toHaveLength(1);
});

test('a 429 that says nothing is retried within the retry budget', async () => {
  const server = await standIn((_, response) => json(response, 429, {}));
  const error = await failure(ask(upstreamTo(server.url)));
  expect(error).toMatchObject({ kind: 'RATE_LIMITED', retryAfterMs: undefined });
  expect(server.seen).toHaveLength(3);
});

test('a waiter whose deadline comes before the reset is told as soon as the budget is known to be spent', async () => {
  const server = await standIn((_, response) => setTimeout(() => limited(response, 200, 0, 3600), 100));
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const first = ask(upstream);
  const second = failure(ask(upstream, { withinMs: 20_000 }));
  await first;
  const [error, ms] = await elapsed(second);
  expect(error.kind).toBe('RATE_LIMITED');
  expect(ms).toBeLessThan(5000);
  await until(() => upstream.hasRoom());
});

test('calls on their way count against a budget that is just being told', () => {
  const budgets = createRateLimitTracker(() => 0);
  for (let index = 0; index < 8; index += 1) budgets.callStarted('key');
  budgets.observe('key', { limit: 10, remaining: 9, resetInMs: 60_000, periodMs: 60_000 });
  expect(budgets.remaining('key')).toBe(2);
});

test('a budget told by an answer that was overtaken does not grow again', () => {
  const budgets = createRateLimitTracker(() => 0);
  budgets.observe('key', { limit: 10, remaining: 3, resetInMs: 60_000, periodMs: 60_000 });
  budgets.observe('key', { limit: 10, remaining: 5, resetInMs: 60_000, periodMs: 60_000 });
  expect(budgets.remaining('key')).toBe(3);
});

test('a new window brings a full budget, and no more', () => {
  let now = 0;
  const budgets = createRateLimitTracker(() => now);
  budgets.observe('key', { limit: 10, remaining: 0, resetInMs: 5000, periodMs: 60_000 });
  expect(budgets.exhaustedUntil('key')).toBe(5000);
  now = 5000;
  expect(budgets.remaining('key')).toBe(10);
  for (let index = 0; index < 10; index += 1) budgets.callStarted('key');
  expect(budgets.remaining('key')).toBe(0);
  budgets.observe('key', { limit: 10, remaining: 0, resetInMs: 60_000, periodMs: 60_000 });
  expect(budgets.exhaustedUntil('key')).toBe(65_000);
});

test('a new window that nobody has told of lets one call at a time find out, once its calls have failed', () => {
  let now = 0;
  const budgets = createRateLimitTracker(() => now);
  budgets.observe('key', { limit: 2, remaining: 0, resetInMs: 1000, periodMs: 60_000 });
  now = 1000;
  for (let index = 0; index < 2; index += 1) budgets.callStarted('key');
  expect(budgets.remaining('key')).toBe(0);
  expect(budgets.exhaustedUntil('key')).toBe(2000);
  for (let index = 0; index < 2; index += 1) budgets.callEnded('key');
  expect([budgets.remaining('key'), budgets.exhaustedUntil('key')]).toEqual([1, 0]);
  budgets.callStarted('key');
  expect(budgets.remaining('key')).toBeLessThanOrEqual(0);
});

test('an outage after a 429 is not taken for a spent budget', async () => {
  const server = await standIn((_, response) => {
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

test('a budget of which good answers tell no more is not believed beyond the window that was told', () => {
  let now = 0;
  const budgets = createRateLimitTracker(() => now);
  budgets.observe('key', { limit: 10, remaining: 4, resetInMs: 5000, periodMs: 5000 });
  budgets.observeNone('key');
  expect(budgets.remaining('key')).toBe(4);
  now = 5000;
  expect(budgets.remaining('key')).toBe(10);
  budgets.observeNone('key');
  expect(budgets.remaining('key')).toBe(Number.POSITIVE_INFINITY);
});
