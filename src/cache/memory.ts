import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { CachedEntry, Entry } from './entry.ts';

/** The shape of Keyv's rows, so that one store serves Keyv and the synchronous `peek`. The LRU handles the expiry. */
interface MemoryRow {
  readonly value: CachedEntry<unknown>;
}

export type Memory = LRUCache<string, MemoryRow>;

export interface MemoryOptions {
  readonly maxBytes: number;
  readonly now: () => number;
}

/** Bounded in bytes; evicts the least recently used. */
export function createMemory({ maxBytes, now }: MemoryOptions): Memory {
  // ttlResolution 0 reads the clock each time, so that a change of an injected clock takes effect at once.
  return new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes)), perf: { now }, ttlResolution: 0 });
}

/** Heap that a parsed fact of that many characters of JSON takes, with its key and its LRU entry (measured). */
export function estimateBytes(key: string, jsonLength: number): number {
  return Math.ceil(2.25 * jsonLength) + key.length + 256;
}

export function toMemoryRow({ fact, fetchedAt, heardAt }: Entry): MemoryRow {
  return { value: { fact, fetchedAt, heardAt, tier: 'memory' } };
}

/** The cast is safe: a key names one kind of fact, and what is written under it was mapped or parsed as that kind. */
export function readMemory<Fact>(memory: Memory, key: string): CachedEntry<Fact> | undefined {
  return memory.get(key)?.value as CachedEntry<Fact> | undefined;
}

/** Without Redis, Keyv uses the bounded memory as its store: nothing is held twice or serialised. */
export function createMemoryKeyv(memory: Memory): Keyv<CachedEntry<unknown>> {
  const store = {
    get: (key: string) => memory.get(key),
    getMany: (keys: readonly string[]) => keys.map(key => memory.get(key)),
    set: (key: string, row: MemoryRow, ttl = 0) => memory.set(key, row, { ttl, size: 1 }),
    delete: (key: string) => memory.delete(key),
    clear: () => memory.clear(),
  };
  const keyv = new Keyv<CachedEntry<unknown>>({ store, useKeyPrefix: false });
  // Rows are not serialised. Set here, because exactOptionalPropertyTypes rejects `undefined` as an option.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
