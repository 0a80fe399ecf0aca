/** Fetches the facts that the cache lacks: joins the calls already in flight, starts the others, and keeps what comes. */
import type { Clock } from '../clock.ts';
import { type FailedStatus, UpstreamError } from '../http-client/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { DeniedCredentials } from './denied-credentials.ts';
import type { Cache, Entry } from './entry.ts';
import type { FactKind, FactOutcome, FactRequest, RequestContext } from './fact-kind.ts';
import type { Freshness } from './freshness.ts';
import { createSingleFlight } from './single-flight.ts';
import { createTimeoutError, type SettledCall, type TrackedCall } from './tracked-call.ts';

/** A request, and what the cache holds for it, which is not fresh enough or not all that is needed. */
export interface MissingFact<Subject, Need, Fact> {
  readonly request: FactRequest<Subject, Need, Fact>;
  readonly entry: Entry<Fact> | undefined;
}

export interface FactFetcherOptions<Subject, Need, Fact> {
  readonly kind: FactKind<Subject, Need, Fact>;
  readonly cache: Cache;
  readonly denied: DeniedCredentials;
  readonly freshness: Freshness<Subject, Need, Fact>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

export function createFactFetcher<Subject, Need, Fact>(options: FactFetcherOptions<Subject, Need, Fact>) {
  type Call = TrackedCall<Subject, Need, Fact>;
  type Missing = MissingFact<Subject, Need, Fact>;
  const { kind, cache, denied, freshness, metrics, clock } = options;
  const { freshMs, staleMs, negativeMs } = kind.windows;
  const singleFlight = createSingleFlight<Subject, Need, Fact>({ kind, clock, onFact: store, onError: forgetDenied });

  function store({ request, startedAt }: Call, entry: Entry<Fact>): void {
    const { key, need } = request;
    const { fact } = entry;
    if (!kind.isComplete(fact) || kind.partitionOf(request.subject) !== request.partition) return;
    const cached = cache.peek<Fact>(key);
    // A fact that was fetched after this call started, and that covers as much, is the newer one: keep it.
    if (cached !== undefined && cached.heardAt >= startedAt && kind.covers(cached.fact, need)) return;
    const ttlMs = kind.isAbsence(fact) ? negativeMs : freshMs + staleMs;
    if (ttlMs > 0) cache.setMany([{ key, entry, ttlMs }]);
  }

  function forgetDenied({ request }: Call, error: unknown): void {
    if (!(error instanceof UpstreamError) || error.kind !== 'DENIED') return;
    cache.deleteMany([request.key]);
    denied.record(request.partition, error.httpStatus === 401);
  }

  /** Requests the other parts of a fresh fact again, because the new fact will replace it. */
  function widen({ request, entry }: Missing): FactRequest<Subject, Need, Fact> {
    if (entry === undefined || !freshness.isFresh(entry, request) || kind.isAbsence(entry.fact)) return request;
    return { ...request, need: kind.widen(request.need, entry.fact) };
  }

  function share(requests: readonly FactRequest<Subject, Need, Fact>[]): readonly FactRequest<Subject, Need, Fact>[] {
    if (kind.share === undefined || requests.length < 2) return requests;
    const shared = kind.share(requests.map(({ need }) => need));
    return requests.map(request => ({ ...request, need: shared(request.need) }));
  }

  /** One call for each request: one in flight is joined, the others start together. */
  function joinOrStart(missing: readonly Missing[], context: RequestContext): Call[] {
    const joined = missing.map(({ request }) => singleFlight.findJoinable(request, context));
    const started = singleFlight.start(share(missing.filter((_, index) => !joined[index]).map(widen)), context);
    let next = 0;
    return joined.map(call => {
      if (call === undefined) return started[next++] as Call;
      metrics.coalesced(kind.source, 1);
      context.trace.coalesced(kind.source, call.trace);
      return call;
    });
  }

  function outcomeOf(
    { entry, error }: SettledCall<Fact>,
    missing: Missing,
    context: RequestContext,
  ): FactOutcome<Fact> {
    if (entry === undefined) {
      if (!(error instanceof UpstreamError)) throw error;
      return serveStaleIfError(error, missing, context);
    }
    context.trace.live(kind.source);
    const { fact, fetchedAt, heardAt } = entry;
    return { fact, servedFrom: 'LIVE', staleBecause: null, fetchedAt, heardAt };
  }

  function serveStaleIfError(
    error: UpstreamError,
    { request, entry }: Missing,
    context: RequestContext,
  ): FactOutcome<Fact> {
    if (error.kind !== 'TRUNCATED' && allowsStale[error.kind] && freshness.mayServeStale(entry, request))
      return serveStale(entry, error.kind, context);
    context.trace.failed(kind.source, error.kind);
    return { error };
  }

  function serveStale(
    { fact, fetchedAt, heardAt }: Entry<Fact>,
    because: FailedStatus | null,
    context: RequestContext,
  ): FactOutcome<Fact> {
    context.trace.hit(kind.source, 'stale');
    return { fact, servedFrom: 'STALE_CACHE', staleBecause: because, fetchedAt, heardAt };
  }

  return {
    /** In the order of the missing. If the caller has gone, the source is not called. */
    async fetch(missing: readonly Missing[], context: RequestContext): Promise<readonly FactOutcome<Fact>[]> {
      if (context.signal.aborted) {
        const error = createTimeoutError(kind.source, false, context);
        return missing.map(one => serveStaleIfError(error, one, context));
      }
      const settled = await singleFlight.wait(joinOrStart(missing, context), context);
      return settled.map((one, index) => outcomeOf(one, missing[index] as Missing, context));
    },

    /** The stale fact; it is fetched again in the background, with all the time that an operation has. */
    revalidate(
      request: FactRequest<Subject, Need, Fact>,
      entry: Entry<Fact>,
      context: RequestContext,
    ): FactOutcome<Fact> {
      if (singleFlight.findJoinable(request, context) === undefined) {
        const { caller, isSmall, trace } = context;
        const timeoutMs = Math.max(1, Math.ceil(context.deadlineAt - context.startedAt));
        const startedAt = clock.monotonic();
        const deadlineAt = startedAt + timeoutMs;
        const signal = AbortSignal.timeout(timeoutMs);
        const background = { caller, isSmall, trace, signal, startedAt, deadlineAt, reduceMaxAge() {} };
        singleFlight.wait(singleFlight.start([request], background), background);
      }
      return serveStale(entry, null, context);
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
