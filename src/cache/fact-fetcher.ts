/** Fetches the facts that the cache lacks: joins the calls already in flight, starts the others, and keeps what comes. */
import type { Clock } from '../clock.ts';
import { type FailedStatus, UpstreamError } from '../http-client/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Later } from '../slices.ts';
import type { DeniedCredentials } from './denied-credentials.ts';
import type { Cache, Entry } from './entry.ts';
import type { FactKind, FactOutcome, FactRequest, InFlightCall, RequestContext } from './fact-kind.ts';
import type { Freshness } from './freshness.ts';
import { toJsonInSlices } from './json.ts';
import { createOtherReplicas, type Fetched } from './other-replicas.ts';
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
  const waitForReplica = createOtherReplicas({ kind, cache, freshness, clock });
  const singleFlight = createSingleFlight<Subject, Need, Fact>({ kind, fetch, clock, onFact: store, onError: forget });

  function fetch(calls: readonly InFlightCall<Subject, Need>[]): readonly Promise<Fetched<Fact>>[] {
    const isElsewhere = ({ request }: InFlightCall<Subject, Need>) => request.claimedElsewhere !== undefined;
    if (!calls.some(isElsewhere)) return kind.fetch(calls);
    const own = calls.filter(call => !isElsewhere(call));
    const theirs = calls.filter(isElsewhere);
    const fetched = [...(own.length > 0 ? kind.fetch(own) : []), ...waitForReplica(theirs)];
    const inOrder = [...own, ...theirs];
    return calls.map(call => fetched[inOrder.indexOf(call)] as Promise<Fetched<Fact>>);
  }

  function store(call: Call, entry: Entry<Fact>): Later<void> {
    const { fact } = entry;
    const { key, partition } = call.request;
    const ttlMs = kind.isAbsence(fact) ? negativeMs : freshMs + staleMs;
    if (!(ttlMs > 0) || !kind.isComplete(fact) || isOutdated(call)) return cache.release([key]);
    const wanted = call.request as FactRequest<Subject, Need, Fact>;
    if (contradictionIn(fact, cache.peek<Fact>(key), wanted) !== undefined) return cache.release([key]);
    const write = (json: string | undefined) => cache.setMany([{ key, entry, ttlMs, json }]);
    const json = toJsonInSlices(fact);
    if (!(json instanceof Promise)) return write(json);
    return json.then(text => {
      // Refused meanwhile, it was removed.
      if (!isOutdated(call) && denied.mayServeStale(partition, entry.heardAt)) write(text);
      else cache.release([key]);
    });
  }

  /** What a list has shown is not gone because a call about it does not find it: one of them is wrong. */
  function contradiction(newer: Fact, known: Fact): UpstreamError | undefined {
    if (!kind.isAbsence(newer) || kind.isPart?.(known) !== true) return undefined;
    return new UpstreamError(
      kind.source,
      'MALFORMED',
      'The source lists the indicator, and does not find it by itself',
    );
  }

  const contradictionIn = (
    fact: Fact,
    known: Entry<Fact> | undefined,
    request: FactRequest<Subject, Need, Fact>,
  ): UpstreamError | undefined =>
    known !== undefined && freshness.isFresh(known, request) ? contradiction(fact, known.fact) : undefined;

  /** Its credential was replaced, or a fact was fetched after the call started that covers as much, and is the newer one. */
  function isOutdated({ request, startedAt }: Call): boolean {
    const { key, need, partition, subject } = request;
    if (kind.partitionOf(subject) !== partition) return true;
    const cached = cache.peek<Fact>(key);
    return cached !== undefined && cached.heardAt >= startedAt && kind.covers(cached.fact, need);
  }

  function forget({ request }: Call, error: unknown): void {
    cache.release([request.key]);
    if (!(error instanceof UpstreamError) || error.kind !== 'DENIED') return;
    cache.deleteMany([request.key]);
    denied.record(request.partition, error.httpStatus === 401);
  }

  /** Requests the other parts of fresh facts again, because the new fact will replace them: the newest, and what memory kept. */
  function widen({ request, entry }: Missing): FactRequest<Subject, Need, Fact> {
    const kept = cache.peek<Fact>(request.key);
    let { need } = request;
    for (const known of kept === entry ? [entry] : [entry, kept])
      if (known !== undefined && freshness.isFresh(known, request) && !kind.isAbsence(known.fact))
        need = kind.widen(need, known.fact);
    return need === request.need ? request : { ...request, need };
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
    const { fact, fetchedAt, heardAt } = entry;
    const problem = contradictionIn(fact, missing.entry, missing.request);
    if (problem !== undefined) return { error: problem };
    const isOfReplica = 'tier' in entry;
    if (isOfReplica) context.trace.hit(kind.source, 'redis');
    else context.trace.live(kind.source);
    return { fact, servedFrom: isOfReplica ? 'CACHE' : 'LIVE', staleBecause: null, fetchedAt, heardAt };
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

  /** Claims that were taken for nothing. */
  function release(keys: readonly string[]): void {
    cache.release(keys.filter(key => !singleFlight.isInFlight(key)));
  }

  return {
    release,
    contradiction,
    /** In the order of the missing. If the caller has gone, the source is not called. */
    async fetch(missing: readonly Missing[], context: RequestContext): Promise<readonly FactOutcome<Fact>[]> {
      if (context.signal.aborted) {
        release(missing.map(({ request }) => request.key));
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
      if (request.claimedElsewhere === undefined && singleFlight.findJoinable(request, context) === undefined) {
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
  OVERLOADED: true,
  WITHHELD: false,
  MALFORMED: true,
};
