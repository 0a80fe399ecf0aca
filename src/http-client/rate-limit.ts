import { LRUCache } from 'lru-cache';
import {
  applySnapshot,
  assumedWindow,
  type RateLimitSnapshot,
  type RateLimitWindow,
  roll,
} from './rate-limit-window.ts';
import type { SharedBudget } from './shared-budget.ts';

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
  /** When a call may be sent before which `ahead` others go, monotonic; 0: now, as far as is known. */
  availableAt(partition: string, ahead: number): number;
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
/** When to check again whether other replicas have left some calls, while Redis is being asked. */
const leaseMs = 20;

/** `shared`: where other replicas send calls with the same credentials. */
export function createRateLimitTracker(now: () => number, shared?: SharedBudget): RateLimitTracker {
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
  function ownRemaining(partition: string, window: RateLimitWindow): number {
    const mayProbe = window.isAssumed && limits.get(partition)?.inFlight === 0;
    return mayProbe ? Math.max(1, window.remaining) : window.remaining;
  }

  /** Of the calls that replicas share; undefined: this one counts for itself, with the share that is its own. */
  function leasedOf(partition: string, window: RateLimitWindow): number | undefined {
    if (shared === undefined || window.limit === undefined || window.statedPeriodMs === undefined) return undefined;
    return shared.leased(partition);
  }

  const shareOf = ({ limit = 0 }: RateLimitWindow): number => shared?.shareOf(limit) ?? limit;

  /** Without asking other replicas for more. */
  function known(partition: string, window: RateLimitWindow): number {
    const own = ownRemaining(partition, window);
    const leased = leasedOf(partition, window);
    if (leased !== undefined) return Math.min(own, leased);
    const isShared = shared !== undefined && window.limit !== undefined && window.statedPeriodMs !== undefined;
    return isShared ? Math.min(own, Math.ceil(shareOf(window)) - window.sent) : own;
  }

  /** What other replicas have heard of a limit is assumed before the first answer: n first calls may be too many. */
  function learnedWindow(partition: string): RateLimitWindow | 'asking' | undefined {
    const known = limits.get(partition);
    if (shared === undefined || known !== undefined) return undefined;
    const stated = shared.limitOf(partition);
    if (stated === 'asking') return stated;
    const limit = getOrCreate(partition);
    if (stated !== undefined) limit.window = assumedWindow(stated.limit, stated.periodMs, now());
    return limit.window;
  }

  function remaining(partition: string): number {
    const window = currentWindow(partition) ?? learnedWindow(partition);
    if (window === 'asking') return 0;
    if (window === undefined) return Number.POSITIVE_INFINITY;
    const left = known(partition, window);
    const { limit, statedPeriodMs } = window;
    const mayAsk = left <= 0 && leasedOf(partition, window) === 0 && ownRemaining(partition, window) > 0;
    if (mayAsk && limit !== undefined && statedPeriodMs !== undefined) shared?.ask(partition, limit, statedPeriodMs);
    return left;
  }

  /** There are none to be had of those that are shared until then, monotonic; 0: that is not known. */
  function sharedUntil(partition: string, window: RateLimitWindow): number | undefined {
    const isShared = leasedOf(partition, window) !== undefined && ownRemaining(partition, window) > 0;
    return isShared ? (shared?.retryAt(partition) ?? 0) : undefined;
  }

  function exhaustedUntil(partition: string): number {
    const window = currentWindow(partition);
    if (window === undefined)
      return limits.has(partition) || shared?.limitOf(partition) !== 'asking' ? 0 : now() + leaseMs;
    if (known(partition, window) > 0) return 0;
    const until = sharedUntil(partition, window);
    if (until !== undefined) return Math.max(until, now() + leaseMs);
    return window.isAssumed ? Math.min(window.resetAt, now() + recheckMs) : window.resetAt;
  }

  return {
    observe(partition, snapshot) {
      const before = currentWindow(partition);
      const limit = getOrCreate(partition);
      limit.window = applySnapshot(before, snapshot, limit.inFlight, now());
      const { limit: calls, statedPeriodMs } = limit.window;
      if (calls !== undefined && statedPeriodMs !== undefined)
        shared?.heardLimit(partition, { limit: calls, periodMs: statedPeriodMs });
    },
    observeNone(partition) {
      const limit = limits.get(partition);
      if (limit !== undefined && currentWindow(partition)?.isAssumed) limit.window = undefined;
    },
    remaining,
    exhaustedUntil,
    availableAt(partition, ahead) {
      const window = currentWindow(partition);
      if (window === undefined) return 0;
      const until = sharedUntil(partition, window);
      // Of what is left to all, as far as that is known.
      const left = until === 0 ? Math.min(ownRemaining(partition, window), shareOf(window)) : known(partition, window);
      const beyond = ahead - Math.max(0, left);
      if (beyond < 0) return 0;
      const reset = exhaustedUntil(partition) || window.resetAt;
      return window.limit === undefined ? reset : reset + Math.floor(beyond / shareOf(window)) * window.periodMs;
    },
    callStarted(partition) {
      const window = currentWindow(partition);
      getOrCreate(partition).inFlight += 1;
      shared?.callStarted(partition);
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
