import type { Keyv } from 'keyv';
import type { Metrics } from '../observability/metrics.ts';
import type { Cache, Found, Revive } from './cache.ts';
import { bytesOf, found, type Memory, rowOf } from './memory.ts';
import type { Redis, Rows } from './redis/redis.ts';
import { garbage } from './redis/row.ts';

type GetMany = Cache['getMany'];

/** Clocks of replicas differ; what claims to be younger than this would stay fresh for ever. */
const clockSkewMs = 5 * 60_000;
/** What Redis holds is taken into memory for no longer than this, whatever its row says. */
const maxAdoptedMs = 3_600_000;

/** Without Redis: Keyv on the memory itself. */
export function lookUpMemory(keyv: Keyv<Found<unknown>>, metrics: Metrics): GetMany {
  return async <Fact>(keys: readonly string[]) => {
    const rows = await keyv.getMany<Found<Fact>>([...keys]);
    count(metrics, 'memory', rows);
    return rows;
  };
}

export interface Tiers {
  readonly memory: Memory;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Memory first, then one MGET of what it lacks; what that brings is checked and kept in memory. */
export function lookUpBoth({ memory, redis, metrics, now }: Tiers): GetMany {
  return async <Fact>(keys: readonly string[], revive: Revive<Fact>) => {
    const inMemory = keys.map(key => found<Fact>(memory, key));
    count(metrics, 'memory', inMemory);
    const asked = [...new Set(keys.filter((key, index) => inMemory[index] === undefined && !redis.isPurged(key)))];
    if (asked.length === 0) return inMemory;
    const inRedis = await redis.read(asked, takeAll);
    // No answer in time: somebody else may have written the fact meanwhile.
    const second = (key: string) => (inRedis === undefined ? found<Fact>(memory, key) : inRedis.get(key));
    return keys.map((key, index) => inMemory[index] ?? second(key));

    function takeAll(rows: Rows): ReadonlyMap<string, Found<Fact>> {
      const taken = new Map<string, Found<Fact>>();
      const counts = { hit: 0, miss: 0, garbage: 0 };
      asked.forEach((key, index) => {
        // Purged or written here while Redis was being asked: what it answers is older.
        if (redis.isPurged(key)) return;
        const fact = found<Fact>(memory, key) ?? adopt(key, rows[index], counts);
        if (fact !== undefined) taken.set(key, fact);
      });
      for (const outcome of outcomes) metrics.cache('redis', outcome, counts[outcome]);
      return taken;
    }

    function adopt(key: string, row: Rows[number], counts: Record<Outcome, number>): Found<Fact> | undefined {
      const outcome = judge(row, revive, now());
      const isFact = typeof outcome !== 'string';
      counts[isFact ? 'hit' : outcome] += 1;
      if (outcome === 'garbage') redis.remove([key]);
      if (!isFact) return undefined;
      const { fact, fetchedAt, size, remainingMs } = outcome;
      memory.set(key, rowOf({ fact, fetchedAt }), { ttl: remainingMs, size: bytesOf(key, size) });
      return { fact, fetchedAt, tier: 'redis' };
    }
  };
}

const outcomes = ['hit', 'miss', 'garbage'] as const;
type Outcome = (typeof outcomes)[number];

interface Adoptable<Fact> {
  readonly fact: Fact;
  readonly fetchedAt: number;
  readonly size: number;
  readonly remainingMs: number;
}

/** Not frozen as what is written here is: that took a quarter of the time, and by their types facts are Immutable. */
function judge<Fact>(row: Rows[number], revive: Revive<Fact>, now: number): Adoptable<Fact> | 'miss' | 'garbage' {
  if (row === undefined || row === garbage) return row ?? 'miss';
  const remainingMs = Math.min(Math.ceil(row.expiresAt - Date.now()), maxAdoptedMs);
  if (remainingMs <= 0) return 'miss';
  const fact = row.fetchedAt > now + clockSkewMs ? undefined : tryToRevive(revive, row.fact);
  if (fact === undefined) return 'garbage';
  return { fact, fetchedAt: row.fetchedAt, size: row.size, remainingMs };
}

function tryToRevive<Fact>(revive: Revive<Fact>, stored: unknown): Fact | undefined {
  try {
    return revive(stored);
  } catch {
    return undefined;
  }
}

function count(metrics: Metrics, tier: 'memory', rows: readonly unknown[]): void {
  const hits = rows.filter(row => row !== undefined).length;
  if (hits > 0) metrics.cache(tier, 'hit', hits);
  if (hits < rows.length) metrics.cache(tier, 'miss', rows.length - hits);
}
