import type { Keyv } from 'keyv';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Cache, CachedEntry, ParseFact } from './entry.ts';
import { estimateBytes, type Memory, readMemory, toMemoryRow } from './memory.ts';
import type { Redis, RedisRows } from './redis/redis.ts';
import { corrupt } from './redis/row.ts';

type GetMany = Cache['getMany'];

/** A reading of Redis's clock is no more precise. A row from further in the future has no age that can be believed. */
const clockErrorMs = 1000;
/** The longest that memory keeps what was read from Redis, whatever the row says. */
const maxTtlMs = 3_600_000;

/** Without Redis: Keyv on the memory itself. */
export function createMemoryRead(keyv: Keyv<CachedEntry<unknown>>, metrics: Metrics): GetMany {
  return async <Fact>(keys: readonly string[]) => {
    const rows = await keyv.getMany<CachedEntry<Fact>>([...keys]);
    countMemory(metrics, rows);
    return rows;
  };
}

export interface Tiers {
  readonly memory: Memory;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Reads memory, then Redis (one MGET) for the keys that memory lacks. Valid rows of Redis are copied to memory. */
export function createTieredRead({ memory, redis, metrics, clock }: Tiers): GetMany {
  return async <Fact>(keys: readonly string[], parse: ParseFact<Fact>) => {
    const inMemory = keys.map(key => readMemory<Fact>(memory, key));
    countMemory(metrics, inMemory);
    const missing = [...new Set(keys.filter((key, index) => inMemory[index] === undefined && !redis.isDeleted(key)))];
    if (missing.length === 0) return inMemory;
    const inRedis = await redis.read(missing, takeAll);
    // Redis did not answer in time: by now, another read may have written the fact to memory.
    const retry = (key: string) => (inRedis === undefined ? readMemory<Fact>(memory, key) : inRedis.get(key));
    return keys.map((key, index) => inMemory[index] ?? retry(key));

    function takeAll(rows: RedisRows): ReadonlyMap<string, CachedEntry<Fact>> {
      const taken = new Map<string, CachedEntry<Fact>>();
      const counts: RowCounts = { hit: 0, miss: 0, corrupt: 0 };
      missing.forEach((key, index) => {
        // The key was deleted or written here while Redis was being read: the row is older.
        if (redis.isDeleted(key)) return;
        const entry = readMemory<Fact>(memory, key) ?? copyToMemory(key, rows[index], counts);
        if (entry !== undefined) taken.set(key, entry);
      });
      metrics.cache('redis', 'hit', counts.hit);
      metrics.cache('redis', 'miss', counts.miss);
      metrics.cache('redis', 'garbage', counts.corrupt);
      return taken;
    }

    function copyToMemory(key: string, row: RedisRows[number], counts: RowCounts): CachedEntry<Fact> | undefined {
      const result = validateRow(row, parse, redis.now());
      const isValid = typeof result !== 'string';
      counts[isValid ? 'hit' : result] += 1;
      if (result === corrupt) redis.remove([key]);
      if (!isValid) return undefined;
      const { fact, ageMs, size, remainingMs } = result;
      const entry = { fact, fetchedAt: Math.round(clock.wall() - ageMs), heardAt: clock.monotonic() - ageMs };
      memory.set(key, toMemoryRow(entry), { ttl: remainingMs, size: estimateBytes(key, size) });
      return { ...entry, tier: 'redis' };
    }
  };
}

type RowCounts = Record<'hit' | 'miss' | typeof corrupt, number>;

interface ValidRow<Fact> {
  readonly fact: Fact;
  readonly ageMs: number;
  readonly size: number;
  readonly remainingMs: number;
}

/** `now`: by Redis's clock. The fact is not frozen: freezing took a quarter of the time of a read, and its type is Immutable already. */
function validateRow<Fact>(
  row: RedisRows[number],
  parse: ParseFact<Fact>,
  now: number,
): ValidRow<Fact> | 'miss' | typeof corrupt {
  if (row === undefined || row === corrupt) return row ?? 'miss';
  const remainingMs = Math.min(Math.ceil(row.expiresAt - now), maxTtlMs);
  if (remainingMs <= 0) return 'miss';
  const fact = row.fetchedAt > now + clockErrorMs ? undefined : tryToParse(parse, row.fact);
  if (fact === undefined) return corrupt;
  return { fact, ageMs: Math.abs(now - row.fetchedAt), size: row.size, remainingMs };
}

function tryToParse<Fact>(parse: ParseFact<Fact>, stored: unknown): Fact | undefined {
  try {
    return parse(stored);
  } catch {
    return undefined;
  }
}

function countMemory(metrics: Metrics, entries: readonly unknown[]): void {
  const hits = entries.filter(entry => entry !== undefined).length;
  if (hits > 0) metrics.cache('memory', 'hit', hits);
  if (hits < entries.length) metrics.cache('memory', 'miss', entries.length - hits);
}
