import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Cache, CacheWrite } from './entry.ts';
import { toJson } from './json.ts';
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
      redis?.set(storable.map(write => toRedisSet(write, redis.now(), clock)));
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

/** One JSON text of a fact is what memory keeps and what Redis gets. */
interface Storable extends CacheWrite {
  readonly json: string;
}

/**
 * Empty for a fact that JSON would change, and for a ttl of 0, which Keyv takes as "for ever". A whole number: Redis
 * rejects fractions, and Keyv hides the error.
 */
function toStorable({ key, entry, ttlMs }: CacheWrite, metrics: Metrics): readonly Storable[] {
  if (!(ttlMs > 0)) return [];
  const json = toJson(entry.fact);
  if (json !== undefined) return [{ key, entry, ttlMs: Math.ceil(ttlMs), json }];
  metrics.cache('memory', 'write_error');
  return [];
}

function writeToMemory(memory: Memory, { key, entry, ttlMs, json }: Storable, metrics: Metrics): void {
  const { fetchedAt, heardAt } = entry;
  memory.set(key, toMemoryRow({ json, fetchedAt, heardAt }), { ttl: ttlMs, size: estimateBytes(key, json.length) });
  metrics.cache('memory', memory.has(key) ? 'write' : 'dropped');
}

/** Keyv's own JSON. `now`: by Redis's clock. */
function toRedisSet({ key, entry, ttlMs, json }: Storable, now: number, clock: Clock): RedisSet {
  const fetchedAt = Math.round(now - (clock.monotonic() - entry.heardAt));
  const row = `{"value":{"fact":${json},"fetchedAt":${fetchedAt}},"expires":${Math.round(now) + ttlMs}}`;
  return { key, json: row, ttlMs };
}
