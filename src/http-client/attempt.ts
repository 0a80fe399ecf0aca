import type { Span } from '../observability/span.ts';
import { runInSlices } from '../slices.ts';
import type { UpstreamAddress } from './address.ts';
import type { BreakerOutcome } from './circuit-breaker.ts';
import type { Connections } from './connection.ts';
import type { Deadlines } from './deadlines.ts';
import type { UpstreamError } from './errors.ts';
import { isFailure, isRefusal } from './policy.ts';
import { lingerMs, type RecentLatency } from './recent-latency.ts';
import { toDispatch } from './request.ts';
import { type Exchange, failedExchange, isReadableResponse, type ResponseOptions, readResponse } from './response.ts';
import { createUpstreamError } from './status.ts';
import type { Telemetry } from './telemetry.ts';
import { type AbortReason, startAttemptTimeout } from './timeout.ts';
import { dispatchRequest, type GiveUp, type TransportOptions } from './transport.ts';
import type { CallOptions, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface AttemptOptions extends ResponseOptions, Connections {
  readonly address: UpstreamAddress;
  readonly timeoutMs: number;
  readonly deadlines: Deadlines;
  readonly latency: RecentLatency;
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
  /** How many attempts went before it. */
  readonly resends: number;
  /** It timed out, and until then the upstream may still be working on it. */
  readonly letGo: Promise<void> | undefined;
}

/** What ends an attempt whose answer is kept, beside its own timeout: nothing. */
const unlimited = { signal: undefined, deadlineAt: () => Number.POSITIVE_INFINITY };

/** Sends a request once, within its timeout. Never rejects. */
export function runAttempt(
  request: UpstreamRequest,
  call: CallOptions,
  options: AttemptOptions,
  resends = 0,
): Promise<AttemptResult> {
  const { timeoutMs, deadlines, latency } = options;
  const now = options.clock.monotonic;
  const startedAt = now();
  const span = beginSpan(request, options.address, resends);
  const { signal, deadlineAt } = call.isAwaited ? unlimited : call;
  const timeout = startAttemptTimeout({ signal, deadlineAt, endsAt: startedAt + timeoutMs, deadlines, now });
  let letGo: Promise<void> | undefined;
  const onGiveUp = (giveUp: GiveUp) =>
    timeout.onAbort(why => {
      letGo = giveUp(why === 'CALLER_GONE' ? 0 : lingerMs(latency, timeoutMs));
    });
  return exchange(request, call.isSmall, { onGiveUp, onAnswered: timeout.stop }, options).then(exchanged => {
    timeout.stop();
    const tookMs = now() - startedAt;
    const result = { ...resultOf(exchanged, timeout.reason(), tookMs, options), resends, letGo };
    const isAbandoned = result.isOver && timeout.reason() === 'CALLER_GONE';
    endSpan(span, exchanged.status, isAbandoned ? 'cancelled' : result.error?.kind);
    options.telemetry.attempt({
      operation: request.operation,
      tookMs,
      status: exchanged.status,
      error: result.error,
      isAbandoned: isAbandoned || result.wasIdle || exchanged.isUnsent === true,
      isUnprotected: call.isUnprotected === true,
      traceId: span?.sampledTraceId,
    });
    return result;
  });
}

/** By OpenTelemetry's conventions, but for `url.full`: addresses hold what is asked about. */
function beginSpan({ span, method }: UpstreamRequest, { server }: UpstreamAddress, resends: number): Span | undefined {
  const attributes = {
    'http.request.method': method,
    ...server,
    'http.request.resend_count': resends === 0 ? undefined : resends,
  };
  return span?.child(method, attributes, 'client');
}

function endSpan(span: Span | undefined, status: number | undefined, failure: string | undefined): void {
  const type = failure !== undefined && status !== undefined && status >= 400 ? String(status) : failure;
  span?.set({ 'http.response.status_code': status, 'error.type': type });
  span?.end(failure);
}

/** Many are sent, and many responses are read, at once: both give way to other work. */
function exchange(
  request: UpstreamRequest,
  isSmall: boolean,
  { onGiveUp, onAnswered }: Pick<TransportOptions, 'onGiveUp'> & { readonly onAnswered: () => void },
  options: AttemptOptions,
): Promise<Exchange & { readonly isUnsent?: boolean }> {
  const { source, dispatcher, address, maxBodyBytes: maxBytes } = options;
  return new Promise(resolve => {
    const fail = (problem: unknown) => resolve(failedExchange(problem, undefined, options));
    let isGivenUp = false;
    const send = () => {
      if (isGivenUp) return;
      try {
        const dispatched = toDispatch(request, address);
        if (dispatched === undefined)
          return resolve({ response: undefined, error: createUpstreamError(source, 'REJECTED'), status: undefined });
        dispatchRequest(dispatched, {
          dispatcher,
          maxBytes,
          onGiveUp,
          isWanted: (status, headers) => isReadableResponse(status, headers, maxBytes),
          onEnd(raw, problem) {
            if (raw === undefined) return fail(problem);
            onAnswered();
            runInSlices(isSmall, () => resolve(readResponse(raw, request, options)));
          },
        });
      } catch (problem) {
        fail(problem);
      }
    };
    if (runInSlices(isSmall, send)) return;
    onGiveUp(() => {
      isGivenUp = true;
      resolve({ response: undefined, error: undefined, status: undefined, isUnsent: true });
      return undefined;
    });
  });
}

function resultOf(
  { response, error: ownError, status, isUnsent = false }: Exchange & { readonly isUnsent?: boolean },
  abortedFor: AbortReason | undefined,
  tookMs: number,
  { source, timeoutMs, isReusedReset }: AttemptOptions,
): Omit<AttemptResult, 'letGo' | 'resends'> {
  const reason = response === undefined ? abortedFor : undefined;
  const cause = ownError?.cause;
  const error =
    reason === undefined ? ownError : createUpstreamError(source, 'TIMED_OUT', { cause, neverSent: isUnsent });
  return {
    response,
    error,
    breakerOutcome: isUnsent ? 'released' : breakerOutcomeOf(error, reason, tookMs >= timeoutMs / 2),
    wasIdle: error !== undefined && status === undefined && reason === undefined && isReusedReset(cause),
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
