/** Rows of Redis that must not be used: deleted here, deleted while they were read, past their time. */
import { expect, it } from 'vitest';
import type { ParseFact } from '../../src/cache/entry.ts';
import { createMemory, readMemory, toMemoryRow } from '../../src/cache/memory.ts';
import type { FoundRow, WantedKey } from '../../src/cache/redis/claims.ts';
import type { Redis } from '../../src/cache/redis/redis.ts';

type RedisRows = readonly (string | undefined)[];

import { createRowFormat } from '../../src/cache/redis/row.ts';
import { createTieredRead } from '../../src/cache/tiered-read.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createStillClock } from '../setup/test-clock.ts';

const rows = createRowFormat();
const row = (expiresInMs: number, now: number, key = 'a') =>
  rows.write(key, '{"score":7}', now - 1000, now + expiresInMs);

/** `whileReading`: what happens between the question to Redis and its answer. */
function open(
  given: (now: number) => RedisRows,
  deleted = new Set<string>(),
  whileReading = () => {},
  parse: ParseFact<{ readonly score: number }> = stored => stored as { readonly score: number },
  clock = createStillClock(),
) {
  const asked: (readonly string[])[] = [];
  const redis = {
    now: clock.wall,
    rows,
    isDeleted: (key: string) => deleted.has(key),
    remove: () => {},
    async read(wanted: readonly WantedKey[], use: (found: readonly FoundRow[]) => unknown) {
      asked.push(wanted.map(({ key }) => key));
      whileReading();
      return use(given(clock.wall()).map(text => ({ text, claim: 'none' })));
    },
  } as unknown as Redis;
  const memory = createMemory({ maxBytes: 1e6, now: clock.monotonic });
  const read = createTieredRead({ memory, redis, metrics: createMetrics(), clock });
  const scores = async (...keys: readonly string[]) =>
    (await read(keys, parse)).map(entry => (entry?.fact as { score: number } | undefined)?.score);
  return { scores, asked, memory };
}

it('a row of Redis is used, and read from memory the next time', async () => {
  const { scores, asked } = open(now => [row(60_000, now)]);
  expect(await scores('a')).toEqual([7]);
  expect(await scores('a')).toEqual([7]);
  expect(asked).toEqual([['a']]);
});

it('a key that was deleted here is not asked for, and those beside it are', async () => {
  const { scores, asked } = open(now => [row(60_000, now, 'b')], new Set(['a']));
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

it('a row whose key is deleted or written while the row is checked is not used', async () => {
  const deleted = new Set<string>();
  let whileChecking = () => {};
  const parse = async () => {
    whileChecking();
    return { score: 7 };
  };
  const { scores, memory } = open(now => [row(60_000, now), row(60_000, now, 'b')], deleted, undefined, parse);
  whileChecking = () => {
    deleted.add('a');
    memory.set('b', toMemoryRow({ fact: { score: 8 }, fetchedAt: 1, heardAt: 1 }), { size: 1 });
  };
  expect(await scores('a', 'b')).toEqual([undefined, 8]);
});

it('a row is as old as when it was read, however long its check took', async () => {
  const clock = createStillClock();
  const [heardAt, fetchedAt] = [clock.monotonic() - 1000, clock.wall() - 1000];
  const parse = async () => {
    clock.pass(500);
    return { score: 7 };
  };
  const { scores, memory } = open(now => [row(60_000, now)], undefined, undefined, parse, clock);
  expect(await scores('a')).toEqual([7]);
  expect(readMemory(memory, 'a')).toMatchObject({ heardAt, fetchedAt });
});
