/** Rows of Redis that must not be used: deleted here, deleted while they were read, past their time. */
import { expect, it } from 'vitest';
import { createMemory } from '../../src/cache/memory.ts';
import type { Redis, RedisRows } from '../../src/cache/redis/redis.ts';
import { createTieredRead } from '../../src/cache/tiered-read.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createStillClock } from '../setup/test-clock.ts';

const parse = (stored: unknown) => stored as { readonly score: number };
const row = (expiresInMs: number, now: number) => ({
  fact: { score: 7 },
  fetchedAt: now - 1000,
  expiresAt: now + expiresInMs,
  size: 20,
});

/** `whileReading`: what happens between the question to Redis and its answer. */
function open(rows: (now: number) => RedisRows, deleted = new Set<string>(), whileReading = () => {}) {
  const clock = createStillClock();
  const asked: (readonly string[])[] = [];
  const redis = {
    now: clock.wall,
    isDeleted: (key: string) => deleted.has(key),
    remove: () => {},
    async read(keys: readonly string[], use: (found: RedisRows) => unknown) {
      asked.push(keys);
      whileReading();
      return use(rows(clock.wall()));
    },
  } as unknown as Redis;
  const memory = createMemory({ maxBytes: 1e6, now: clock.monotonic });
  const read = createTieredRead({ memory, redis, metrics: createMetrics(), clock });
  const scores = async (...keys: readonly string[]) =>
    (await read(keys, parse)).map(entry => (entry?.fact as { score: number } | undefined)?.score);
  return { scores, asked };
}

it('a row of Redis is used, and read from memory the next time', async () => {
  const { scores, asked } = open(now => [row(60_000, now)]);
  expect(await scores('a')).toEqual([7]);
  expect(await scores('a')).toEqual([7]);
  expect(asked).toEqual([['a']]);
});

it('a key that was deleted here is not asked for, and those beside it are', async () => {
  const { scores, asked } = open(now => [row(60_000, now)], new Set(['a']));
  expect(await scores('a', 'b')).toEqual([undefined, 7]);
  expect(asked).toEqual([['b']]);
  expect(await scores('a')).toEqual([undefined]);
  expect(asked).toHaveLength(1);
});

it('a row whose key is deleted while Redis is read is not used', async () => {
  const deleted = new Set<string>();
  const { scores } = open(
    now => [row(60_000, now)],
    deleted,
    () => deleted.add('a'),
  );
  expect(await scores('a')).toEqual([undefined]);
});

it.each([0, -1, -60_000])('a row that ends in %j ms is not used', async expiresInMs => {
  expect(await open(now => [row(expiresInMs, now)]).scores('a')).toEqual([undefined]);
});
