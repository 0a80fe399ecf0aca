/**
 * Reads facts through the cache: one lookup for all requests, then the calls already in flight, then the source. Fresh,
 * stale and negative windows are those of RFC 5861; ARCHITECTURE.md explains the terms.
 */
import { type FailedStatus, UpstreamError } from '../http-client/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createDeniedCredentials } from './denied-credentials.ts';
import type { Cache, CachedEntry, Entry } from './entry.ts';
import type { FactKind, FactOutcome, FactRequest, RequestContext } from './fact-kind.ts';
import { createFreshness } from './freshness.ts';
import { createSingleFlight, createTimeoutError, type TrackedCall } from './single-flight.ts';

export interface ReadThrough<Subject, Need, Fact> {
  /** A fresh fact from memory that covers the request, synchronously; otherwise undefined. */
  peek(request: FactRequest<Subject, Need>, context: RequestContext): FactOutcome<Fact> | undefined;
  /** Outcomes in the order of the requests, whose keys must differ. A failed source is an outcome, not a rejection. */
  getMany(
    requests: readonly FactRequest<Subject, Need>[],
    context: RequestContext,
  ): Promise<readonly FactOutcome<Fact>[]>;
}

export function createReadThrough<Subject, Need, Fact>(
  kind: FactKind<Subject, Need, Fact>,
  cache: Cache,
  metrics: Metrics,
  now: () => number = Date.now,
): ReadThrough<Subject, Need, Fact> {
  type Request = FactRequest<Subject, Need>;
  type Call = TrackedCall<Subject, Need, Fact>;
  type Outcome = FactOutcome<Fact>;
  const { freshMs, staleMs, negativeMs } = kind.windows;
  const denied = createDeniedCredentials(Math.max(freshMs + staleMs, negativeMs), now);
  const freshness = createFreshness(kind, denied, now);
  const singleFlight = createSingleFlight<Subject, Need, Fact>({ kind, now, onFact: store, onError: forgetDenied });

  function store({ request, startedAt }: Call, entry: Entry<Fact>): void {
    const { key, need } = request;
    const { fact } = entry;
    if (!kind.isComplete(fact) || kind.partitionOf(request.subject) !== request.partition) return;
    const cached = cache.peek<Fact>(key);
    // A fact that was fetched after this call started, and that covers as much, is the newer one: keep it.
    if (cached !== undefined && cached.fetchedAt >= startedAt && kind.covers(cached.fact, need)) return;
    const ttlMs = kind.isAbsence(fact) ? negativeMs : freshMs + staleMs;
    if (ttlMs > 0) cache.setMany([{ key, entry, ttlMs }]);
  }

  function forgetDenied({ request }: Call, error: unknown): void {
    if (!(error instanceof UpstreamError) || error.kind !== 'DENIED') return;
    cache.deleteMany([request.key]);
    denied.record(request.partition, error.httpStatus === 401);
  }

  /** Requests the other parts of a fresh fact again, because the new fact will replace it. */
  function widen(request: Request, entry: Entry<Fact> | undefined): Request {
    if (entry === undefined || !freshness.isFresh(entry, request) || kind.isAbsence(entry.fact)) return request;
    return { ...request, need: kind.widen(request.need, entry.fact) };
  }

  /** Memory still holds this very entry, and today's credential may see it. */
  function isStillValid({ key, partition, subject }: Request, cached: CachedEntry<Fact>): boolean {
    const isSame = cache.peek<Fact>(key) === cached && kind.partitionOf(subject) === partition;
    return isSame && denied.mayServeFresh(partition, cached.fetchedAt);
  }

  function serve(outcome: Outcome, request: Request, context: RequestContext): Outcome {
    context.reduceMaxAge(freshness.remainingMs(outcome, request));
    return outcome;
  }

  function fromEntry(request: Request, cached: CachedEntry<Fact>, context: RequestContext): Outcome {
    context.trace.hit(kind.source, cached.tier);
    context.validators?.set(cached, () => isStillValid(request, cached));
    return { fact: cached.fact, servedFrom: 'CACHE', staleBecause: null, fetchedAt: cached.fetchedAt };
  }

  function serveStale(
    { fact, fetchedAt }: Entry<Fact>,
    because: FailedStatus | null,
    context: RequestContext,
  ): Outcome {
    context.trace.hit(kind.source, 'stale');
    return { fact, servedFrom: 'STALE_CACHE', staleBecause: because, fetchedAt };
  }

  function fromCache(
    request: Request,
    cached: CachedEntry<Fact> | undefined,
    context: RequestContext,
  ): Outcome | undefined {
    if (cached !== undefined && freshness.satisfies(cached, request)) return fromEntry(request, cached, context);
    if (!kind.revalidates || !freshness.mayServeStale(cached, request)) return undefined;
    revalidate(request, context);
    return serveStale(cached, null, context);
  }

  /** Fetches in the background, with all the time that an operation has. */
  function revalidate(request: Request, context: RequestContext): void {
    if (singleFlight.findJoinable(request, context) !== undefined) return;
    const timeoutMs = Math.max(1, context.deadlineAt - context.startedAt);
    const { caller, isSmall, trace } = context;
    const background: RequestContext = {
      caller,
      isSmall,
      trace,
      reduceMaxAge() {},
      signal: AbortSignal.timeout(timeoutMs),
      startedAt: now(),
      deadlineAt: now() + timeoutMs,
    };
    for (const call of singleFlight.start([request], background)) singleFlight.join(call, background).catch(() => {});
  }

  /** One call for each request: one in flight is joined, the others start together. */
  function joinOrStart(
    requests: readonly Request[],
    entries: readonly (Entry<Fact> | undefined)[],
    context: RequestContext,
  ): Call[] {
    const joined = requests.map(request => singleFlight.findJoinable(request, context));
    const started = singleFlight.start(
      requests.flatMap((request, index) => (joined[index] ? [] : [widen(request, entries[index])])),
      context,
    );
    let next = 0;
    return joined.map(call => {
      if (call === undefined) return started[next++] as Call;
      metrics.coalesced(kind.source, 1);
      context.trace.coalesced(kind.source, call.trace);
      return call;
    });
  }

  async function settle(call: Call, request: Request, context: RequestContext, staleEntry: Entry<Fact> | undefined) {
    try {
      const { fact, fetchedAt } = await singleFlight.join(call, context);
      context.trace.live(kind.source);
      return { fact, servedFrom: 'LIVE', staleBecause: null, fetchedAt } satisfies Outcome;
    } catch (problem) {
      if (!(problem instanceof UpstreamError)) throw problem;
      return serveStaleIfError(problem, request, context, staleEntry);
    }
  }

  function serveStaleIfError(
    error: UpstreamError,
    request: Request,
    context: RequestContext,
    staleEntry: Entry<Fact> | undefined,
  ): Outcome {
    if (error.kind !== 'TRUNCATED' && allowsStale[error.kind] && freshness.mayServeStale(staleEntry, request))
      return serveStale(staleEntry, error.kind, context);
    context.trace.failed(kind.source, error.kind);
    return { error };
  }

  /** If the caller has gone, the source is not called. */
  function fromSource(
    requests: readonly Request[],
    entries: readonly (Entry<Fact> | undefined)[],
    context: RequestContext,
  ): readonly (Outcome | Promise<Outcome>)[] {
    if (context.signal.aborted) {
      const error = createTimeoutError(kind.source, false, context);
      return requests.map((request, index) => serveStaleIfError(error, request, context, entries[index]));
    }
    return joinOrStart(requests, entries, context).map((call, index) =>
      settle(call, requests[index] as Request, context, entries[index]),
    );
  }

  return {
    peek(request, context) {
      const cached = cache.peek<Fact>(request.key);
      if (cached === undefined || !freshness.satisfies(cached, request)) return undefined;
      metrics.cache(cached.tier, 'hit'); // a miss is requested by getMany next, and is counted there
      return serve(fromEntry(request, cached, context), request, context);
    },

    async getMany(requests, context) {
      const keys = requests.map(({ key }) => key);
      const read = await cache.getMany(keys, kind.parse);
      const entries = keys.map((key, index) => newer(read[index], cache.peek<Fact>(key)));
      const outcomes: (Outcome | Promise<Outcome> | undefined)[] = requests.map((request, index) =>
        fromCache(request, entries[index], context),
      );
      const missing = [...outcomes.keys()].filter(index => outcomes[index] === undefined);
      const fetched = fromSource(
        missing.map(index => requests[index] as Request),
        missing.map(index => entries[index]),
        context,
      );
      missing.forEach((position, index) => {
        outcomes[position] = fetched[index];
      });
      const all = await Promise.all(outcomes as (Outcome | Promise<Outcome>)[]);
      return all.map((outcome, index) => serve(outcome, requests[index] as Request, context));
    },
  };
}

/** Whether a stale fact may be served for this failure: not when the credential was denied, or when there is none. */
const allowsStale: Readonly<Record<FailedStatus, boolean>> = {
  UNCONFIGURED: false,
  DENIED: false,
  REJECTED: true,
  RATE_LIMITED: true,
  TIMED_OUT: true,
  UNAVAILABLE: true,
  MALFORMED: true,
};

/** A call may have settled and written to memory while Redis was read. */
function newer<Fact>(
  read: CachedEntry<Fact> | undefined,
  inMemory: CachedEntry<Fact> | undefined,
): CachedEntry<Fact> | undefined {
  return inMemory !== undefined && inMemory.fetchedAt > (read?.fetchedAt ?? Number.NEGATIVE_INFINITY) ? inMemory : read;
}
