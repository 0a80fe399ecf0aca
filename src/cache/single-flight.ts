/** Each fact is fetched once, however many requests wait for it. */
import type { Clock } from '../clock.ts';
import type { Later } from '../slices.ts';
import type { Entry } from './entry.ts';
import type { FactKind, FactRequest, InFlightCall, RequestContext } from './fact-kind.ts';
import { FactOfReplica, type Fetched } from './other-replicas.ts';
import {
  createCall,
  createTimeoutError,
  type SettledCall,
  type TrackedCall,
  type WaitingOperation,
} from './tracked-call.ts';

export interface SingleFlightOptions<Subject, Need, Fact> {
  readonly kind: Pick<FactKind<Subject, Need, Fact>, 'source' | 'contains'>;
  /** One promise for each call, in the same order. */
  readonly fetch: (calls: readonly InFlightCall<Subject, Need>[]) => readonly Promise<Fetched<Fact>>[];
  readonly clock: Clock;
  /** Done before the waiters get the fact. Until then the call is in flight, and others join it. */
  readonly onFact: (call: TrackedCall<Subject, Need, Fact>, entry: Entry<Fact>) => Later<void>;
  readonly onError: (call: TrackedCall<Subject, Need, Fact>, error: unknown) => void;
}

export function createSingleFlight<Subject, Need, Fact>(options: SingleFlightOptions<Subject, Need, Fact>) {
  type Tracked = TrackedCall<Subject, Need, Fact>;
  const { kind, fetch, clock, onFact, onError } = options;
  const inFlight = new Map<string, Tracked[]>();

  function add(request: FactRequest<Subject, Need>, context: RequestContext): Tracked {
    const call = createCall<Subject, Need, Fact>(request, context, clock.monotonic());
    const siblings = inFlight.get(request.key);
    if (siblings === undefined) inFlight.set(request.key, [call]);
    else siblings.push(call);
    return call;
  }

  function remove(call: Tracked): void {
    const { key } = call.request;
    const siblings = inFlight.get(key)?.filter(one => one !== call) ?? [];
    if (siblings.length === 0) inFlight.delete(key);
    else inFlight.set(key, siblings);
  }

  function settle(call: Tracked, settled: SettledCall<Fact>): void {
    call.settled = settled;
    for (const operation of call.waiting) if (--operation.pending === 0) operation.end();
  }

  /** All waiters and the cache get the same entry, with one `fetchedAt`. */
  function succeed(call: Tracked, fact: Fetched<Fact>): void {
    if (fact instanceof FactOfReplica) {
      remove(call);
      settle(call, { entry: fact.entry });
      return;
    }
    const entry = { fact, fetchedAt: clock.wall(), heardAt: clock.monotonic() };
    const end = (settled: SettledCall<Fact>): void => {
      remove(call);
      settle(call, settled);
    };
    try {
      const done = onFact(call, entry);
      if (done === undefined) end({ entry });
      else
        done.then(
          () => end({ entry }),
          bug => end({ error: bug }),
        );
    } catch (bug) {
      end({ error: bug });
    }
  }

  function fail(call: Tracked, error: unknown): void {
    remove(call);
    onError(call, error);
    settle(call, { error });
  }

  /** What was not sent is aborted when the last operation leaves. */
  function leave(call: Tracked, operation: WaitingOperation): void {
    call.waiting.splice(call.waiting.indexOf(operation), 1);
    if (call.waiting.length > 0 || call.isSent) return;
    remove(call);
    call.controller.abort();
  }

  return {
    isInFlight: (key: string): boolean => inFlight.has(key),
    /** A call in flight that will bring what is requested, and is recent enough for it. */
    findJoinable(request: FactRequest<Subject, Need>, context: RequestContext): Tracked | undefined {
      return inFlight.get(request.key)?.find(call => {
        const isOwn = call.startedAt >= context.startedAt && call.request.claimedElsewhere === undefined;
        const isRecent = request.maxAgeMs !== 0 || isOwn;
        return isRecent && kind.contains(call.request.need, request.need);
      });
    },
    /** New calls, fetched together, in the requests' order. Each must be waited for in this turn of the event loop. */
    start(requests: readonly FactRequest<Subject, Need>[], context: RequestContext): readonly Tracked[] {
      const calls = requests.map(request => add(request, context));
      const fetched = fetchAll(fetch, calls);
      calls.forEach((call, index) => {
        fetched[index]?.then(
          fact => succeed(call, fact),
          error => fail(call, error),
        );
      });
      return calls;
    },
    /** Waits until all have settled or the context is aborted. Never rejects. */
    wait(calls: readonly Tracked[], context: RequestContext): Promise<readonly SettledCall<Fact>[]> {
      const { signal, deadlineAt } = context;
      return new Promise(resolve => {
        const operation: WaitingOperation = { pending: calls.length, end };
        for (const call of calls) {
          call.waiting.push(operation);
          call.latestDeadline = Math.max(call.latestDeadline, deadlineAt);
        }
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted || calls.length === 0) end();

        function end(): void {
          signal.removeEventListener('abort', end);
          resolve(calls.map(call => call.settled ?? { error: createTimeoutError(kind.source, call.isSent, context) }));
          for (const call of calls) if (call.settled === undefined) leave(call, operation);
        }
      });
    },
  };
}

/** A source that throws instead of rejecting has a bug: its calls are rejected, or they would stay in flight. */
function fetchAll<Subject, Need, Fact>(
  fetch: SingleFlightOptions<Subject, Need, Fact>['fetch'],
  calls: readonly InFlightCall<Subject, Need>[],
): readonly Promise<Fetched<Fact>>[] {
  try {
    return fetch(calls);
  } catch (bug) {
    return calls.map(() => Promise.reject(bug));
  }
}
