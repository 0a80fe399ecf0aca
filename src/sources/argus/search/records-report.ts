/** The outcome of a search as a source report, and as evidence for a verdict. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { CoverageLimit, SourceReport } from '../../../domain/source-report.ts';
import type { SourceAnswer } from '../../../domain/verdict/model.ts';
import { answeredReport, emptyReport, failedReport, mergeReports, typeLimits } from '../../report.ts';
import { coveringRefused, doubtful } from '../errors.ts';
import type { RecordsFact, RecordsOutcome } from '../facts.ts';
import { evidenceOf, type MappedRecord, pickRecords, recordStates } from '../mapping.ts';
import { coveringCriterionOf } from './enclosing.ts';
import { plainRequest, type RecordsRequest, verdictRequest } from './selection-needs.ts';
import { witnesses } from './witness.ts';

/** What a verdict needs to know about Argus. */
export const verdictSource = {
  name: 'ARGUS',
  title: 'Argus',
  coverage: 'active and latest records on the lists this key can read',
  witnesses,
} as const;

/** What of a request decides its report: which of the fetched records count. */
export type RecordsSelection = Pick<RecordsRequest, 'states' | 'lists'>;

/** What is known beside the records about an indicator. */
export interface ReportFacts {
  /** Monotonic. */
  readonly now: number;
  /** Argus is known to hold the indicator's type. */
  readonly isWitness: boolean;
  /** What encloses an address has been found before: the search for addresses looks outward. */
  readonly looksOutward: boolean;
}

/** Of the very value: where something can cover it, the report says so unless that was looked for too. */
export function exactReport(
  indicator: Indicator,
  outcome: RecordsOutcome | undefined,
  selected: RecordsSelection,
  facts: ReportFacts,
): SourceReport {
  const report = outcomeReport(outcome, selected, facts.now);
  if (report.fetchedAt === null) return report;
  const { withCovering = false, isCoveringRefused = false } = outcome?.fact ?? {};
  const isAround = withCovering && !isCoveringRefused && isProven(indicator, facts.looksOutward);
  const exactOnly: readonly CoverageLimit[] =
    coveringCriterionOf(indicator) !== undefined && !isAround ? ['EXACT_VALUE_ONLY'] : [];
  return { ...report, limits: [...report.limits, ...exactOnly, ...typeLimits(report.status, facts.isWitness)] };
}

export function coveringReport(outcome: RecordsOutcome | undefined, now: number): SourceReport {
  if (outcome?.fact === undefined) return outcomeReport(outcome, plainRequest, now);
  if (outcome.fact.isCoveringRefused === true) return failedReport(coveringRefused());
  const { covering, isCoveringPartial } = outcome.fact;
  const fact = { ...outcome.fact, records: covering, isPartial: isCoveringPartial };
  return outcomeReport({ ...outcome, fact }, plainRequest, now);
}

function outcomeReport(
  outcome: RecordsOutcome | undefined,
  { states, lists }: RecordsSelection,
  now: number,
): SourceReport {
  if (outcome === undefined) return emptyReport('ARGUS', 'NOT_APPLICABLE');
  if (outcome.error !== undefined) return failedReport(outcome.error);
  const isMatch = pickRecords(outcome.fact.records, states, lists).length > 0;
  if (!isMatch && outcome.fact.isPartial === true) return failedReport(doubtful('partial'));
  const limits = limitsOf(outcome.fact, { states, lists });
  const report = answeredReport('ARGUS', outcome, isMatch ? 'MATCHED' : 'NO_MATCH', limits, now);
  return lists === undefined ? report : { ...report, detail: 'Only the lists that were named were looked at.' };
}

function limitsOf(fact: RecordsFact, { states, lists }: RecordsSelection): CoverageLimit[] {
  const limits: CoverageLimit[] = ['READABLE_LISTS_ONLY'];
  const isEverything = lists === undefined && recordStates.every(state => states.includes(state));
  if (!isEverything) limits.push('STATES_FILTERED');
  if (fact.isTruncated) limits.push('TRUNCATED');
  return limits;
}

/** One report for all; undefined: there is none. An answer of `covering` lifts the limit EXACT_VALUE_ONLY. */
export function joinReports(
  indicator: Indicator,
  exact: readonly SourceReport[],
  covering: readonly SourceReport[],
  { looksOutward }: Pick<ReportFacts, 'looksOutward'>,
): SourceReport | undefined {
  const [first, ...rest] = [...exact, ...covering];
  if (first === undefined) return undefined;
  const merged = mergeReports([first, ...rest]);
  const isAround = covering.some(({ fetchedAt }) => fetchedAt !== null) && isProven(indicator, looksOutward);
  return isAround ? { ...merged, limits: merged.limits.filter(limit => limit !== 'EXACT_VALUE_ONLY') } : merged;
}

/** That parents are found is documented; that the blocks around an address are must be seen first. */
const isProven = ({ type }: Indicator, looksOutward: boolean): boolean => type === 'DOMAIN' || looksOutward;

/** Records are evidence only where they are a match; those of what covers the indicator always are. */
export function assessment(
  indicator: Indicator,
  outcome: RecordsOutcome | undefined,
  facts: ReportFacts,
): SourceAnswer {
  const report = exactReport(indicator, outcome, verdictRequest, facts);
  const current = (records: readonly MappedRecord[] | undefined) =>
    pickRecords(records ?? [], verdictRequest.states, undefined);
  const evidence = report.status === 'MATCHED' ? current(outcome?.fact?.records).map(evidenceOf) : null;
  const covering =
    outcome?.fact?.isCoveringRefused === true
      ? null
      : current(outcome?.fact?.covering).map(record => ({ ...evidenceOf(record), value: record.value }));
  return { source: verdictSource, kind: 'LISTS', report, isWitness: facts.isWitness, evidence, covering };
}
