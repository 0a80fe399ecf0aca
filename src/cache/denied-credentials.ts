import { LRUCache } from 'lru-cache';

/** Remembers which credentials an upstream has denied, so that older facts are no longer served to them. */
export interface DeniedCredentials {
  /** `isCredential`: the credential itself was denied (401), not only what was requested with it (403). */
  record(partition: string, isCredential: boolean): void;
  /** A fact that was fetched then (epoch milliseconds) may be served while it is fresh. */
  mayServeFresh(partition: string, fetchedAt: number): boolean;
  /** A fact that was fetched then may be served stale when its source fails. */
  mayServeStale(partition: string, fetchedAt: number): boolean;
}

interface Denial {
  readonly at: number;
  /** When the credential itself was last denied. */
  readonly credentialAt: number;
}

const never: Denial = { at: 0, credentialAt: 0 };
/** Callers may bring keys of their own, so the number of remembered partitions is bounded. */
const maxPartitions = 10_000;

/**
 * `rememberMs`: as long as any fact is kept. If a denial has to be forgotten earlier, no fact from before it is served
 * stale to any credential, for it is no longer known which one was denied.
 */
export function createDeniedCredentials(rememberMs: number, now: () => number): DeniedCredentials {
  let forgottenAt = 0;
  const denials = new LRUCache<string, Denial>({
    max: maxPartitions,
    ttl: Math.max(1, rememberMs),
    perf: { now },
    dispose({ at }, _partition, reason) {
      if (reason === 'evict') forgottenAt = Math.max(forgottenAt, at);
    },
  });
  const denialOf = (partition: string): Denial => denials.get(partition) ?? never;
  return {
    record(partition, isCredential) {
      const at = now();
      denials.set(partition, { at, credentialAt: isCredential ? at : denialOf(partition).credentialAt });
    },
    mayServeFresh: (partition, fetchedAt) => fetchedAt > denialOf(partition).credentialAt,
    mayServeStale: (partition, fetchedAt) => fetchedAt > Math.max(denialOf(partition).at, forgottenAt),
  };
}
