import type { Entry } from './cache.ts';
import type { FactKind, Question } from './read-through.ts';
import type { Refusals } from './refusals.ts';

/** What a cached fact is still good for. */
export interface Freshness<Subject, Need, Fact> {
  /** It would do for this credential, if it held what is wanted. */
  isFresh(entry: Entry<Fact>, question: Question<Subject, Need>): boolean;
  answers(entry: Entry<Fact>, question: Question<Subject, Need>): boolean;
  /** Matches alone stand in for a source, inside their window, and never across a refusal of their credential. */
  mayStandIn(entry: Entry<Fact> | undefined, question: Question<Subject, Need>): entry is Entry<Fact>;
}

export function createFreshness<Subject, Need, Fact>(
  { windows: { freshMs, staleMs, negativeMs }, isAbsence, covers }: FactKind<Subject, Need, Fact>,
  refusals: Refusals,
  now: () => number,
): Freshness<Subject, Need, Fact> {
  function isFresh({ fact, fetchedAt }: Entry<Fact>, { need, partition }: Question<Subject, Need>): boolean {
    const window = isAbsence(fact, need) ? negativeMs : freshMs;
    return now() - fetchedAt < window && refusals.maySee(partition, fetchedAt);
  }
  return {
    isFresh,
    answers(entry, question) {
      const isYoung = question.maxAgeMs === undefined || now() - entry.fetchedAt < question.maxAgeMs;
      return isYoung && covers(entry.fact, question.need) && isFresh(entry, question);
    },
    mayStandIn(entry, { maxAgeMs, need, partition }): entry is Entry<Fact> {
      if (entry === undefined || maxAgeMs !== undefined) return false;
      if (!covers(entry.fact, need) || isAbsence(entry.fact, need)) return false;
      return now() - entry.fetchedAt < freshMs + staleMs && refusals.mayStandIn(partition, entry.fetchedAt);
    },
  };
}
