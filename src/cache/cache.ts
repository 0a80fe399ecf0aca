import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Cache, CacheWrite } from './entry.ts';
import { toJson } from './json.ts';
import { createMemory, createMemoryKeyv, estimateBytes, type Memory, readMemory, toMemoryRow } from './memory.ts';
import type { Redis, RedisSet } from './redis/redis.ts';
import { createMemoryRead, createTieredRead } from './tiered-read.ts';

export interface CacheOptions {
  /** The cache closes it. */
  readonly redis?: Redis | undefined;
  /** Bytes of facts kept in memory. */
  readonly maxBytes: number;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Keyv on Redis behind a bounded memory of what was used last; or, without Redis, Keyv on that memory.
 */
export function openCache({ redis, maxBytes, metrics, clock }: CacheOptions): Cache {
  const memory = createMemory({ maxBytes, now: clock.monotonic });
  return {
    peek: key => readMemory(memory, key),
    getMany: redis
      ? createTieredRead({ memory, redis, metrics, clock })
      : createMemoryRead(createMemoryKeyv(memory), metrics),
    setMany(writes) {
      const storable = writes.flatMap(write => toStorable(write, metrics));
      for (const write of storable) writeToMemory(memory, write, metrics);
      redis?.set(storable.map(write => toRedisSet(write, redis, clock)));
      if (storable.length < writes.length) {
        const stored = new Set(storable.map(({ key }) => key));
        redis?.release(writes.map(({ key }) => key).filter(key => !stored.has(key)));
      }
    },
    deleteMany(keys) {
      for (const key of keys) memory.delete(key);
      redis?.remove(keys);
    },
    release: keys => redis?.release(keys),
    waitForRedis: async withinMs => {
      if (redis !== undefined)
        await Promise.race([redis.firstAnswer(), setTimeout(withinMs, undefined, { ref: false })]);
    },
    redisState: () => (redis === undefined ? 'none' : redis.isUp() ? 'up' : 'down'),
    close: async () => redis?.close(),
  };
}

/** One JSON text of a fact is what memory keeps and what Redis gets. */
interface Storable extends CacheWrite {
  readonly json: string;
}

/**
 * Empty for a fact that JSON would change, and for a ttl of 0, which Keyv takes as "for ever". A whole number: Redis
 * rejects fractions, and Keyv hides the error.
 */
function toStorable({ key, entry, ttlMs, json: made }: CacheWrite, metrics: Metrics): readonly Storable[] {
  if (!(ttlMs > 0)) return [];
  const json = made ?? toJson(entry.fact);
  if (json !== undefined) return [{ key, entry, ttlMs: Math.ceil(ttlMs), json }];
  metrics.cache('memory', 'write_error');
  return [];
}

/** To parse a longer text at its first reading would hold everybody up: the fact itself is kept. */
const longestText = 64 * 1024;

function writeToMemory(memory: Memory, { key, entry, ttlMs, json }: Storable, metrics: Metrics): void {
  const { fact, fetchedAt, heardAt } = entry;
  const row = json.length > longestText ? { fact, fetchedAt, heardAt } : { json, fetchedAt, heardAt };
  memory.set(key, toMemoryRow(row), { ttl: ttlMs, size: estimateBytes(key, json.length) });
  metrics.cache('memory', memory.has(key) ? 'write' : 'dropped');
}

/** Dated by Redis's clock. */
function toRedisSet({ key, entry, ttlMs, json }: Storable, { now, rows }: Redis, clock: Clock): RedisSet {
  const writtenAt = now(key);
  const fetchedAt = Math.round(writtenAt - (clock.monotonic() - entry.heardAt));
  return { key, json: rows.write(key, json, fetchedAt, Math.round(writtenAt) + ttlMs), ttlMs };
}
