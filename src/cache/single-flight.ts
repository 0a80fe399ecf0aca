/** Each fact is fetched once, however many requests wait for it. */
import type { SourceName } from '../domain/source-report.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Entry } from './entry.ts';
import type { FactKind, FactRequest, InFlightCall, RequestContext } from './fact-kind.ts';

/** An in-flight call with what single-flight keeps of it. */
export interface TrackedCall<Subject, Need, Fact> extends InFlightCall<Subject, Need> {
  readonly startedAt: number;
  readonly controller: AbortController;
  waiters: number;
  latestDeadline: number;
  isSent: boolean;
  /** All waiters and the cache get the same entry, with one `fetchedAt`. */
  promise: Promise<Entry<Fact>>;
}

export interface SingleFlight<Subject, Need, Fact> {
  /** A call in flight that will bring what is requested, and is recent enough for it. */
  findJoinable(
    request: FactRequest<Subject, Need>,
    context: RequestContext,
  ): TrackedCall<Subject, Need, Fact> | undefined;
  /**
   * New calls, fetched together. In the order of the requests. Each must be joined in the same turn of the event loop.
   */
  start(
    requests: readonly FactRequest<Subject, Need>[],
    context: RequestContext,
  ): readonly TrackedCall<Subject, Need, Fact>[];
  /** Waits until the fact is here or the context is aborted. The call is aborted when its last waiter leaves. */
  join(call: TrackedCall<Subject, Need, Fact>, context: RequestContext): Promise<Entry<Fact>>;
}

export interface SingleFlightOptions<Subject, Need, Fact> {
  readonly kind: Pick<FactKind<Subject, Need, Fact>, 'source' | 'contains' | 'fetch'>;
  readonly now: () => number;
  /** Runs before the waiters get the fact. */
  readonly onFact: (call: TrackedCall<Subject, Need, Fact>, entry: Entry<Fact>) => void;
  readonly onError: (call: TrackedCall<Subject, Need, Fact>, error: unknown) => void;
}

export function createSingleFlight<Subject, Need, Fact>({
  kind,
  now,
  onFact,
  onError,
}: SingleFlightOptions<Subject, Need, Fact>): SingleFlight<Subject, Need, Fact> {
  type Tracked = TrackedCall<Subject, Need, Fact>;
  const inFlight = new Map<string, Set<Tracked>>();

  function add(request: FactRequest<Subject, Need>, context: RequestContext): Tracked {
    const call = createCall<Subject, Need, Fact>(request, context, now());
    const siblings = inFlight.get(request.key) ?? new Set();
    inFlight.set(request.key, siblings.add(call));
    return call;
  }

  function remove(call: Tracked): void {
    const siblings = inFlight.get(call.request.key);
    siblings?.delete(call);
    if (siblings?.size === 0) inFlight.delete(call.request.key);
  }

  function settleWith(call: Tracked, fetched: Promise<Fact>): void {
    call.promise = fetched.then(
      fact => {
        remove(call);
        const entry = { fact, fetchedAt: now() };
        onFact(call, entry);
        return entry;
      },
      error => {
        remove(call);
        onError(call, error);
        throw error;
      },
    );
    // The waiters handle the rejection; without any it would count as unhandled.
    call.promise.catch(() => {});
  }

  return {
    findJoinable(request, context) {
      for (const call of inFlight.get(request.key) ?? []) {
        const isRecent = request.maxAgeMs !== 0 || call.startedAt >= context.startedAt;
        if (isRecent && kind.contains(call.request.need, request.need)) return call;
      }
      return undefined;
    },
    start(requests, context) {
      const calls = requests.map(request => add(request, context));
      const fetched = fetchAll(kind, calls);
      calls.forEach((call, index) => {
        settleWith(call, fetched[index] as Promise<Fact>);
      });
      return calls;
    },
    join(call, context) {
      call.waiters++;
      call.latestDeadline = Math.max(call.latestDeadline, context.deadlineAt);
      return new Promise((resolve, reject) => {
        const leave = () => {
          reject(createTimeoutError(kind.source, call.isSent, context));
          if (--call.waiters > 0) return;
          remove(call);
          call.controller.abort();
        };
        if (context.signal.aborted) return leave();
        context.signal.addEventListener('abort', leave, { once: true });
        const stopListening = () => context.signal.removeEventListener('abort', leave);
        call.promise.then(
          entry => {
            stopListening();
            resolve(entry);
          },
          error => {
            stopListening();
            reject(error);
          },
        );
      });
    },
  };
}

/**
 * A source that throws instead of rejecting has a bug: its calls are rejected too, or they would stay in flight for
 * ever.
 */
function fetchAll<Subject, Need, Fact>(
  kind: Pick<FactKind<Subject, Need, Fact>, 'fetch'>,
  calls: readonly InFlightCall<Subject, Need>[],
): readonly Promise<Fact>[] {
  try {
    return kind.fetch(calls);
  } catch (bug) {
    return calls.map(() => Promise.reject(bug));
  }
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

function createCall<Subject, Need, Fact>(
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
    waiters: 0,
    latestDeadline: context.deadlineAt,
    isSent: false,
    promise: Promise.resolve() as never, // replaced in the same turn, when the call is fetched
    deadlineAt: () => call.latestDeadline,
    markSent: () => {
      call.isSent = true;
    },
  };
  return call;
}
