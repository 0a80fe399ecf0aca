import { LRUCache } from 'lru-cache';
import type { Change } from './write-behind.ts';

/** Keys whose deletion Redis has not confirmed: what it still holds there was purged, and is no answer any more. */
export interface Purges {
  has(key: string): boolean;
  /** Each deletion, and each write of a key that waits for its deletion: the last of them decides. */
  add(changes: readonly Change[]): void;
  confirm(changes: readonly Change[]): void;
  /** To be deleted again once Redis is back. */
  pending(): readonly string[];
}

const maxKeys = 10_000;
const confirmed = -1;
/** A read that left before the deletion may be looked at after it: its rows arrived together with the confirmation. */
const graceMs = 1_000;

export function createPurges(): Purges {
  const last = new LRUCache<string, number>({ max: maxKeys });
  return {
    has: key => last.has(key),
    add(changes) {
      for (const { key, json, order } of changes) if (json === undefined || last.has(key)) last.set(key, order);
    },
    confirm(changes) {
      for (const { key, order } of changes) if (last.get(key) === order) last.set(key, confirmed, { ttl: graceMs });
    },
    pending: () => [...last.entries()].filter(([, order]) => order !== confirmed).map(([key]) => key),
  };
}
