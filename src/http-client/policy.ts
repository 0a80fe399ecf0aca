import type { UpstreamError, UpstreamErrorKind } from './errors.ts';

/** How often and how long a call is tried, and when the circuit opens: docs/decisions/retries.md, docs/decisions/circuit-breaker.md. */
export type Policy = Readonly<typeof defaultPolicy>;

export const defaultPolicy = {
  connectTimeoutMs: 1000,
  /** Calls at once to begin with, where no fewer are allowed: docs/decisions/concurrency.md. */
  startConcurrency: 32,
  /** The first attempt included. */
  attempts: 3,
  /** No retry is started with less time than this before the deadline: it would only turn a 503 into a timeout. */
  leastAttemptMs: 50,
  /** The wait before a retry is drawn uniformly from this range. */
  backoffMs: [50, 500] as readonly [least: number, most: number],
  /** Retries are limited to this share of the window's successes; `retryFloor` of them are always allowed. */
  retryShare: 0.5,
  retryFloor: 3,
  retryWindowMs: 10_000,
  /** The circuit opens when this share of at least `failureVolume` attempts in the window failed, or so many in a row. */
  failureShare: 0.5,
  failureVolume: 20,
  failureWindowMs: 10_000,
  failuresInARow: 5,
  /** Failures in a row count only if nothing has succeeded for so long: among many calls five come in a row by chance. */
  noSuccessMs: 1000,
  /** How long the circuit stays open: doubled with each failed probe up to the cap, less a random share. */
  openMs: 5000,
  openCapMs: 10_000,
  /** A probe that has not ended for so long is given up. */
  probeMs: 60_000,
  /** The most of that share. */
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
  OVERLOADED: { isTransient: false, isFailure: false, isRefusal: false },
  WITHHELD: { isTransient: false, isFailure: false, isRefusal: false },
  MALFORMED: { isTransient: false, isFailure: false, isRefusal: false },
  TRUNCATED: { isTransient: false, isFailure: false, isRefusal: false },
};

/** Another attempt may succeed: not after a 3xx, a refusal or an unreadable body, which would only come again. */
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
