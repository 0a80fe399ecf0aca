import type { UpstreamAddress } from './address.ts';
import type { BreakerOutcome } from './circuit-breaker.ts';
import type { Connections } from './connection.ts';
import type { Deadlines } from './deadlines.ts';
import type { UpstreamError } from './errors.ts';
import { isFailure, isRefusal } from './policy.ts';
import { toDispatch } from './request.ts';
import { type Exchange, failedExchange, isReadableResponse, type ResponseOptions, readResponse } from './response.ts';
import { createUpstreamError } from './status.ts';
import type { Telemetry } from './telemetry.ts';
import { type AbortReason, type AttemptTimeout, startAttemptTimeout } from './timeout.ts';
import { dispatchRequest } from './transport.ts';
import type { CallOptions, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface AttemptOptions extends ResponseOptions, Connections {
  readonly address: UpstreamAddress;
  readonly timeoutMs: number;
  readonly deadlines: Deadlines;
  readonly telemetry: Telemetry;
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

/** Sends a request once, within its timeout. Never rejects. */
export function runAttempt(
  request: UpstreamRequest,
  call: CallOptions,
  options: AttemptOptions,
): Promise<AttemptResult> {
  const { timeoutMs, deadlines } = options;
  const now = options.clock.monotonic;
  const startedAt = now();
  const span = request.span?.child(request.method, { 'http.request.method': request.method }, 'client');
  const { signal, deadlineAt } = call.isAwaited ? unlimited : call;
  const timeout = startAttemptTimeout({ signal, deadlineAt, endsAt: startedAt + timeoutMs, deadlines, now });
  return exchange(request, timeout, options).then(exchanged => {
    timeout.stop();
    const tookMs = now() - startedAt;
    const result = resultOf(exchanged, timeout.reason(), tookMs, options);
    const isAbandoned = result.isOver && timeout.reason() === 'CALLER_GONE';
    span?.set({ 'http.response.status_code': result.response?.status });
    span?.end(isAbandoned ? 'cancelled' : result.error?.kind);
    options.telemetry.attempt({
      operation: request.operation,
      tookMs,
      status: result.response?.status,
      error: result.error,
      isAbandoned: isAbandoned || result.wasIdle,
      isUnprotected: call.isUnprotected === true,
    });
    return result;
  });
}

function exchange(request: UpstreamRequest, { onAbort }: AttemptTimeout, options: AttemptOptions): Promise<Exchange> {
  const { source, dispatcher, address, maxBodyBytes: maxBytes } = options;
  return new Promise(resolve => {
    const fail = (problem: unknown) => resolve(failedExchange(problem, false, options));
    try {
      const dispatched = toDispatch(request, address);
      if (dispatched === undefined)
        return resolve({ response: undefined, error: createUpstreamError(source, 'REJECTED'), hasBegun: false });
      dispatchRequest(dispatched, {
        dispatcher,
        maxBytes,
        onAbort,
        isWanted: (status, headers) => isReadableResponse(status, headers, maxBytes),
        onEnd: (raw, problem) => (raw === undefined ? fail(problem) : resolve(readResponse(raw, request, options))),
      });
    } catch (problem) {
      fail(problem);
    }
  });
}

function resultOf(
  { response, error: ownError, hasBegun }: Exchange,
  abortedFor: AbortReason | undefined,
  tookMs: number,
  { source, timeoutMs, isReusedReset }: AttemptOptions,
): AttemptResult {
  const reason = response === undefined ? abortedFor : undefined;
  const cause = ownError?.cause;
  const error = reason === undefined ? ownError : createUpstreamError(source, 'TIMED_OUT', { cause });
  return {
    response,
    error,
    breakerOutcome: breakerOutcomeOf(error, reason, tookMs >= timeoutMs / 2),
    wasIdle: error !== undefined && !hasBegun && reason === undefined && isReusedReset(cause),
    isOver: reason === 'CALLER_GONE' || reason === 'DEADLINE',
  };
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
