import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Cache, CacheWrite } from './entry.ts';
import { freezeJson, toJson } from './json.ts';
import { createMemory, createMemoryKeyv, estimateBytes, type Memory, readMemory, toMemoryRow } from './memory.ts';
import { createRedisClient } from './redis/client.ts';
import { openRedis, type RedisSet } from './redis/redis.ts';
import { createMemoryRead, createTieredRead } from './tiered-read.ts';

export interface CacheOptions {
  readonly redisUrl?: string | undefined;
  /** Bytes of facts kept in memory. */
  readonly maxBytes: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Keyv on Redis behind a bounded memory of what was used last; or, without an address, Keyv on that memory. Connects in
 * the background. Throws only when the address is invalid.
 */
export function openCache({ redisUrl, maxBytes, log, metrics, clock }: CacheOptions): Cache {
  const memory = createMemory({ maxBytes, now: clock.monotonic });
  const redis =
    redisUrl === undefined ? undefined : openRedis({ client: createRedisClient(redisUrl), log, metrics, clock });
  return {
    peek: key => readMemory(memory, key),
    getMany: redis
      ? createTieredRead({ memory, redis, metrics, clock })
      : createMemoryRead(createMemoryKeyv(memory), metrics),
    setMany(writes) {
      const storable = writes.flatMap(write => toStorable(write, metrics));
      for (const write of storable) writeToMemory(memory, write, metrics);
      redis?.set(storable.flatMap(write => toRedisSet(write, redis.now(), clock, metrics)));
    },
    deleteMany(keys) {
      for (const key of keys) memory.delete(key);
      redis?.remove(keys);
    },
    waitForRedis: async withinMs => {
      if (redis !== undefined)
        await Promise.race([redis.firstAnswer(), setTimeout(withinMs, undefined, { ref: false })]);
    },
    redisState: () => (redis === undefined ? 'none' : redis.isUp() ? 'up' : 'down'),
    close: async () => redis?.close(),
  };
}

interface Storable extends CacheWrite {
  /** Characters of JSON. */
  readonly size: number;
}

/**
 * Empty for a fact that JSON would change, and for a ttl of 0, which Keyv takes as "for ever". A whole number: Redis
 * rejects fractions, and Keyv hides the error.
 */
function toStorable({ key, entry, ttlMs }: CacheWrite, metrics: Metrics): readonly Storable[] {
  if (!(ttlMs > 0)) return [];
  const size = freezeJson(entry.fact);
  if (size !== undefined) return [{ key, entry, ttlMs: Math.ceil(ttlMs), size }];
  metrics.cache('memory', 'write_error');
  return [];
}

function writeToMemory(memory: Memory, { key, entry, ttlMs, size }: Storable, metrics: Metrics): void {
  const row = toMemoryRow(entry);
  Object.freeze(row.value);
  memory.set(key, row, { ttl: ttlMs, size: estimateBytes(key, size) });
  metrics.cache('memory', memory.has(key) ? 'write' : 'dropped');
}

/** `now`: by Redis's clock. */
function toRedisSet({ key, entry, ttlMs }: Storable, now: number, clock: Clock, metrics: Metrics): readonly RedisSet[] {
  const fetchedAt = Math.round(now - (clock.monotonic() - entry.heardAt));
  const json = toJson({ value: { fact: entry.fact, fetchedAt }, expires: Math.round(now) + ttlMs });
  if (json !== undefined) return [{ key, json, ttlMs }];
  metrics.cache('redis', 'write_error');
  return [];
}
