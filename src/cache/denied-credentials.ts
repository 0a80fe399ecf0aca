import { LRUCache } from 'lru-cache';

export type DeniedCredentials = ReturnType<typeof createDeniedCredentials>;

interface Denial {
  readonly at: number;
  /** When the credential itself was last denied. */
  readonly credentialAt: number;
}

const never: Denial = { at: Number.NEGATIVE_INFINITY, credentialAt: Number.NEGATIVE_INFINITY };
/** Callers may bring keys of their own, so the number of remembered partitions is bounded. */
const maxPartitions = 10_000;

/**
 * Remembers which credentials an upstream has denied, so that older facts are no longer served to them.
 * `rememberMs`: as long as any fact is kept. If a denial has to be forgotten earlier, no fact from before it is served
 * stale to any credential, for it is no longer known which one was denied.
 */
export function createDeniedCredentials(rememberMs: number, now: () => number) {
  let forgottenAt = Number.NEGATIVE_INFINITY;
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
    /** `isCredential`: the credential itself was denied (401), not only what was requested with it (403). */
    record(partition: string, isCredential: boolean) {
      const at = now();
      denials.set(partition, { at, credentialAt: isCredential ? at : denialOf(partition).credentialAt });
    },
    /** A fact that was heard then (monotonic) may be served while it is fresh. */
    mayServeFresh: (partition: string, heardAt: number) => heardAt > denialOf(partition).credentialAt,
    /** A fact that was heard then may be served stale when its source fails. */
    mayServeStale: (partition: string, heardAt: number) => heardAt > Math.max(denialOf(partition).at, forgottenAt),
  };
}
