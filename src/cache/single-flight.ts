/** Each fact is fetched once, however many requests wait for it. */
import type { Clock } from '../clock.ts';
import type { Entry } from './entry.ts';
import type { FactKind, FactRequest, InFlightCall, RequestContext } from './fact-kind.ts';
import { createCall, createTimeoutError, type TrackedCall } from './tracked-call.ts';

export interface SingleFlightOptions<Subject, Need, Fact> {
  readonly kind: Pick<FactKind<Subject, Need, Fact>, 'source' | 'contains' | 'fetch'>;
  readonly clock: Clock;
  /** Runs before the waiters get the fact. */
  readonly onFact: (call: TrackedCall<Subject, Need, Fact>, entry: Entry<Fact>) => void;
  readonly onError: (call: TrackedCall<Subject, Need, Fact>, error: unknown) => void;
}

export function createSingleFlight<Subject, Need, Fact>(options: SingleFlightOptions<Subject, Need, Fact>) {
  type Tracked = TrackedCall<Subject, Need, Fact>;
  const { kind, clock, onFact, onError } = options;
  const inFlight = new Map<string, Set<Tracked>>();

  function add(request: FactRequest<Subject, Need>, context: RequestContext): Tracked {
    const call = createCall<Subject, Need, Fact>(request, context, clock.monotonic());
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
        const entry = { fact, fetchedAt: clock.wall(), heardAt: clock.monotonic() };
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
    /** A call in flight that will bring what is requested, and is recent enough for it. */
    findJoinable(request: FactRequest<Subject, Need>, context: RequestContext): Tracked | undefined {
      for (const call of inFlight.get(request.key) ?? []) {
        const isRecent = request.maxAgeMs !== 0 || call.startedAt >= context.startedAt;
        if (isRecent && kind.contains(call.request.need, request.need)) return call;
      }
      return undefined;
    },
    /** New calls, fetched together, in the requests' order. Each must be joined in this turn of the event loop. */
    start(requests: readonly FactRequest<Subject, Need>[], context: RequestContext): readonly Tracked[] {
      const calls = requests.map(request => add(request, context));
      const fetched = fetchAll(kind, calls);
      calls.forEach((call, index) => {
        settleWith(call, fetched[index] as Promise<Fact>);
      });
      return calls;
    },
    /** Waits until the fact is here or the context is aborted. A call that was not sent is aborted when its last waiter leaves. */
    join(call: Tracked, context: RequestContext): Promise<Entry<Fact>> {
      call.waiters++;
      call.latestDeadline = Math.max(call.latestDeadline, context.deadlineAt);
      return new Promise((resolve, reject) => {
        const leave = () => {
          reject(createTimeoutError(kind.source, call.isSent, context));
          if (--call.waiters > 0 || call.isSent) return;
          remove(call);
          call.controller.abort();
        };
        if (context.signal.aborted) return leave();
        context.signal.addEventListener('abort', leave, { once: true });
        const stopListening = () => context.signal.removeEventListener('abort', leave);
        call.promise.finally(stopListening).then(resolve, reject);
      });
    },
  };
}

/** A source that throws instead of rejecting has a bug: its calls are rejected, or they would stay in flight. */
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
