import { LRUCache } from 'lru-cache';

type Taken = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Limits the indicators that each caller may look up at this replica. */
export interface RateLimit {
  /** Takes all points or none. `retryAfterSeconds`: whole, at least 1; after it the same request is allowed. */
  take(clientKey: string, points: number): Taken;
}

export interface RateLimitOptions {
  /** 0: no limit. Also the burst: a caller may spend a whole minute's points at once. */
  readonly pointsPerMinute: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Bounds memory: the least recently seen caller is dropped, and starts with a full bucket. */
  readonly maxCallers?: number;
}

interface Bucket {
  points: number;
  at: number;
}

/**
 * A token bucket per caller. A request larger than the bucket is allowed once the bucket is full and leaves it negative;
 * otherwise it would be refused for ever.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { pointsPerMinute: capacity, now = () => performance.now(), maxCallers = 10_000 } = options;
  if (capacity <= 0) return { take: () => ({ allowed: true }) };
  const buckets = new LRUCache<string, Bucket>({ max: maxCallers });
  const perMs = capacity / 60_000;

  function bucketOf(clientKey: string): Bucket {
    const at = now();
    const bucket = buckets.get(clientKey) ?? { points: capacity, at };
    bucket.points = Math.min(capacity, bucket.points + (at - bucket.at) * perMs);
    bucket.at = at;
    buckets.set(clientKey, bucket);
    return bucket;
  }

  return {
    take(callerName, points) {
      const bucket = bucketOf(callerName);
      const missing = Math.min(points, capacity) - bucket.points;
      // Rounding must not refuse a caller who retries exactly after `retryAfterSeconds`.
      if (points > 0 && missing > 1e-6) {
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(missing / perMs / 1_000)) };
      }
      bucket.points -= points;
      return { allowed: true };
    },
  };
}
