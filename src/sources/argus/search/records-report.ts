/** The outcome of a search as a source report, and as evidence for a verdict. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { CoverageLimit, SourceReport } from '../../../domain/source-report.ts';
import type { SourceAnswer } from '../../../domain/verdict/model.ts';
import { answeredReport, emptyReport, failedReport, mergeReports } from '../../report.ts';
import type { RecordsFact, RecordsOutcome } from '../facts.ts';
import { evidenceOf, pickRecords, recordStates } from '../mapping.ts';
import { coveringCriterionOf } from './enclosing.ts';
import { plainRequest, type RecordsRequest } from './selection-needs.ts';

/** The name, and the description of coverage that a verdict shows. */
export const verdictSource = {
  name: 'ARGUS',
  title: 'Argus',
  coverage: 'active and latest records on the lists this key can read',
} as const;

/** What of a request decides its report: which of the fetched records count. */
export type RecordsSelection = Pick<RecordsRequest, 'states' | 'lists'>;

/** Of the very value: where enclosing networks or parent domains exist, the report says that they were not searched. */
export function exactReport(
  indicator: Indicator,
  outcome: RecordsOutcome | undefined,
  selected: RecordsSelection,
  now: number,
): SourceReport {
  const report = outcomeReport(outcome, selected, now);
  if (report.fetchedAt === null || coveringCriterionOf(indicator) === undefined) return report;
  return { ...report, limits: [...report.limits, 'EXACT_VALUE_ONLY'] };
}

export const coveringReport = (outcome: RecordsOutcome | undefined, now: number): SourceReport =>
  outcomeReport(outcome, plainRequest, now);

function outcomeReport(
  outcome: RecordsOutcome | undefined,
  { states, lists }: RecordsSelection,
  now: number,
): SourceReport {
  if (outcome === undefined) return emptyReport('ARGUS', 'NOT_APPLICABLE');
  if (outcome.error !== undefined) return failedReport(outcome.error);
  const isMatch = pickRecords(outcome.fact.records, states, lists).length > 0;
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
  exact: readonly SourceReport[],
  covering: readonly SourceReport[],
): SourceReport | undefined {
  const [first, ...rest] = [...exact, ...covering];
  if (first === undefined) return undefined;
  const merged = mergeReports([first, ...rest]);
  if (covering.every(({ fetchedAt }) => fetchedAt === null)) return merged;
  return { ...merged, limits: merged.limits.filter(limit => limit !== 'EXACT_VALUE_ONLY') };
}

/** Records are evidence only where they are a match. */
export function assessment(indicator: Indicator, outcome: RecordsOutcome | undefined, now: number): SourceAnswer {
  const report = exactReport(indicator, outcome, plainRequest, now);
  const records = pickRecords(outcome?.fact?.records ?? [], plainRequest.states, undefined);
  const evidence = report.status === 'MATCHED' ? records.map(evidenceOf) : null;
  return { source: verdictSource, kind: 'LISTS', report, evidence };
}
