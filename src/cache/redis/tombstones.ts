import { LRUCache } from 'lru-cache';
import type { Change } from './write-behind.ts';

/** Keys whose deletion Redis has not confirmed yet: what Redis returns for them must not be used. */
export interface Tombstones {
  has(key: string): boolean;
  /** Records each deletion, and each write of a key that has a tombstone: the last of these decides. */
  add(changes: readonly Change[]): void;
  confirm(changes: readonly Change[]): void;
  /** Keys to delete again once Redis is back. */
  pending(): readonly string[];
}

const maxKeys = 10_000;
const confirmed = -1;
/** A read that was sent before the deletion may be handled after it, because both replies arrive together. */
const graceMs = 1_000;

export function createTombstones(): Tombstones {
  const lastOrder = new LRUCache<string, number>({ max: maxKeys });
  return {
    has: key => lastOrder.has(key),
    add(changes) {
      for (const { key, json, order } of changes) {
        if (json === undefined || lastOrder.has(key)) lastOrder.set(key, order);
      }
    },
    confirm(changes) {
      for (const { key, order } of changes) {
        if (lastOrder.get(key) === order) lastOrder.set(key, confirmed, { ttl: graceMs });
      }
    },
    pending: () => [...lastOrder.entries()].filter(([, order]) => order !== confirmed).map(([key]) => key),
  };
}
