import type { SourceName } from '../domain/source-report.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { CachedEntry, Entry } from './entry.ts';
import type { FactRequest, InFlightCall, RequestContext } from './fact-kind.ts';

/** An in-flight call with what single-flight keeps of it. */
export interface TrackedCall<Subject, Need, Fact> extends InFlightCall<Subject, Need> {
  readonly startedAt: number;
  readonly controller: AbortController;
  readonly waiting: WaitingOperation[];
  latestDeadline: number;
  isSent: boolean;
  /** Undefined while it is in flight. */
  settled: SettledCall<Fact> | undefined;
}

/** An operation that waits for several calls. */
export interface WaitingOperation {
  /** How many of them have not settled. */
  pending: number;
  end(): void;
}

export type SettledCall<Fact> =
  | { readonly entry: Entry<Fact> | CachedEntry<Fact>; readonly error?: undefined }
  | { readonly entry?: undefined; readonly error: unknown };

export function createCall<Subject, Need, Fact>(
  request: FactRequest<Subject, Need>,
  context: RequestContext,
  startedAt: number,
): TrackedCall<Subject, Need, Fact> {
  const controller = new AbortController();
  const call: TrackedCall<Subject, Need, Fact> = {
    request,
    controller,
    signal: controller.signal,
    caller: context.caller,
    isSmall: context.isSmall,
    trace: context.trace,
    startedAt,
    waiting: [],
    latestDeadline: context.deadlineAt,
    isSent: false,
    settled: undefined,
    deadlineAt: () => call.latestDeadline,
    isAwaited: () => call.waiting.length > 0,
    markSent: () => {
      call.isSent = true;
    },
  };
  return call;
}

/** The caller has left or the deadline has passed, before or after the request was sent. */
export function createTimeoutError(source: SourceName, wasSent: boolean, context: RequestContext): UpstreamError {
  return new UpstreamError(
    source,
    'TIMED_OUT',
    wasSent
      ? 'The source did not answer before the deadline of the operation.'
      : 'The deadline of the operation passed before the source could be asked.',
    { neverSent: !wasSent, cause: context.signal.reason },
  );
}
