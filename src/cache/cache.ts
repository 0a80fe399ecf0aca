import { setTimeout } from 'node:timers/promises';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { freezeJson, toJson } from './json.ts';
import { createMemory, createMemoryKeyv, estimateBytes, type Memory, readMemory, toMemoryRow } from './memory.ts';
import { createRedisClient } from './redis/client.ts';
import { openRedis, type RedisSet } from './redis/redis.ts';
import { createMemoryRead, createTieredRead } from './tiered-read.ts';

/** A cached fact, which is immutable, and when its upstream answered (epoch milliseconds). */
export interface Entry<Fact = unknown> {
  readonly fact: Fact;
  readonly fetchedAt: number;
}

type Tier = 'memory' | 'redis';

export interface CachedEntry<Fact> extends Entry<Fact> {
  readonly tier: Tier;
}

/** Validates what Redis returned. Undefined when it is no such fact (old, corrupt, forged): that counts as a miss. */
export type ParseFact<Fact> = (stored: unknown) => Fact | undefined;

export interface CacheWrite {
  readonly key: string;
  readonly entry: Entry;
  /** Milliseconds; the cache adds a jitter of ±10 %. */
  readonly ttlMs: number;
}

/** Bounded memory in front of Redis. A failure is a miss: no method rejects, and no read takes longer than 50 ms. */
export interface Cache {
  /**
   * Reads memory only, synchronously, and is not counted. Expired entries are gone; whether one is fresh is up to the
   * reader.
   */
  peek<Fact>(key: string): CachedEntry<Fact> | undefined;
  /**
   * Memory first, then one MGET for the keys that memory lacks. In the order of the keys. A row that `parse` rejects is
   * deleted. A reply of Redis that comes too late is still kept in memory, for the next read.
   */
  getMany<Fact>(keys: readonly string[], parse: ParseFact<Fact>): Promise<readonly (CachedEntry<Fact> | undefined)[]>;
  /**
   * Writes memory at once and Redis in the background. Freezes the facts. A fact that JSON would change is not cached.
   */
  setMany(writes: readonly CacheWrite[]): void;
  /** Takes effect in this process at once, even while Redis is down: there, the keys are deleted when it is back. */
  deleteMany(keys: readonly string[]): void;
  /** Resolves when Redis has answered or failed for the first time, and after `withinMs` at the latest. */
  waitForRedis(withinMs: number): Promise<void>;
  /** "none": no Redis is configured. "up": it answers pings, and reads in time. */
  redisState(): 'none' | 'up' | 'down';
  close(): Promise<void>;
}

export interface CacheOptions {
  readonly redisUrl?: string | undefined;
  /** Bytes of facts kept in memory. */
  readonly maxBytes: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

/**
 * Keyv on Redis behind a bounded memory of what was used last; or, without an address, Keyv on that memory. Connects in
 * the background. Throws only when the address is invalid.
 */
export function openCache({ redisUrl, maxBytes, log, metrics, now = Date.now }: CacheOptions): Cache {
  const memory = createMemory({ maxBytes, now });
  const redis = redisUrl === undefined ? undefined : openRedis({ client: createRedisClient(redisUrl), log, metrics });
  return {
    peek: key => readMemory(memory, key),
    getMany: redis
      ? createTieredRead({ memory, redis, metrics, now })
      : createMemoryRead(createMemoryKeyv(memory), metrics),
    setMany(writes) {
      const storable = writes.flatMap(write => toStorable(write, metrics));
      for (const write of storable) writeToMemory(memory, write, metrics);
      redis?.set(storable.flatMap(write => toRedisSet(write, metrics)));
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

/** Empty for a fact that JSON would change, and for a ttl of 0, which Keyv takes as "for ever". */
function toStorable({ key, entry, ttlMs }: CacheWrite, metrics: Metrics): readonly Storable[] {
  if (!(ttlMs > 0)) return [];
  const size = freezeJson(entry.fact);
  if (size !== undefined) return [{ key, entry, ttlMs: withJitter(ttlMs), size }];
  metrics.cache('memory', 'write_error');
  return [];
}

function writeToMemory(memory: Memory, { key, entry, ttlMs, size }: Storable, metrics: Metrics): void {
  const row = toMemoryRow(entry);
  Object.freeze(row.value);
  memory.set(key, row, { ttl: ttlMs, size: estimateBytes(key, size) });
  metrics.cache('memory', memory.has(key) ? 'write' : 'dropped');
}

function toRedisSet({ key, entry: { fact, fetchedAt }, ttlMs }: Storable, metrics: Metrics): readonly RedisSet[] {
  const json = toJson({ fact, fetchedAt });
  if (json !== undefined) return [{ key, json, ttlMs }];
  metrics.cache('redis', 'write_error');
  return [];
}

/**
 * ±10 %, so that facts fetched together do not expire together. Rounded: Redis rejects fractions, and Keyv hides the
 * error.
 */
function withJitter(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs * (0.9 + 0.2 * Math.random())));
}
