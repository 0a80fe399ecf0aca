import type { Admission, AdmissionPermit } from './admission.ts';
import { type AttemptOptions, type AttemptResult, runAttempt } from './attempt.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { UpstreamError } from './errors.ts';
import { backoffMs, isRetryable, type Policy } from './policy.ts';
import type { RateLimitTracker } from './rate-limit.ts';
import { createRetryBudget } from './retry-budget.ts';
import { readRateLimit } from './status.ts';
import { pause } from './timeout.ts';
import type { CallOptions, Upstream, UpstreamRequest, UpstreamResponse } from './upstream.ts';

type Prepare = Parameters<Upstream['call']>[0];

export interface RetryOptions {
  readonly policy: Policy;
  readonly unavailableBackoffMs: number;
  readonly admission: Admission;
  readonly breaker: CircuitBreaker;
  readonly bulkhead: Bulkhead;
  readonly rateLimits: RateLimitTracker;
  readonly attempt: AttemptOptions;
  readonly now: () => number;
}

export function createRetry(options: RetryOptions) {
  const { policy, unavailableBackoffMs, admission, breaker, bulkhead, rateLimits, now } = options;
  const { telemetry } = options.attempt;
  const retryBudget = createRetryBudget(policy, now);

  function observeRateLimit({ response, error }: AttemptResult, partition: string) {
    const snapshot = response && readRateLimit(response, now());
    if (snapshot === undefined) {
      if (error === undefined) rateLimits.observeNone(partition);
      return;
    }
    rateLimits.observe(partition, snapshot);
    const current = rateLimits.current(partition);
    if (current !== undefined) telemetry.rateLimit(current.remaining, current.resetAt);
    if (rateLimits.exhaustedUntil(partition) > 0) bulkhead.reevaluate();
  }

  async function send(request: UpstreamRequest, call: CallOptions, permit: AdmissionPermit): Promise<AttemptResult> {
    const result = await runAttempt(request, call, options.attempt);
    observeRateLimit(result, call.partition);
    permit.release(result.breakerOutcome);
    return result;
  }

  /** How long to wait before another attempt; undefined when there is to be none. */
  function waitBeforeRetry(
    error: UpstreamError,
    attempts: number,
    { isRepeatable }: UpstreamRequest,
    call: CallOptions,
  ): number | undefined {
    if (!isRepeatable) return undefined;
    if (attempts >= policy.attempts || !isRetryable(error) || breaker.rejectsForMs() > 0) return undefined;
    const exhaustedUntil = error.kind === 'RATE_LIMITED' ? rateLimits.exhaustedUntil(call.partition) : 0;
    // The queue holds the call until the reset and lets through no more than the limit, so no retry budget is needed.
    if (exhaustedUntil > 0) return exhaustedUntil < call.deadlineAt() ? 0 : undefined;
    const wait = backoffMs(error, attempts, policy, unavailableBackoffMs);
    if (now() + wait + policy.leastAttemptMs > call.deadlineAt()) return undefined;
    return retryBudget.take() ? wait : undefined;
  }

  async function retry(
    request: UpstreamRequest,
    call: CallOptions,
    last: AttemptResult,
    attempts: number,
  ): Promise<AttemptResult> {
    const { error, isOver } = last;
    const wait = error === undefined || isOver ? undefined : waitBeforeRetry(error, attempts, request, call);
    if (wait === undefined || !(await pause(wait, call.signal))) return last;
    const permit = await admission.acquire(call, true);
    // Without a permit the upstream's own error is reported, unless ours is more precise about when the limit resets.
    if (permit instanceof UpstreamError) return permit.kind === 'RATE_LIMITED' ? { ...last, error: permit } : last;
    telemetry.retry();
    call.onRetry?.();
    return retry(request, call, await send(request, call, permit), attempts + 1);
  }

  return {
    /** Waits for a permit, sends, observes the rate limit, and retries what may be retried. */
    async callWithRetry(prepare: Prepare, call: CallOptions) {
      const acquired = admission.acquire(call, false);
      const permit = acquired instanceof Promise ? await acquired : acquired;
      if (permit instanceof UpstreamError) throw permit;
      const request = prepareOrRelease(prepare, () => permit.release('released', true));
      if (request === undefined) return undefined;
      retryBudget.earn();
      return responseOf(await retry(request, call, await send(request, call, permit), 1));
    },
    /** One attempt without a permit, while the circuit is closed. */
    async callUnprotected(prepare: Prepare, call: CallOptions) {
      if (breaker.state !== 'CLOSED') throw admission.circuitOpenError();
      const request = prepare();
      return request && responseOf(await runAttempt(request, call, options.attempt));
    },
  };
}

/** Releases the permit if `prepare` returns no request or throws. */
function prepareOrRelease(prepare: Prepare, release: () => void): UpstreamRequest | undefined {
  let request: UpstreamRequest | undefined;
  try {
    request = prepare();
    return request;
  } finally {
    if (request === undefined) release();
  }
}

function responseOf({ response, error }: AttemptResult): UpstreamResponse | undefined {
  if (error !== undefined) throw error;
  return response;
}
