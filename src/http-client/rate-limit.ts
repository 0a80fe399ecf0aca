import { LRUCache } from 'lru-cache';
import { applySnapshot, type RateLimitSnapshot, type RateLimitWindow, roll } from './rate-limit-window.ts';

/**
 * Tracks how many calls each credential has left in its window, so that no call is sent beyond the limit. Each
 * credential has its own: one that is exhausted does not stop the others.
 */
export interface RateLimitTracker {
  observe(partition: string, snapshot: RateLimitSnapshot): void;
  /** A successful response said nothing about a limit: a window that was only assumed is dropped. */
  observeNone(partition: string): void;
  /** Calls that may be sent now; Infinity if no limit is known. */
  remaining(partition: string): number;
  /** When an exhausted limit resets, monotonic; 0 if it is not exhausted. */
  exhaustedUntil(partition: string): number;
  callStarted(partition: string): void;
  /** To be called once for each `callStarted`. `isUnsent`: nothing was sent, so the call does not count. */
  callEnded(partition: string, isUnsent?: boolean): void;
  /** For health and metrics. Without a partition: of the only credential with a known limit; undefined if several. */
  current(partition?: string): { readonly remaining: number; readonly resetAt: number } | undefined;
}

interface CredentialLimit {
  inFlight: number;
  window: RateLimitWindow | undefined;
}

/** Callers bring keys of their own, and may invent some, so the number of partitions is bounded. */
const maxPartitions = 2000;
/** When to check again whether a call in flight has brought a snapshot. */
const recheckMs = 1000;

export function createRateLimitTracker(now: () => number): RateLimitTracker {
  const limits = new LRUCache<string, CredentialLimit>({ max: maxPartitions });

  function currentWindow(partition: string): RateLimitWindow | undefined {
    const limit = limits.get(partition);
    if (limit?.window === undefined) return undefined;
    limit.window = roll(limit.window, now());
    return limit.window;
  }

  function getOrCreate(partition: string): CredentialLimit {
    const limit = limits.get(partition) ?? { inFlight: 0, window: undefined };
    limits.set(partition, limit);
    return limit;
  }

  /** In an assumed window one call at a time is always allowed: a wrongly assumed one would block for ever. */
  function remaining(partition: string): number {
    const window = currentWindow(partition);
    if (window === undefined) return Number.POSITIVE_INFINITY;
    const mayProbe = window.isAssumed && limits.get(partition)?.inFlight === 0;
    return mayProbe ? Math.max(1, window.remaining) : window.remaining;
  }

  return {
    observe(partition, snapshot) {
      const before = currentWindow(partition);
      const limit = getOrCreate(partition);
      limit.window = applySnapshot(before, snapshot, limit.inFlight, now());
    },
    observeNone(partition) {
      const limit = limits.get(partition);
      if (limit !== undefined && currentWindow(partition)?.isAssumed) limit.window = undefined;
    },
    remaining,
    exhaustedUntil(partition) {
      const window = currentWindow(partition);
      if (window === undefined || remaining(partition) > 0) return 0;
      return window.isAssumed ? Math.min(window.resetAt, now() + recheckMs) : window.resetAt;
    },
    callStarted(partition) {
      const window = currentWindow(partition);
      getOrCreate(partition).inFlight += 1;
      if (window === undefined) return;
      window.sent += 1;
      window.remaining -= 1;
    },
    callEnded(partition, isUnsent = false) {
      const window = currentWindow(partition);
      const limit = getOrCreate(partition);
      limit.inFlight = Math.max(0, limit.inFlight - 1);
      if (window === undefined || !isUnsent) return;
      window.sent -= 1;
      window.remaining += 1;
    },
    current(partition) {
      const partitions = partition === undefined ? [...limits.keys()] : [partition];
      const windows = partitions.map(currentWindow).filter(window => window !== undefined);
      const [only] = windows;
      if (only === undefined || windows.length > 1) return undefined;
      return { remaining: Math.max(0, only.remaining), resetAt: only.resetAt };
    },
  };
}
