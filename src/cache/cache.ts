import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';

/** What lies under a key: a mapped fact, deep-frozen, and when its upstream answered (epoch milliseconds). */
export interface Entry<Fact = unknown> {
  readonly fact: Fact;
  readonly fetchedAt: number;
}

export type Tier = 'memory' | 'redis';

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
  /** Memory alone, at once. What is past its ttl is gone; freshness is the reader's to judge. */
  peek<Fact>(key: string): Found<Fact> | undefined;
  /** Memory first, then one MGET for what memory lacks. In the order of the keys. */
  getMany<Fact>(keys: readonly string[], revive: Revive<Fact>): Promise<readonly (Found<Fact> | undefined)[]>;
  /** Memory at once; Redis behind the caller's back. */
  setMany(writes: readonly Write[]): void;
  deleteMany(keys: readonly string[]): void;
  /** "none": no Redis is configured. */
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

export declare function openCache(options: CacheOptions): Cache;
