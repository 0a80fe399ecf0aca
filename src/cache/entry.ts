/** The interface of the cache, and what it holds. */
import type { Later } from '../slices.ts';

/** A cached fact, which is immutable, and when its upstream answered. */
export interface Entry<Fact = unknown> {
  readonly fact: Fact;
  /** Epoch milliseconds, for showing. */
  readonly fetchedAt: number;
  /** The same moment on this process's monotonic clock, from which its age is counted. */
  readonly heardAt: number;
}

export interface CachedEntry<Fact> extends Entry<Fact> {
  readonly tier: 'memory' | 'redis';
}

/** Validates what Redis returned. Undefined when it is no such fact (old, corrupt, forged): that counts as a miss. */
export type ParseFact<Fact> = (stored: unknown) => Later<Fact | undefined>;

/** What a reader wants of entries; `index` is that of the key. Without it any entry in memory will do. */
export interface ReadStandards<Fact> {
  /** For how long a key is claimed whose row in Redis is too old, so that other replicas wait for this one. */
  readonly claimMs: number;
  /** Milliseconds. 0: no claim is taken. */
  maxAgeMs(index: number): number;
  /** Equal where the same is wanted of a fact. */
  claim(index: number): string;
  isAbsence(fact: Fact): boolean;
  /** A row of Redis that must not be used. */
  isOutdated(heardAt: number, index: number): boolean;
  /** Called for a key that was claimed: by this replica, which must write or `release` it, or by another one. */
  onClaim(index: number, isOurs: boolean): unknown;
  /** What memory has answers the request: Redis, where another replica may have put a better one, need not be read. */
  isEnough(entry: Entry<Fact>, index: number): boolean;
  /** Memory is to keep the newer entry in place of its own. Where it is the poorer one, it is only returned. */
  replaces(newer: Entry<Fact>, own: Entry<Fact>, index: number): boolean;
}

export interface CacheWrite {
  readonly key: string;
  readonly entry: Entry;
  readonly ttlMs: number;
  /** What `toJsonInSlices` made of the fact; without it, it is made at once. */
  readonly json?: string | undefined;
}

/** Bounded memory in front of Redis. A failure is a miss: no method rejects, and no read waits for Redis longer than 50 ms. */
export interface Cache {
  /** Reads memory only, synchronously, uncounted. Expired entries are gone; whether one is fresh is for the reader. */
  peek<Fact>(key: string): CachedEntry<Fact> | undefined;
  /**
   * Memory first, then one MGET for the keys that memory lacks, or whose entry there is not enough. In the order of the keys;
   * of two entries the newer one. A row that `parse` rejects is deleted. A reply of Redis that comes too late is still kept in
   * memory, for the next read.
   */
  getMany<Fact>(
    keys: readonly string[],
    parse: ParseFact<Fact>,
    standards?: ReadStandards<Fact>,
  ): Promise<readonly (CachedEntry<Fact> | undefined)[]>;
  /** Writes memory at once and Redis in the background. Readers get copies, frozen, of all but large facts. What JSON would change is not cached. */
  setMany(writes: readonly CacheWrite[]): void;
  /** Ends the claims on keys for which nothing will be written. */
  release(keys: readonly string[]): void;
  /** Takes effect in this process at once, even while Redis is down: there, the keys are deleted when it is back. */
  deleteMany(keys: readonly string[]): void;
  /** Resolves when Redis has answered or failed for the first time, and after `withinMs` at the latest. */
  waitForRedis(withinMs: number): Promise<void>;
  /** "none": no Redis is configured. "up": it answers pings, and reads in time. */
  redisState(): 'none' | 'up' | 'down';
  close(): Promise<void>;
}
