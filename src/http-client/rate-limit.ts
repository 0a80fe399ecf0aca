import { LRUCache } from 'lru-cache';

/** What one response says about the rate limit of its credential. */
export interface RateLimitSnapshot {
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetInMs: number;
  /** Length of the window, if the response states it. */
  readonly periodMs: number | undefined;
}

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
  /** When an exhausted limit resets, epoch milliseconds; 0 if it is not exhausted. */
  exhaustedUntil(partition: string): number;
  callStarted(partition: string): void;
  /** To be called once for each `callStarted`. `isUnsent`: nothing was sent, so the call does not count. */
  callEnded(partition: string, isUnsent?: boolean): void;
  /**
   * For health and metrics. Without a partition: of the only credential with a known limit; undefined if there are
   * several.
   */
  current(partition?: string): { readonly remaining: number; readonly resetAt: number } | undefined;
}

interface CredentialLimit {
  inFlight: number;
  window: RateLimitWindow | undefined;
}

interface RateLimitWindow {
  readonly limit: number | undefined;
  remaining: number;
  resetAt: number;
  readonly periodMs: number;
  /** Calls sent in this window, because a response may not have counted those that are still in flight. */
  sent: number;
  /** Follows from the window before; no response has confirmed it yet. */
  readonly isAssumed: boolean;
}

/** Callers bring keys of their own, and may invent some, so the number of partitions is bounded. */
const maxPartitions = 2000;
/** Resets are stated in whole seconds, so two responses about one window may differ by less than this. */
const sameWindowMs = 1500;
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

  /**
   * In an assumed window one call at a time is always allowed, or a window that is wrongly assumed would block for
   * ever.
   */
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

/** A window that has passed is followed by a full one if the limit is known; otherwise nothing is known any more. */
function roll(window: RateLimitWindow, now: number): RateLimitWindow | undefined {
  if (now < window.resetAt) return window;
  const { limit, periodMs } = window;
  if (limit === undefined) return undefined;
  const windowsPassed = Math.floor((now - window.resetAt) / periodMs) + 1;
  const resetAt = window.resetAt + windowsPassed * periodMs;
  return { limit, periodMs, remaining: limit, resetAt, sent: 0, isAssumed: true };
}

/**
 * The least of what the response states, what the limit leaves after the calls we sent, and what we counted before:
 * within a window the remaining calls only decrease.
 */
function applySnapshot(
  before: RateLimitWindow | undefined,
  snapshot: RateLimitSnapshot,
  inFlight: number,
  now: number,
): RateLimitWindow {
  const resetAt = now + snapshot.resetInMs;
  const isSame = before !== undefined && Math.abs(before.resetAt - resetAt) < sameWindowMs;
  const limit = snapshot.limit ?? before?.limit;
  const sent = isSame ? before.sent : inFlight;
  const unsent = limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limit - sent);
  const counted = isSame ? before.remaining : Number.POSITIVE_INFINITY;
  const remaining = Math.min(snapshot.remaining, unsent, counted);
  const periodMs = Math.max(snapshot.periodMs ?? before?.periodMs ?? 0, snapshot.resetInMs, 1000);
  return { limit, remaining, resetAt, periodMs, sent, isAssumed: false };
}
