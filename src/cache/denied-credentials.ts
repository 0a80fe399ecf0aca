import { LRUCache } from 'lru-cache';

/** Which facts a credential may no longer be shown because its upstream refused it since. */
export interface Refusals {
  /** `isWhole`: it was the credential itself (401), not only what it asked for (403). */
  note(partition: string, isWhole: boolean): void;
  /** A fact of that time may still be served while it is fresh. Epoch milliseconds. */
  maySee(partition: string, fetchedAt: number): boolean;
  /** And may stand in for its source when it is not. */
  mayStandIn(partition: string, fetchedAt: number): boolean;
}

interface Refused {
  readonly at: number;
  readonly wholeAt: number;
}

const never: Refused = { at: 0, wholeAt: 0 };
/** Callers may bring keys of their own, so what is remembered of them is bounded. */
const maxPartitions = 10_000;

/** `rememberMs`: as long as any fact is kept. What has to be forgotten earlier is held against everybody's stale facts. */
export function createRefusals(rememberMs: number, now: () => number): Refusals {
  let forgottenAt = 0;
  const refused = new LRUCache<string, Refused>({
    max: maxPartitions,
    ttl: Math.max(1, rememberMs),
    perf: { now },
    dispose({ at }, _partition, reason) {
      if (reason === 'evict') forgottenAt = Math.max(forgottenAt, at);
    },
  });
  const of = (partition: string): Refused => refused.get(partition) ?? never;
  return {
    note(partition, isWhole) {
      const at = now();
      refused.set(partition, { at, wholeAt: isWhole ? at : of(partition).wholeAt });
    },
    maySee: (partition, fetchedAt) => fetchedAt > of(partition).wholeAt,
    mayStandIn: (partition, fetchedAt) => fetchedAt > Math.max(of(partition).at, forgottenAt),
  };
}
