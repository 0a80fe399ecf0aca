/** The window of one rate limit: what is known of it, and what follows from time and responses. */

/** What one response says about the rate limit of its credential. */
export interface RateLimitSnapshot {
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetInMs: number;
  /** Length of the window, if the response states it. */
  readonly periodMs: number | undefined;
}

export interface RateLimitWindow {
  readonly limit: number | undefined;
  remaining: number;
  resetAt: number;
  readonly periodMs: number;
  /** The period that responses have stated, if any: all replicas see the same one. */
  readonly statedPeriodMs: number | undefined;
  /** Calls sent in this window, because a response may not have counted those that are still in flight. */
  sent: number;
  /** Follows from the window before; no response has confirmed it yet. */
  readonly isAssumed: boolean;
}

/** Resets are stated in whole seconds, so two responses about one window may differ by less than this. */
const sameWindowMs = 1500;

/** A full one that begins now, as another replica has heard of it. */
export function assumedWindow(limit: number, periodMs: number, now: number): RateLimitWindow {
  const resetAt = now + periodMs;
  return { limit, periodMs, statedPeriodMs: periodMs, remaining: limit, resetAt, sent: 0, isAssumed: true };
}

/** A window that has passed is followed by a full one if the limit is known; otherwise nothing is known any more. */
export function roll(window: RateLimitWindow, now: number): RateLimitWindow | undefined {
  if (now < window.resetAt) return window;
  const { limit, periodMs, statedPeriodMs } = window;
  if (limit === undefined) return undefined;
  const windowsPassed = Math.floor((now - window.resetAt) / periodMs) + 1;
  const resetAt = window.resetAt + windowsPassed * periodMs;
  return { limit, periodMs, statedPeriodMs, remaining: limit, resetAt, sent: 0, isAssumed: true };
}

/**
 * The least of what the response states, what the limit leaves after the calls we sent, and what we counted before:
 * within a window the remaining calls only decrease.
 */
export function applySnapshot(
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
  const statedPeriodMs = snapshot.periodMs ?? before?.statedPeriodMs;
  return { limit, remaining, resetAt, periodMs, statedPeriodMs, sent, isAssumed: false };
}
