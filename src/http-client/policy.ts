import type { UpstreamError, UpstreamErrorKind } from './errors.ts';

/** How often and how long a call is tried, and when the circuit opens: docs/decisions/retries.md, docs/decisions/circuit-breaker.md. */
export interface Policy {
  readonly connectTimeoutMs: number;
  /** The first attempt included. */
  readonly attempts: number;
  /** A retry with less time than this before the deadline is not begun: it would only turn a 503 into a timeout. */
  readonly leastAttemptMs: number;
  /** Full jitter: a retry waits a uniformly drawn time between the two. */
  readonly backoffMs: readonly [least: number, most: number];
  /** Retries as a share of first attempts in the window, and how many are free however low the traffic. */
  readonly retryShare: number;
  readonly retryFloor: number;
  readonly retryWindowMs: number;
  /** The circuit opens when this share of at least so many attempts in the window failed, or so many in a row. */
  readonly failureShare: number;
  readonly failureVolume: number;
  readonly failureWindowMs: number;
  readonly failuresInARow: number;
  /**
   * How long the circuit stays open: doubled with each failed probe, up to the cap, then shortened at random by at most
   * this share.
   */
  readonly openMs: number;
  readonly openCapMs: number;
  readonly openJitter: number;
}

export const defaultPolicy: Policy = {
  connectTimeoutMs: 1000,
  attempts: 3,
  leastAttemptMs: 50,
  backoffMs: [50, 500],
  retryShare: 0.2,
  retryFloor: 3,
  retryWindowMs: 10_000,
  failureShare: 0.5,
  failureVolume: 20,
  failureWindowMs: 10_000,
  failuresInARow: 5,
  openMs: 5000,
  openCapMs: 60_000,
  openJitter: 0.2,
};

/** What follows from each kind of failure. A redirect is UNAVAILABLE, and neither passes nor speaks of health. */
const traits: Readonly<Record<UpstreamErrorKind, { passes: boolean; isFailure: boolean; isRefusal: boolean }>> = {
  UNCONFIGURED: { passes: false, isFailure: false, isRefusal: false },
  DENIED: { passes: false, isFailure: false, isRefusal: true },
  REJECTED: { passes: false, isFailure: false, isRefusal: true },
  RATE_LIMITED: { passes: true, isFailure: false, isRefusal: true },
  TIMED_OUT: { passes: true, isFailure: true, isRefusal: false },
  UNAVAILABLE: { passes: true, isFailure: true, isRefusal: false },
  MALFORMED: { passes: false, isFailure: false, isRefusal: false },
  TRUNCATED: { passes: false, isFailure: false, isRefusal: false },
};

/**
 * Calls that may be repeated are, but only after what may pass: a connection that failed, a 5xx, an attempt that went
 * unanswered, a spent budget. Never after a 3xx, a refusal or a body that we cannot read: those come back the same.
 */
export const isRetryable = (error: UpstreamError): boolean => traits[error.kind].passes && !isRedirect(error);

/** What speaks of the upstream's health: not a refusal, not a redirect, not a body that we cannot read. */
export const isFailure = (error: UpstreamError): boolean => traits[error.kind].isFailure && !isRedirect(error);

/** The upstream is alive and said no: enough to close a circuit, not enough to open one. */
export const isRefusal = ({ kind, httpStatus }: UpstreamError): boolean =>
  httpStatus !== undefined && traits[kind].isRefusal;

/**
 * How long to wait before the retry after `attempt` attempts. Argus asks for a second after a 503 (or the 504 that
 * stands for it), doubled each time; the jitter is added on top, for "from one second" is a floor. What the upstream
 * asks for by `Retry-After` is never undercut.
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
