import { LRUCache } from 'lru-cache';
import type { SharedState } from '../shared-state.ts';

type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Limits the points that each caller may spend: at this replica, and within a quarter of a second at all that share a Redis. */
export interface RateLimit {
  /**
   * Takes all points or none. `retryAfterSeconds`: whole, at least 1; after it the same request is allowed, which takes `again`
   * then: more, where a part of it was taken before.
   */
  take(clientKey: string, points: number, again?: number): Taken;
  /** Takes points for what has been done already, even where fewer are left. */
  charge(clientKey: string, points: number): void;
  /** Seconds until a caller that has spent everything may ask for anything again; undefined: at once. */
  spentFor(clientKey: string): number | undefined;
  /** For an operation that was not executed after all. */
  giveBack(clientKey: string, points: number): void;
  /** Whole points, and seconds until all of a minute's are there again; undefined: there is no limit. */
  left(clientKey: string): { readonly points: number; readonly fullInSeconds: number } | undefined;
}

export interface RateLimitOptions {
  /** 0: no limit. Also the burst: a caller may spend a whole minute's points at once. */
  readonly pointsPerMinute: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Bounds memory: the least recently seen caller is dropped, and starts with a full bucket. */
  readonly maxCallers?: number;
  /** Where other replicas serve the same callers. */
  readonly shared?: Pick<SharedState, 'spend' | 'replicas'> | undefined;
}

interface Bucket {
  points: number;
  at: number;
}

const noLimit: RateLimit = {
  take: () => ({ allowed: true }),
  charge() {},
  spentFor: () => undefined,
  giveBack() {},
  left: () => undefined,
};

/**
 * A token bucket per caller. A request larger than the bucket is allowed once the bucket is full and leaves it negative;
 * otherwise it would be refused for ever.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { pointsPerMinute, now = () => performance.now(), maxCallers = 10_000 } = options;
  if (pointsPerMinute <= 0) return noLimit;
  const buckets = new LRUCache<string, Bucket>({ max: maxCallers });
  const shared = options.shared && createSharing(options.shared, pointsPerMinute, settle);
  const capacity = () => pointsPerMinute / (shared?.replicasAlone() ?? 1);

  function bucketOf(clientKey: string): Bucket {
    const at = now();
    const most = capacity();
    const bucket = buckets.get(clientKey) ?? { points: most, at };
    bucket.points = Math.min(most, bucket.points + ((at - bucket.at) * most) / 60_000);
    bucket.at = at;
    buckets.set(clientKey, bucket);
    return bucket;
  }

  function spendHere(clientKey: string, points: number): void {
    bucketOf(clientKey).points -= points;
    shared?.note(clientKey, points);
  }

  /** What all replicas together have left of a caller's points. */
  function settle(clientKey: string, points: number): void {
    bucketOf(clientKey).points = points;
  }

  const secondsFor = (missing: number): number => Math.max(1, Math.ceil((missing / capacity()) * 60));

  return {
    take(clientKey, points, again = points) {
      const missingOf = (wanted: number) => Math.min(wanted, capacity()) - bucketOf(clientKey).points;
      // Rounding must not refuse a caller who retries exactly after `retryAfterSeconds`.
      if (points > 0 && missingOf(points) > 1e-6)
        return { allowed: false, retryAfterSeconds: secondsFor(missingOf(again)) };
      spendHere(clientKey, points);
      return { allowed: true };
    },
    charge: spendHere,
    spentFor(clientKey) {
      const missing = Math.min(1, capacity()) - bucketOf(clientKey).points;
      return missing > 1e-6 ? secondsFor(missing) : undefined;
    },
    giveBack: (clientKey, points) => spendHere(clientKey, -points),
    left(clientKey) {
      const { points } = bucketOf(clientKey);
      const missing = capacity() - points;
      return { points: Math.max(0, Math.floor(points)), fullInSeconds: missing > 1e-6 ? secondsFor(missing) : 0 };
    },
  };
}

/** How often this replica tells what was spent at it, while something is. */
const tellEveryMs = 250;

/** `settle` is called with what is left of a caller's points, less what was spent here meanwhile. */
function createSharing(
  { spend, replicas }: Pick<SharedState, 'spend' | 'replicas'>,
  pointsPerMinute: number,
  settle: (clientKey: string, points: number) => void,
) {
  let spent = new Map<string, number>();
  let [isAlone, isTellingSoon] = [false, false];

  async function tell(): Promise<void> {
    const sent = spent;
    spent = new Map();
    const allLeft = await spend({ pointsPerMinute, spent: sent });
    isTellingSoon = false;
    isAlone = allLeft === undefined;
    if (allLeft === undefined) return;
    for (const [clientKey, left] of allLeft) settle(clientKey, left - (spent.get(clientKey) ?? 0));
    if (spent.size > 0) wake();
  }

  function wake(): void {
    if (isTellingSoon) return;
    isTellingSoon = true;
    setTimeout(() => void tell(), tellEveryMs).unref();
  }

  return {
    note(clientKey: string, points: number) {
      if (points === 0) return;
      spent.set(clientKey, (spent.get(clientKey) ?? 0) + points);
      wake();
    },
    /** How many replicas a caller's points are shared among while they cannot be asked; otherwise 1. */
    replicasAlone: () => (isAlone ? replicas() : 1),
  };
}
