import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { Entry, Found } from './cache.ts';

/** Keyv's own row, so that one store serves both Keyv and the synchronous `peek`. No `expires`: the LRU sees to it. */
interface MemoryRow {
  readonly value: Found<unknown>;
}

export type Memory = LRUCache<string, MemoryRow>;

export interface MemoryOptions {
  readonly maxBytes: number;
  readonly now: () => number;
}

/** Bounded by bytes; the least recently used goes first. */
export function createMemory({ maxBytes, now }: MemoryOptions): Memory {
  // ttlResolution 0: the clock is read each time, so that a clock that was passed in is believed at once.
  return new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes)), perf: { now }, ttlResolution: 0 });
}

/** Heap that a fact of so many characters of JSON takes when parsed, with its key and its place in the LRU (measured). */
export function bytesOf(key: string, jsonLength: number): number {
  return Math.ceil(2.25 * jsonLength) + key.length + 256;
}

export function rowOf({ fact, fetchedAt }: Entry): MemoryRow {
  return { value: { fact, fetchedAt, tier: 'memory' } };
}

/** What lies under a key was put there as the Fact that this key stands for, checked by its mapping or its revive. */
export function found<Fact>(memory: Memory, key: string): Found<Fact> | undefined {
  return memory.get(key)?.value as Found<Fact> | undefined;
}

/** Without Redis, Keyv stands on the bounded memory itself: nothing is held twice, nothing serialised, nothing grows. */
export function keyvOn(memory: Memory): Keyv<Found<unknown>> {
  const store = {
    get: (key: string) => memory.get(key),
    getMany: (keys: readonly string[]) => keys.map(key => memory.get(key)),
    set: (key: string, row: MemoryRow, ttl = 0) => memory.set(key, row, { ttl, size: 1 }),
    delete: (key: string) => memory.delete(key),
    clear: () => memory.clear(),
  };
  const keyv = new Keyv<Found<unknown>>({ store, useKeyPrefix: false });
  // Rows are kept as they are. (As options, `undefined` would be at odds with exactOptionalPropertyTypes.)
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
