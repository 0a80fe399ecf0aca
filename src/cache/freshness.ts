import type { Entry } from './cache.ts';
import type { Refusals } from './denied-credentials.ts';
import type { FactKind, Outcome, Question } from './read-through.ts';

/** What a cached fact is still good for. */
export interface Freshness<Subject, Need, Fact> {
  /** It would do for this credential, if it held what is wanted. */
  isFresh(entry: Entry<Fact>, question: Question<Subject, Need>): boolean;
  answers(entry: Entry<Fact>, question: Question<Subject, Need>): boolean;
  /** Matches alone stand in for a source, inside their window, and never across a refusal of their credential. */
  mayStandIn(entry: Entry<Fact> | undefined, question: Question<Subject, Need>): entry is Entry<Fact>;
  /** For how long an outcome holds from now on; 0 or less: not at all. */
  remainingMs(outcome: Outcome<Fact>, question: Question<Subject, Need>): number;
}

export function createFreshness<Subject, Need, Fact>(
  { windows: { freshMs, staleMs, negativeMs }, isAbsence, covers, isComplete }: FactKind<Subject, Need, Fact>,
  refusals: Refusals,
  now: () => number,
): Freshness<Subject, Need, Fact> {
  const windowOf = (fact: Fact): number => (isAbsence(fact) ? negativeMs : freshMs);

  function isFresh({ fact, fetchedAt }: Entry<Fact>, { partition }: Question<Subject, Need>): boolean {
    return now() - fetchedAt < windowOf(fact) && refusals.maySee(partition, fetchedAt);
  }
  return {
    isFresh,
    answers(entry, question) {
      const isYoung = question.maxAgeMs === undefined || now() - entry.fetchedAt < question.maxAgeMs;
      return isYoung && covers(entry.fact, question.need) && isFresh(entry, question);
    },
    mayStandIn(entry, { maxAgeMs, need, partition }): entry is Entry<Fact> {
      if (entry === undefined || maxAgeMs !== undefined) return false;
      if (!covers(entry.fact, need) || isAbsence(entry.fact)) return false;
      return now() - entry.fetchedAt < freshMs + staleMs && refusals.mayStandIn(partition, entry.fetchedAt);
    },
    remainingMs(outcome, { maxAgeMs = Number.POSITIVE_INFINITY }) {
      if (outcome.error !== undefined || outcome.servedFrom === 'STALE_CACHE' || !isComplete(outcome.fact)) return 0;
      return Math.min(windowOf(outcome.fact), maxAgeMs) - (now() - outcome.fetchedAt);
    },
  };
}
