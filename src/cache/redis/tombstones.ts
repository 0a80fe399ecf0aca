import { LRUCache } from 'lru-cache';
import type { Change } from './write-behind.ts';

const maxKeys = 10_000;
const confirmed = -1;
/** A read that was sent before the deletion may be handled after it, because both replies arrive together. */
const graceMs = 1_000;

/** Keys whose deletion Redis has not confirmed yet: what Redis returns for them must not be used. */
export function createTombstones() {
  const lastOrder = new LRUCache<string, number>({ max: maxKeys });
  return {
    has: (key: string) => lastOrder.has(key),
    /** Records each deletion, and each write of a key that has a tombstone: the last of these decides. */
    add(changes: readonly Change[]) {
      for (const { key, json, order } of changes) {
        if (json === undefined || lastOrder.has(key)) lastOrder.set(key, order);
      }
    },
    confirm(changes: readonly Change[]) {
      for (const { key, order } of changes) {
        if (lastOrder.get(key) === order) lastOrder.set(key, confirmed, { ttl: graceMs });
      }
    },
    /** Keys to delete again once Redis is back. */
    pending: (): readonly string[] =>
      [...lastOrder.entries()].filter(([, order]) => order !== confirmed).map(([key]) => key),
  };
}
