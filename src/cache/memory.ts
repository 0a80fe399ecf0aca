import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import type { CachedEntry, Entry } from './entry.ts';
import { parseFrozen } from './json.ts';

/** A new fact as JSON: one text costs the garbage collector less than the objects, of which many are never read again. */
interface UnreadEntry extends Omit<Entry, 'fact'> {
  readonly json: string;
}

/** Parsed when it is first read; from then on every reader gets the same entry. The LRU handles the expiry. */
interface MemoryRow {
  held: UnreadEntry | CachedEntry<unknown>;
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
  return Math.ceil(2.25 * jsonLength) + key.length + 320;
}

/** With the fact itself, or with its JSON. */
export function toMemoryRow(entry: Entry | UnreadEntry): MemoryRow {
  return { held: 'json' in entry ? entry : { ...entry, tier: 'memory' } };
}

/** The cast is safe: a key names one kind of fact, and what is written under it was mapped or parsed as that kind. */
export function readMemory<Fact>(memory: Memory, key: string): CachedEntry<Fact> | undefined {
  const row = memory.get(key);
  return row && (entryIn(row) as CachedEntry<Fact>);
}

function entryIn(row: MemoryRow): CachedEntry<unknown> {
  const { held } = row;
  if (!('json' in held)) return held;
  const { json, fetchedAt, heardAt } = held;
  const entry: CachedEntry<unknown> = Object.freeze({ fact: parseFrozen(json), fetchedAt, heardAt, tier: 'memory' });
  row.held = entry;
  return entry;
}

/** Without Redis, Keyv uses the bounded memory as its store: nothing is held twice. */
export function createMemoryKeyv(memory: Memory): Keyv<CachedEntry<unknown>> {
  const get = (key: string) => {
    const value = readMemory(memory, key);
    return value && { value };
  };
  const store = {
    get,
    getMany: (keys: readonly string[]) => keys.map(get),
    set: (key: string, { value }: { value: CachedEntry<unknown> }, ttl = 0) =>
      memory.set(key, toMemoryRow(value), { ttl, size: 1 }),
    delete: (key: string) => memory.delete(key),
    clear: () => memory.clear(),
  };
  const keyv = new Keyv<CachedEntry<unknown>>({ store, useKeyPrefix: false });
  // Rows are not serialised. Set here, because exactOptionalPropertyTypes rejects `undefined` as an option.
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
