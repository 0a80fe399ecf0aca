import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Admission, AdmissionPermit } from './admission.ts';
import { type AttemptOptions, type AttemptResult, runAttempt } from './attempt.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { CallEnding } from './concurrency-limit.ts';
import { UpstreamError } from './errors.ts';
import { backoffMs, isRetryable, type Policy } from './policy.ts';
import type { RateLimitTracker } from './rate-limit.ts';
import { readRateLimit } from './rate-limit-headers.ts';
import type { Refusals } from './refusals.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { CallOptions, Upstream, UpstreamRequest, UpstreamResponse } from './upstream.ts';

type Prepare = Parameters<Upstream['call']>[0];

export interface RetryOptions {
  readonly policy: Policy;
  readonly unavailableBackoffMs: number;
  readonly admission: Admission;
  readonly breaker: CircuitBreaker;
  readonly bulkhead: Bulkhead;
  readonly rateLimits: RateLimitTracker;
  readonly refusals: Refusals;
  readonly refusesCredential?: (response: UpstreamResponse, request: UpstreamRequest) => boolean;
  readonly attempt: AttemptOptions;
  readonly clock: Clock;
}

/** Other idle connections may be gone as well, but not for ever. */
const maxReplacements = 3;

const mayRepeat = ({ isRepeatable }: UpstreamRequest, { isAwaited }: CallOptions): boolean =>
  isRepeatable && isAwaited?.() !== false;

export function createRetry(options: RetryOptions) {
  const { policy, unavailableBackoffMs, admission, breaker, bulkhead, rateLimits, refusals, clock } = options;
  const { refusesCredential = ({ status }) => status === 401 } = options;
  const now = clock.monotonic;
  const { telemetry } = options.attempt;
  const retryBudget = createRetryBudget(policy, now);

  function observeRateLimit({ response, error }: AttemptResult, partition: string) {
    const snapshot = response && readRateLimit(response, clock.wall());
    if (snapshot === undefined) {
      if (error === undefined) rateLimits.observeNone(partition);
      return;
    }
    rateLimits.observe(partition, snapshot);
    const current = rateLimits.current(partition);
    if (current !== undefined) telemetry.rateLimit(current.remaining, current.resetAt - now());
    if (rateLimits.exhaustedUntil(partition) > 0) bulkhead.reevaluate();
  }

  function observeRefusal({ response, error }: AttemptResult, request: UpstreamRequest, partition: string) {
    if (error?.kind !== 'DENIED' || response === undefined || !refusesCredential(response, request)) return;
    refusals.record(partition, error);
    bulkhead.rejectRefused(partition);
  }

  /** A connection that had been idle may be gone: then another one is used at once, with the same permit. */
  async function replaceIdle(gone: AttemptResult, request: UpstreamRequest, call: CallOptions): Promise<AttemptResult> {
    let result = gone;
    for (let left = maxReplacements; left > 0 && result.wasIdle && mayRepeat(request, call); left--) {
      telemetry.retry();
      call.onRetry?.();
      result = await runAttempt(request, call, options.attempt, result.resends + 1);
    }
    return result;
  }

  async function send(
    request: UpstreamRequest,
    call: CallOptions,
    permit: AdmissionPermit,
    resends = 0,
  ): Promise<AttemptResult> {
    const sent = await runAttempt(request, call, options.attempt, resends);
    const result = sent.wasIdle ? await replaceIdle(sent, request, call) : sent;
    if (result.breakerOutcome === 'succeeded') retryBudget.earn();
    observeRateLimit(result, call.partition);
    observeRefusal(result, request, call.partition);
    permit.release(result.breakerOutcome, endingOf(result), result.letGo);
    return result;
  }

  /** How long to wait before another attempt; undefined when there is to be none. */
  function waitBeforeRetry(
    error: UpstreamError,
    attempts: number,
    request: UpstreamRequest,
    call: CallOptions,
  ): number | undefined {
    if (!mayRepeat(request, call)) return undefined;
    if (attempts >= policy.attempts || !isRetryable(error) || breaker.rejectsForMs() > 0) return undefined;
    const isExhausted = error.kind === 'RATE_LIMITED' && rateLimits.current(call.partition)?.remaining === 0;
    const exhaustedUntil = isExhausted ? rateLimits.exhaustedUntil(call.partition) : 0;
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
    if (wait === undefined) return last;
    const isWaited = await setTimeout(wait, true, { signal: call.signal, ref: false }).catch(() => false);
    if (!isWaited) return last;
    const permit = await admission.acquire(call, true);
    // Without a permit the upstream's own error is reported, unless ours is more precise about when the limit resets.
    if (permit instanceof UpstreamError) return permit.kind === 'RATE_LIMITED' ? { ...last, error: permit } : last;
    if (call.isAwaited?.() === false) {
      permit.cancel();
      return last;
    }
    telemetry.retry();
    call.onRetry?.();
    return retry(request, call, await send(request, call, permit, last.resends + 1), attempts + 1);
  }

  async function callWithRetry(prepare: Prepare, call: CallOptions) {
    const acquired = admission.acquire(call, false);
    const permit = acquired instanceof Promise ? await acquired : acquired;
    if (permit instanceof UpstreamError) throw permit;
    const request = prepareOrRelease(prepare, permit.cancel);
    if (request === undefined) return undefined;
    const first = await send(request, call, permit);
    return responseOf(first.error === undefined ? first : await retry(request, call, first, 1));
  }

  return {
    /** Waits for a permit, sends, observes the rate limit, and retries what may be retried. */
    callWithRetry: (prepare: Prepare, call: CallOptions) => refusals.guard(call, () => callWithRetry(prepare, call)),
    /** One attempt without a permit, while the circuit is closed. */
    async callUnprotected(prepare: Prepare, call: CallOptions) {
      if (breaker.state !== 'CLOSED') throw admission.circuitOpenError();
      const refusal = refusals.errorOf(call.partition);
      if (refusal !== undefined) throw refusal;
      const request = prepare();
      return request && responseOf(await runAttempt(request, call, options.attempt));
    },
  };
}

/** What the concurrency learns from an attempt. */
function endingOf({ error, breakerOutcome }: AttemptResult): CallEnding {
  if (error === undefined) return 'ANSWERED';
  if (error.kind === 'RATE_LIMITED') return 'RATE_LIMITED';
  if (error.kind === 'TIMED_OUT') return breakerOutcome === 'failed' ? 'TIMED_OUT' : 'UNKNOWN';
  return breakerOutcome === 'failed' ? 'FAILED' : 'ANSWERED';
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
