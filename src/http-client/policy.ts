import type { UpstreamError, UpstreamErrorKind } from './errors.ts';

/** How often and how long a call is tried, and when the circuit opens: docs/decisions/retries.md, docs/decisions/circuit-breaker.md. */
export type Policy = Readonly<typeof defaultPolicy>;

export const defaultPolicy = {
  connectTimeoutMs: 1000,
  /** The first attempt included. */
  attempts: 3,
  /** No retry is started with less time than this before the deadline: it would only turn a 503 into a timeout. */
  leastAttemptMs: 50,
  /** The wait before a retry is drawn uniformly from this range. */
  backoffMs: [50, 500] as readonly [least: number, most: number],
  /**
   * Retries are limited to this share of the first attempts in the window, but `retryFloor` of them are always allowed.
   */
  retryShare: 0.2,
  retryFloor: 3,
  retryWindowMs: 10_000,
  /**
   * The circuit opens when this share of the attempts in the window failed, of `failureVolume` at least; or so many in
   * a row.
   */
  failureShare: 0.5,
  failureVolume: 20,
  failureWindowMs: 10_000,
  failuresInARow: 5,
  /**
   * How long the circuit stays open: doubled with each failed probe, up to the cap, then shortened by a random share of
   * at most `openJitter`.
   */
  openMs: 5000,
  openCapMs: 60_000,
  openJitter: 0.2,
};

/** What follows from each kind of error. A redirect is UNAVAILABLE too, but neither transient nor a failure. */
const traits: Readonly<Record<UpstreamErrorKind, { isTransient: boolean; isFailure: boolean; isRefusal: boolean }>> = {
  UNCONFIGURED: { isTransient: false, isFailure: false, isRefusal: false },
  DENIED: { isTransient: false, isFailure: false, isRefusal: true },
  REJECTED: { isTransient: false, isFailure: false, isRefusal: true },
  RATE_LIMITED: { isTransient: true, isFailure: false, isRefusal: true },
  TIMED_OUT: { isTransient: true, isFailure: true, isRefusal: false },
  UNAVAILABLE: { isTransient: true, isFailure: true, isRefusal: false },
  MALFORMED: { isTransient: false, isFailure: false, isRefusal: false },
  TRUNCATED: { isTransient: false, isFailure: false, isRefusal: false },
};

/**
 * Another attempt may succeed: after a failed connection, a 5xx, a timeout or an exhausted rate limit. Not after a 3xx,
 * a refusal or an unreadable body, which would only come again.
 */
export const isRetryable = (error: UpstreamError): boolean => traits[error.kind].isTransient && !isRedirect(error);

/** Counts as a failure for the circuit breaker: not a refusal, a redirect or an unreadable body. */
export const isFailure = (error: UpstreamError): boolean => traits[error.kind].isFailure && !isRedirect(error);

/** The upstream answered with a refusal. That closes a half-open circuit, and never opens one. */
export const isRefusal = ({ kind, httpStatus }: UpstreamError): boolean =>
  httpStatus !== undefined && traits[kind].isRefusal;

/**
 * How long to wait before the retry after `attempt` attempts, in milliseconds. After a 503 or 504 it is at least
 * `unavailableBackoffMs`, doubled each time; jitter is added to that, because Argus demands at least a second. It is
 * never less than `Retry-After`.
 */
export function backoffMs(error: UpstreamError, attempt: number, policy: Policy, unavailableBackoffMs: number): number {
  const [least, most] = policy.backoffMs;
  const jitter = Math.random() * (most - least);
  const isOverloaded = error.httpStatus === 503 || error.httpStatus === 504;
  const asked = error.retryAfterMs ?? 0;
  if (!isOverloaded) return Math.max(least, asked) + jitter;
  const floor = unavailableBackoffMs * 2 ** (attempt - 1);
  return Math.max(floor, asked) + Math.max(jitter, (Math.random() * floor) / 2);
}

function isRedirect(error: UpstreamError): boolean {
  return error.httpStatus !== undefined && error.httpStatus >= 300 && error.httpStatus < 400;
}
