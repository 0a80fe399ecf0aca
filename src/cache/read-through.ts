/**
 * Reads facts through the cache: one lookup for all requests, then the calls already in flight, then the source. Fresh,
 * stale and negative windows are those of RFC 5861; ARCHITECTURE.md explains the terms.
 */
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createDeniedCredentials } from './denied-credentials.ts';
import type { Cache, CachedEntry } from './entry.ts';
import { createFactFetcher } from './fact-fetcher.ts';
import type { FactKind, FactOutcome, FactRequest, RequestContext } from './fact-kind.ts';
import { createFreshness } from './freshness.ts';

export interface ReadThrough<Subject, Need, Fact> {
  /** A fresh fact from memory that covers the request, synchronously; otherwise undefined. */
  peek(request: FactRequest<Subject, Need, Fact>, context: RequestContext): FactOutcome<Fact> | undefined;
  /** Outcomes in the order of the requests, whose keys must differ. A failed source is an outcome, not a rejection. */
  getMany(
    requests: readonly FactRequest<Subject, Need, Fact>[],
    context: RequestContext,
  ): Promise<readonly FactOutcome<Fact>[]>;
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

  /** Memory still holds this very entry, and today's credential may see it. */
  function isStillValid({ key, partition, subject }: Request, cached: CachedEntry<Fact>): boolean {
    const isSame = cache.peek<Fact>(key) === cached && kind.partitionOf(subject) === partition;
    return isSame && denied.mayServeFresh(partition, cached.heardAt);
  }

  function fromEntry(request: Request, cached: CachedEntry<Fact>, context: RequestContext): Outcome {
    context.trace.hit(kind.source, cached.tier);
    context.validators?.set(cached, () => isStillValid(request, cached));
    const { fact, fetchedAt, heardAt } = cached;
    return { fact, servedFrom: 'CACHE', staleBecause: null, fetchedAt, heardAt };
  }

  function fromCache(
    request: Request,
    cached: CachedEntry<Fact> | undefined,
    context: RequestContext,
  ): Outcome | undefined {
    if (cached !== undefined && freshness.satisfies(cached, request)) return fromEntry(request, cached, context);
    if (!kind.revalidates || !freshness.mayServeStale(cached, request)) return undefined;
    return fetcher.revalidate(request, cached, context);
  }

  function serve(outcome: Outcome, request: Request, context: RequestContext): Outcome {
    context.reduceMaxAge(freshness.remainingMs(outcome, request));
    return outcome;
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
      const cached = requests.map((request, index) => fromCache(request, entries[index], context));
      const wanted = requests.map((request, index) => ({ request, entry: entries[index] }));
      const missing = wanted.filter((_, index) => cached[index] === undefined);
      const fetched = await fetcher.fetch(missing, context);
      let next = 0;
      return requests.map((request, index) => serve(cached[index] ?? (fetched[next++] as Outcome), request, context));
    },
  };
}

/** A call may have settled and written to memory while Redis was read. */
function newer<Fact>(
  read: CachedEntry<Fact> | undefined,
  inMemory: CachedEntry<Fact> | undefined,
): CachedEntry<Fact> | undefined {
  return inMemory !== undefined && inMemory.heardAt > (read?.heardAt ?? Number.NEGATIVE_INFINITY) ? inMemory : read;
}
