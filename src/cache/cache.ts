import { setTimeout } from 'node:timers/promises';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { freezeJson, toJson } from './json.ts';
import { bytesOf, createMemory, found, keyvOn, type Memory, rowOf } from './memory.ts';
import { createRedisClient } from './redis/client.ts';
import { openRedis, type RedisSet } from './redis/redis.ts';
import { lookUpBoth, lookUpMemory } from './tiered-read.ts';

/** What lies under a key: a mapped fact, which nobody changes, and when its upstream answered (epoch milliseconds). */
export interface Entry<Fact = unknown> {
  readonly fact: Fact;
  readonly fetchedAt: number;
}

type Tier = 'memory' | 'redis';

export interface Found<Fact> extends Entry<Fact> {
  readonly tier: Tier;
}

/** Turns what was read into a fact, or undefined when it is not one (old, corrupt, forged): a miss, to be overwritten. */
export type Revive<Fact> = (stored: unknown) => Fact | undefined;

export interface Write {
  readonly key: string;
  readonly entry: Entry;
  /** Whole milliseconds; the cache adds its own jitter of ±10 %. */
  readonly ttlMs: number;
}

/** Bounded memory in front of Keyv. A cache that fails is a cache that misses: no method rejects, none takes over 50 ms. */
export interface Cache {
  /** Memory alone, at once, uncounted. What is past its ttl is gone; freshness is the reader's to judge. */
  peek<Fact>(key: string): Found<Fact> | undefined;
  /**
   * Memory first, then one MGET for what memory lacks. In the order of the keys. A row that `revive` refuses is deleted.
   * What Redis answers too late is not lost: it is in memory for the next one.
   */
  getMany<Fact>(keys: readonly string[], revive: Revive<Fact>): Promise<readonly (Found<Fact> | undefined)[]>;
  /** Memory at once; Redis behind the caller's back. Freezes the facts. What JSON cannot carry as it is is not kept. */
  setMany(writes: readonly Write[]): void;
  /** Gone at once for all who ask this cache, though Redis be down: then it is deleted there when Redis is back. */
  deleteMany(keys: readonly string[]): void;
  /** Resolves when Redis has answered or failed, within `withinMs` whatever it does: for whoever is about to listen. */
  settled(withinMs: number): Promise<void>;
  /** "none": no Redis is configured. "up": it answers pings, and lookups in time. */
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
 * One Keyv: on Redis, behind a memory of what was last used; or, without an address, on that bounded memory itself.
 * Connects behind the caller's back. Throws only when the address is none.
 */
export function openCache({ redisUrl, maxBytes, log, metrics, now = Date.now }: CacheOptions): Cache {
  const memory = createMemory({ maxBytes, now });
  const redis = redisUrl === undefined ? undefined : openRedis({ client: createRedisClient(redisUrl), log, metrics });
  return {
    peek: key => found(memory, key),
    getMany: redis ? lookUpBoth({ memory, redis, metrics, now }) : lookUpMemory(keyvOn(memory), metrics),
    setMany(writes) {
      const storable = writes.flatMap(write => toStorable(write, metrics));
      for (const write of storable) keep(memory, write, metrics);
      redis?.set(storable.flatMap(write => toRow(write, metrics)));
    },
    deleteMany(keys) {
      for (const key of keys) memory.delete(key);
      redis?.remove(keys);
    },
    settled: async withinMs => {
      if (redis !== undefined) await Promise.race([redis.heardOf(), setTimeout(withinMs, undefined, { ref: false })]);
    },
    redisState: () => (redis === undefined ? 'none' : redis.isUp() ? 'up' : 'down'),
    close: async () => redis?.close(),
  };
}

interface Storable extends Write {
  /** Characters of JSON. */
  readonly size: number;
}

/** Nothing for what JSON cannot carry, or what is to be kept for no time: Keyv takes a ttl of 0 as "for ever". */
function toStorable({ key, entry, ttlMs }: Write, metrics: Metrics): readonly Storable[] {
  if (!(ttlMs > 0)) return [];
  const size = freezeJson(entry.fact);
  if (size !== undefined) return [{ key, entry, ttlMs: jittered(ttlMs), size }];
  metrics.cache('memory', 'write_error');
  return [];
}

function keep(memory: Memory, { key, entry, ttlMs, size }: Storable, metrics: Metrics): void {
  const row = rowOf(entry);
  Object.freeze(row.value);
  memory.set(key, row, { ttl: ttlMs, size: bytesOf(key, size) });
  metrics.cache('memory', memory.has(key) ? 'write' : 'dropped');
}

function toRow({ key, entry: { fact, fetchedAt }, ttlMs }: Storable, metrics: Metrics): readonly RedisSet[] {
  const json = toJson({ fact, fetchedAt });
  if (json !== undefined) return [{ key, json, ttlMs }];
  metrics.cache('redis', 'write_error');
  return [];
}

/** ±10 %, so that what was fetched together does not expire together. Whole: Redis refuses fractions, Keyv hides that. */
function jittered(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs * (0.9 + 0.2 * Math.random())));
}
