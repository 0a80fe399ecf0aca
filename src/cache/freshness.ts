import type { DeniedCredentials } from './denied-credentials.ts';
import type { Entry } from './entry.ts';
import type { FactKind, FactOutcome, FactRequest } from './fact-kind.ts';

export type Freshness<Subject, Need, Fact> = ReturnType<typeof createFreshness<Subject, Need, Fact>>;

/** What a cached fact may still be used for. */
export function createFreshness<Subject, Need, Fact>(
  { windows: { freshMs, staleMs, negativeMs }, isAbsence, covers, isComplete }: FactKind<Subject, Need, Fact>,
  denied: DeniedCredentials,
  now: () => number,
) {
  const windowOf = (fact: Fact): number => (isAbsence(fact) ? negativeMs : freshMs);

  /** Inside its window and allowed for this credential, whatever parts of it are needed. */
  function isFresh({ fact, fetchedAt }: Entry<Fact>, { partition }: FactRequest<Subject, Need>): boolean {
    return now() - fetchedAt < windowOf(fact) && denied.mayServeFresh(partition, fetchedAt);
  }
  return {
    isFresh,
    /** Fresh, recent enough for the request, and containing all that it needs. */
    satisfies(entry: Entry<Fact>, request: FactRequest<Subject, Need>): boolean {
      const isRecent = request.maxAgeMs === undefined || now() - entry.fetchedAt < request.maxAgeMs;
      return isRecent && covers(entry.fact, request.need) && isFresh(entry, request);
    },
    /** Only matches, only inside their stale window, and only if fetched after their credential was last denied. */
    mayServeStale(
      entry: Entry<Fact> | undefined,
      { maxAgeMs, need, partition }: FactRequest<Subject, Need>,
    ): entry is Entry<Fact> {
      if (entry === undefined || maxAgeMs !== undefined) return false;
      if (!covers(entry.fact, need) || isAbsence(entry.fact)) return false;
      return now() - entry.fetchedAt < freshMs + staleMs && denied.mayServeStale(partition, entry.fetchedAt);
    },
    /** How long an outcome may be reused from now on, in milliseconds; 0 or less means not at all. */
    remainingMs(
      outcome: FactOutcome<Fact>,
      { maxAgeMs = Number.POSITIVE_INFINITY }: FactRequest<Subject, Need>,
    ): number {
      if (outcome.error !== undefined || outcome.servedFrom === 'STALE_CACHE' || !isComplete(outcome.fact)) return 0;
      return Math.min(windowOf(outcome.fact), maxAgeMs) - (now() - outcome.fetchedAt);
    },
  };
}
