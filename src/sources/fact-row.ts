/** One fact of an operation: what was asked of it, and what came. */
import type { FactOutcome, FactRequest, ServedFact } from '../cache/fact-kind.ts';
import type { UpstreamError } from '../http-client/errors.ts';

export interface FactRow<Subject, Need, Fact> {
  readonly requests: FactRequest<Subject, Need, Fact>[];
  /** What the outcome was asked for. */
  need: Need | undefined;
  outcome: FactOutcome<Fact> | undefined;
  /** What was heard before a call for more failed. */
  before: FactOutcome<Fact> | undefined;
  served: ServedFact;
  /** It was learnt from a call for something else, and may be less than is needed. */
  isLearnt: boolean;
  /** A bug of ours, to be thrown where the fact is read. */
  bug: unknown;
}

/** What no source has said, and holds as long as `isCurrent` says so. */
export const servedWhile = (isCurrent: () => boolean): ServedFact => ({
  key: undefined,
  heardAt: Number.POSITIVE_INFINITY,
  freshUntil: Number.POSITIVE_INFINITY,
  isCurrent,
  count() {},
});

/** Only what came from memory, fresh, may be used again. */
export const notReusable = servedWhile(() => false);

export const createRow = <Subject, Need, Fact>(): FactRow<Subject, Need, Fact> => ({
  requests: [],
  need: undefined,
  outcome: undefined,
  before: undefined,
  served: notReusable,
  isLearnt: false,
  bug: undefined,
});

/** The stale fact, with the reason why it could not be fetched again. */
export function withReason<Fact>(
  stale: FactOutcome<Fact> | undefined,
  error: UpstreamError | undefined,
): FactOutcome<Fact> | undefined {
  if (stale === undefined || stale.error !== undefined) return stale;
  return { ...stale, staleBecause: error === undefined || error.kind === 'TRUNCATED' ? 'UNAVAILABLE' : error.kind };
}

/** One request for all that is needed of a fact; what is an absence to one of them is fetched again when an absence is due. */
export function joinRequests<Subject, Need, Fact>(
  requests: readonly FactRequest<Subject, Need, Fact>[],
  joinNeeds: (a: Need, b: Need) => Need,
): FactRequest<Subject, Need, Fact> {
  const [first, ...others] = requests as [FactRequest<Subject, Need, Fact>, ...FactRequest<Subject, Need, Fact>[]];
  if (others.length === 0) return first;
  const absences = requests.flatMap(({ isAbsence }) => isAbsence ?? []);
  return {
    ...first,
    need: requests.map(({ need }) => need).reduce(joinNeeds),
    isAbsence: absences.length === 0 ? undefined : fact => absences.some(isAbsence => isAbsence(fact)),
  };
}
