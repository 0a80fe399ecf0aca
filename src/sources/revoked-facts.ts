/** Facts that were believed until their connection turned out to bring other requests' responses. */
import { LRUCache } from 'lru-cache';
import type { SourceDependencies } from './dependencies.ts';

/** More than one operation asks for. */
const maxKeys = 20_000;

export function createRevokedFacts({ cache, clock }: Pick<SourceDependencies, 'cache' | 'clock'>) {
  const revokedAt = new LRUCache<string, number>({ max: maxKeys });
  return {
    /** Removes it from the caches. */
    add(key: string): void {
      revokedAt.set(key, clock.monotonic());
      cache.deleteMany([key]);
    },
    has: (key: string, heardAt: number): boolean => heardAt <= (revokedAt.get(key) ?? Number.NEGATIVE_INFINITY),
  };
}
