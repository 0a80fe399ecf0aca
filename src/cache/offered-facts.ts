/** Facts that came beside others, as the rows of a list do: kept unless as much is known already. */
import type { DeniedCredentials } from './denied-credentials.ts';
import type { Cache, CachedEntry, Entry } from './entry.ts';
import type { FactKind, FactRequest } from './fact-kind.ts';
import type { Freshness } from './freshness.ts';

export interface OfferedFact<Subject, Need, Fact> extends Entry<Fact> {
  readonly request: FactRequest<Subject, Need, Fact>;
  /** When its call began, monotonic. */
  readonly startedAt: number;
}

export interface OfferedFactsOptions<Subject, Need, Fact> {
  readonly kind: FactKind<Subject, Need, Fact>;
  readonly cache: Cache;
  readonly denied: DeniedCredentials;
  readonly freshness: Freshness<Subject, Need, Fact>;
}

export function createOfferedFacts<Subject, Need, Fact>(options: OfferedFactsOptions<Subject, Need, Fact>) {
  type Offered = OfferedFact<Subject, Need, Fact>;
  const { kind, cache, denied, freshness } = options;
  const { freshMs, staleMs } = kind.windows;

  /** A richer fact stays where it says the same; where it does not, it is out of date. */
  function isNews({ request, fact, startedAt }: Offered, known: CachedEntry<Fact> | undefined): boolean {
    if (known === undefined) return true;
    if (known.heardAt >= startedAt) return false;
    return !(freshness.isFresh(known, request) && kind.includes?.(known.fact, fact) === true);
  }

  function mayBeKept({ request, startedAt, heardAt }: Offered): boolean {
    const { key, partition, subject } = request;
    if (kind.partitionOf(subject) !== partition || kind.isRevoked?.(key, startedAt) === true) return false;
    if (kind.isOutdated?.(subject, startedAt, 'memory') === true) return false;
    return denied.mayServeStale(partition, heardAt);
  }

  function keep(offered: readonly Offered[], known: readonly (CachedEntry<Fact> | undefined)[]): void {
    const news = offered.filter((one, index) => isNews(one, known[index]) && mayBeKept(one));
    const writes = news.map(({ request: { key }, fact, fetchedAt, heardAt }) => ({
      ...{ key, entry: { fact, fetchedAt, heardAt }, ttlMs: freshMs + staleMs },
    }));
    if (writes.length > 0) cache.setMany(writes);
  }

  /** What memory does not know is looked up in Redis first. Never rejects. */
  return async function offer(offered: readonly Offered[]): Promise<void> {
    const inMemory = offered.map(({ request }) => cache.peek<Fact>(request.key));
    const known = offered.filter((_, index) => inMemory[index] !== undefined);
    keep(
      known,
      inMemory.filter(entry => entry !== undefined),
    );
    const unknown = offered.filter((_, index) => inMemory[index] === undefined);
    const keys = unknown.map(({ request }) => request.key);
    keep(unknown, cache.redisState() === 'up' && keys.length > 0 ? await cache.getMany(keys, kind.parse) : []);
  };
}
