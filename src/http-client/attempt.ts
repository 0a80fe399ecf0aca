import type { BreakerOutcome } from './circuit-breaker.ts';
import type { Connections } from './connection.ts';
import type { UpstreamError } from './errors.ts';
import { isFailure, isRefusal } from './policy.ts';
import { type RequestOptions, sendRequest } from './request.ts';
import { createUpstreamError } from './status.ts';
import type { Telemetry } from './telemetry.ts';
import { type AbortReason, startAttemptTimeout } from './timeout.ts';
import type { CallOptions, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface AttemptOptions extends RequestOptions {
  readonly timeoutMs: number;
  readonly telemetry: Telemetry;
  readonly isReusedReset: Connections['isReusedReset'];
}

export interface AttemptResult {
  /** What was received, also where it is an error. */
  readonly response: UpstreamResponse | undefined;
  readonly error: UpstreamError | undefined;
  readonly breakerOutcome: BreakerOutcome;
  /** The connection had been idle and was gone: nothing of an answer came, and nothing was learnt of the upstream. */
  readonly wasIdle: boolean;
  /** The caller has gone or the deadline has passed, so there is no use in another attempt. */
  readonly isOver: boolean;
}

/** What ends an attempt whose answer is kept, beside its own timeout: nothing. */
const unlimited = { signal: undefined, deadlineAt: () => Number.POSITIVE_INFINITY };

/** Sends a request once, within its timeout. Never throws. */
export async function runAttempt(
  request: UpstreamRequest,
  call: CallOptions,
  options: AttemptOptions,
): Promise<AttemptResult> {
  const { source, timeoutMs, telemetry } = options;
  const now = options.clock.monotonic;
  const { operation, method } = request;
  const startedAt = now();
  const span = request.span?.child(method, { 'http.request.method': method }, 'client');
  const timeout = startAttemptTimeout({ ...(call.isAwaited ? unlimited : call), timeoutMs, now });
  const { response, error: requestError, hasBegun } = await sendRequest(request, timeout, options);
  timeout.stop();
  const status = response?.status;
  const reason = response === undefined ? timeout.reason : undefined;
  const error =
    reason === undefined ? requestError : createUpstreamError(source, 'TIMED_OUT', { cause: requestError?.cause });
  const wasIdle = !hasBegun && reason === undefined && options.isReusedReset(requestError?.cause);
  const isAbandoned = reason === 'CALLER_GONE';
  span?.set({ 'http.response.status_code': status });
  span?.end(isAbandoned ? 'cancelled' : error?.kind);
  const tookMs = now() - startedAt;
  telemetry.attempt({
    ...{ operation, tookMs, status, error },
    isAbandoned: isAbandoned || wasIdle,
    isUnprotected: call.isUnprotected === true,
  });
  const isLong = tookMs >= timeoutMs / 2;
  const breakerOutcome = breakerOutcomeOf(error, reason, isLong);
  return { response, error, breakerOutcome, wasIdle, isOver: isAbandoned || reason === 'DEADLINE' };
}

/**
 * An attempt that was aborted at the deadline counts as a failure only if it had half of its timeout: with less, the
 * call had spent its time waiting in our queue, which says nothing about the upstream.
 */
function breakerOutcomeOf(
  error: UpstreamError | undefined,
  reason: AbortReason | undefined,
  isLong: boolean,
): BreakerOutcome {
  if (error === undefined) return 'succeeded';
  if (reason === 'CALLER_GONE' || (reason === 'DEADLINE' && !isLong)) return 'released';
  if (isFailure(error)) return 'failed';
  return isRefusal(error) ? 'answered' : 'released';
}
