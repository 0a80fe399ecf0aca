/**
 * Reads facts through the cache: one lookup for all requests, then the calls already in flight, then the source. Fresh,
 * stale and negative windows are those of RFC 5861; ARCHITECTURE.md explains the terms.
 */
import type { Clock } from '../clock.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createDeniedCredentials } from './denied-credentials.ts';
import type { Cache, CachedEntry } from './entry.ts';
import { createFactFetcher, type MissingFact } from './fact-fetcher.ts';
import type { FactKind, FactOutcome, FactRequest, RequestContext, ServedFact } from './fact-kind.ts';
import { createFreshness } from './freshness.ts';
import { createOfferedFacts, type OfferedFact } from './offered-facts.ts';

export interface ReadThrough<Subject, Need, Fact> {
  /** A fresh fact from memory that answers all these requests about it, synchronously; otherwise undefined. */
  peek(requests: readonly FactRequest<Subject, Need, Fact>[], context: RequestContext): MemoryHit<Fact> | undefined;
  /** Outcomes in the order of the requests, whose keys must differ. A failed source is an outcome, not a rejection. */
  getMany(
    requests: readonly FactRequest<Subject, Need, Fact>[],
    context: RequestContext,
  ): Promise<readonly FactOutcome<Fact>[]>;
  /** Keeps facts that came beside others. Never rejects. */
  offer(offered: readonly OfferedFact<Subject, Need, Fact>[]): Promise<void>;
  /** It is less than a call about its subject brings. */
  isPart(fact: Fact): boolean;
  /** The error where the newer fact denies what a list has shown to be there. */
  contradiction(newer: Fact, known: Fact): UpstreamError | undefined;
  /** The source has refused the credential: what it has fetched is no longer served. */
  refused(partition: string, error: UpstreamError): void;
  /** The fact holds what is needed. */
  covers(fact: Fact, need: Need): boolean;
  /** A call for `wider` brings `narrower` as well. */
  contains(wider: Need, narrower: Need): boolean;
  /** What was served is recent enough for the request, and holds all that it needs. */
  satisfies(outcome: FactOutcome<Fact>, request: FactRequest<Subject, Need, Fact>): boolean;
}

interface MemoryHit<Fact> {
  readonly outcome: FactOutcome<Fact>;
  readonly served: ServedFact;
}

export function createReadThrough<Subject, Need, Fact>(
  kind: FactKind<Subject, Need, Fact>,
  cache: Cache,
  metrics: Metrics,
  clock: Clock,
): ReadThrough<Subject, Need, Fact> {
  type Request = FactRequest<Subject, Need, Fact>;
  type Outcome = FactOutcome<Fact>;
  const { freshMs, staleMs, negativeMs } = kind.windows;
  const denied = createDeniedCredentials(Math.max(freshMs + staleMs, negativeMs), clock.monotonic);
  const freshness = createFreshness(kind, denied, clock.monotonic);
  const fetcher = createFactFetcher({ kind, cache, denied, freshness, metrics, clock });

  /** Memory still holds the fact that was heard then, and today's credential may see it. Does not keep the fact itself alive. */
  function isStillValid({ key, partition, subject }: Request, heardAt: number): boolean {
    const isSame = cache.peek<Fact>(key)?.heardAt === heardAt && kind.partitionOf(subject) === partition;
    return isSame && denied.mayServeFresh(partition, heardAt) && kind.isOutdated?.(subject, heardAt, 'memory') !== true;
  }

  function fromEntry(cached: CachedEntry<Fact>, context: RequestContext): Outcome {
    context.trace.hit(kind.source, cached.tier);
    const { fact, fetchedAt, heardAt } = cached;
    return { fact, servedFrom: 'CACHE', staleBecause: null, fetchedAt, heardAt };
  }

  /** What turned out not to be about its subject, while other facts were waited for, is asked for once more. */
  async function fetchTwice(missing: readonly MissingFact<Subject, Need, Fact>[], context: RequestContext) {
    const fetched = await fetcher.fetch(missing, context);
    const isRevoked = (outcome: Outcome | undefined, { key }: Request): boolean =>
      outcome?.error === undefined && outcome?.servedFrom === 'LIVE' && kind.isRevoked?.(key, outcome.heardAt) === true;
    const again = missing.filter(({ request }, index) => isRevoked(fetched[index], request));
    if (again.length === 0) return fetched;
    const anew = await fetcher.fetch(again, context);
    return missing.map((one, index) => anew[again.indexOf(one)] ?? (fetched[index] as Outcome));
  }

  /** While a source was waited for that failed, another replica may have heard it. */
  async function orOfReplicas(
    missing: readonly MissingFact<Subject, Need, Fact>[],
    fetched: readonly Outcome[],
    readAt: number,
    context: RequestContext,
  ): Promise<readonly Outcome[]> {
    if (clock.monotonic() - readAt < worthReadingMs || cache.redisState() !== 'up') return fetched;
    const failed = missing.filter(({ request }, index) => {
      const outcome = fetched[index];
      const isFailure = outcome?.error !== undefined || outcome?.servedFrom === 'STALE_CACHE';
      return isFailure && request.maxAgeMs !== 0 && mayBeReplaced(outcome?.error);
    });
    if (failed.length === 0) return fetched;
    const requests = failed.map(({ request }) => request);
    const standards = { ...freshness.standardsOf(requests, () => {}), claimMs: 0 };
    const read = await cache.getMany(
      requests.map(({ key }) => key),
      kind.parse,
      standards,
    );
    const found = new Map(failed.map((one, index) => [one, read[index]]));
    return missing.map((one, index) => {
      const entry = found.get(one);
      const isEnough = entry !== undefined && freshness.satisfies(entry, one.request);
      return isEnough ? fromEntry(entry, context) : (fetched[index] as Outcome);
    });
  }

  const servedFact = (request: Request, heardAt: number, freshUntil: number): ServedFact => ({
    key: request.key,
    heardAt,
    freshUntil,
    isCurrent: () => isStillValid(request, heardAt),
    count({ trace }) {
      trace.hit(kind.source, 'memory');
      metrics.cache('memory', 'hit');
    },
  });

  function fromCache(
    request: Request,
    cached: CachedEntry<Fact> | undefined,
    context: RequestContext,
  ): Outcome | undefined {
    if (cached !== undefined && freshness.satisfies(cached, request)) return fromEntry(cached, context);
    if (!kind.revalidates || !freshness.mayServeStale(cached, request)) return undefined;
    return fetcher.revalidate(request, cached, context);
  }

  function serve(outcome: Outcome, request: Request, context: RequestContext): Outcome {
    context.reduceMaxAge(freshness.remainingMs(outcome, request));
    return outcome;
  }

  return {
    offer: createOfferedFacts({ kind, cache, denied, freshness }),
    isPart: fact => kind.isPart?.(fact) === true,
    contradiction: fetcher.contradiction,
    refused: (partition, error) => denied.record(partition, error.httpStatus === 401),
    covers: kind.covers,
    contains: kind.contains,
    satisfies: (outcome, request) => outcome.error === undefined && freshness.satisfies(outcome, request),

    peek(requests, context) {
      const [request] = requests;
      const cached = request && cache.peek<Fact>(request.key);
      if (cached === undefined || !requests.every(one => freshness.satisfies(cached, one))) return undefined;
      const outcome = fromEntry(cached, context);
      metrics.cache('memory', 'hit'); // a miss is requested by getMany next, and is counted there
      const remainingMs = Math.min(...requests.map(one => freshness.remainingMs(outcome, one)));
      context.reduceMaxAge(remainingMs);
      return { outcome, served: servedFact(request as Request, cached.heardAt, clock.monotonic() + remainingMs) };
    },

    async getMany(requests, context) {
      const keys = requests.map(({ key }) => key);
      const [ours, theirs] = [new Set<number>(), new Set<number>()];
      const onClaim = (index: number, isOurs: boolean) => (isOurs ? ours : theirs).add(index);
      const read = await cache.getMany(keys, kind.parse, freshness.standardsOf(requests, onClaim));
      const entries = keys.map((key, index) => newer(read[index], cache.peek<Fact>(key)));
      const wanted = requests.map((request, index) => ({
        request: theirs.has(index) ? { ...request, claimedElsewhere: freshness.nameOfClaim(request) } : request,
        entry: entries[index],
      }));
      const cached = wanted.map(({ request, entry }) => fromCache(request, entry, context));
      if (ours.size > 0) fetcher.release(keys.filter((_, index) => ours.has(index) && cached[index] !== undefined));
      const missing = wanted.filter((_, index) => cached[index] === undefined);
      const readAt = clock.monotonic();
      const fetched = await orOfReplicas(missing, await fetchTwice(missing, context), readAt, context);
      let next = 0;
      return requests.map((request, index) => serve(cached[index] ?? (fetched[next++] as Outcome), request, context));
    },
  };
}

/** Redis was read just before a source that fails at once. */
const worthReadingMs = 250;

/** Not what the source refuses this credential. */
const mayBeReplaced = (error: unknown): boolean =>
  !(error instanceof UpstreamError) || (error.kind !== 'DENIED' && error.kind !== 'UNCONFIGURED');

/** A call may have settled and written to memory while Redis was read. */
function newer<Fact>(
  read: CachedEntry<Fact> | undefined,
  inMemory: CachedEntry<Fact> | undefined,
): CachedEntry<Fact> | undefined {
  return inMemory !== undefined && inMemory.heardAt > (read?.heardAt ?? Number.NEGATIVE_INFINITY) ? inMemory : read;
}
