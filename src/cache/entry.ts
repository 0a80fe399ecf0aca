/** The interface of the cache, and what it holds. */

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
export type ParseFact<Fact> = (stored: unknown) => Fact | undefined;

export interface CacheWrite {
  readonly key: string;
  readonly entry: Entry;
  readonly ttlMs: number;
}

/** Bounded memory in front of Redis. A failure is a miss: no method rejects, and no read takes longer than 50 ms. */
export interface Cache {
  /** Reads memory only, synchronously, uncounted. Expired entries are gone; whether one is fresh is for the reader. */
  peek<Fact>(key: string): CachedEntry<Fact> | undefined;
  /**
   * Memory first, then one MGET for the keys that memory lacks. In the order of the keys. A row that `parse` rejects is
   * deleted. A reply of Redis that comes too late is still kept in memory, for the next read.
   */
  getMany<Fact>(keys: readonly string[], parse: ParseFact<Fact>): Promise<readonly (CachedEntry<Fact> | undefined)[]>;
  /** Writes memory at once and Redis in the background. Readers get copies, frozen. What JSON would change is not cached. */
  setMany(writes: readonly CacheWrite[]): void;
  /** Takes effect in this process at once, even while Redis is down: there, the keys are deleted when it is back. */
  deleteMany(keys: readonly string[]): void;
  /** Resolves when Redis has answered or failed for the first time, and after `withinMs` at the latest. */
  waitForRedis(withinMs: number): Promise<void>;
  /** "none": no Redis is configured. "up": it answers pings, and reads in time. */
  redisState(): 'none' | 'up' | 'down';
  close(): Promise<void>;
}
