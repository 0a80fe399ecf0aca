import { LRUCache } from 'lru-cache';

type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Counts what each caller asks of this replica, in indicators. */
export interface RateLimit {
  /** Takes all the points or none. `retryAfterSeconds` is whole, at least 1, and the same demand passes after it. */
  take(callerName: string, points: number): Taken;
}

export interface RateLimitOptions {
  /** 0: no limit. A caller may spend a minute's worth at once. */
  readonly pointsPerMinute: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** Callers remembered; the one longest unseen is forgotten first, and starts afresh. */
  readonly maxCallers?: number;
}

interface Bucket {
  points: number;
  at: number;
}

/**
 * A bucket per caller that fills steadily. A demand larger than the whole bucket waits until it is full and leaves a debt
 * behind: it is paid for like any other, and not refused for ever.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { pointsPerMinute: capacity, now = () => performance.now(), maxCallers = 10_000 } = options;
  if (capacity <= 0) return { take: () => ({ allowed: true }) };
  const buckets = new LRUCache<string, Bucket>({ max: maxCallers });
  const perMs = capacity / 60_000;

  function bucketOf(name: string): Bucket {
    const at = now();
    const bucket = buckets.get(name) ?? { points: capacity, at };
    bucket.points = Math.min(capacity, bucket.points + (at - bucket.at) * perMs);
    bucket.at = at;
    buckets.set(name, bucket);
    return bucket;
  }

  return {
    take(callerName, points) {
      const bucket = bucketOf(callerName);
      const missing = Math.min(points, capacity) - bucket.points;
      // A hair's breadth of rounding must not refuse a caller who came back exactly when told.
      if (points > 0 && missing > 1e-6) {
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(missing / perMs / 1_000)) };
      }
      bucket.points -= points;
      return { allowed: true };
    },
  };
}
