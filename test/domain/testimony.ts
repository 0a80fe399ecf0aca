import { type Indicator, parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import {
  judge as judgeAnswers,
  type ListEvidence,
  type ScoreEvidence,
  type SourceAnswers,
  type Verdict,
  type VerdictPolicy,
} from '../../src/domain/verdict/verdict.ts';
import { sources } from '../../src/sources/index.ts';

export type ArgusEvidence = ListEvidence;
export type DatadogEvidence = ScoreEvidence;

export interface Heard<Evidence> {
  readonly report: SourceReport;
  readonly evidence: Evidence | null;
}

/** What both sources said about one indicator. */
export interface Testimony {
  readonly indicator: Indicator;
  readonly datadog: Heard<DatadogEvidence>;
  readonly argus: Heard<readonly ArgusEvidence[]>;
}

const { DATADOG, ARGUS } = sources;

const answersOf = ({ indicator, datadog, argus }: Testimony): SourceAnswers => ({
  indicator,
  answers: [
    { source: DATADOG, kind: 'SCORE', ...datadog },
    { source: ARGUS, kind: 'LISTS', ...argus },
  ],
});

export const judge = (own: Testimony, host: Testimony | undefined, policy: VerdictPolicy): Verdict =>
  judgeAnswers(answersOf(own), host && answersOf(host), policy);

export function report(source: SourceName, status: SourceStatus, more: Partial<SourceReport> = {}): SourceReport {
  const empty = {
    limits: [],
    staleBecause: null,
    fetchedAt: null,
    ageSeconds: null,
    detail: null,
    retryAfterSeconds: null,
  };
  return { source, status, servedFrom: 'LIVE', ...empty, ...more };
}

export function datadogSays(evidence: Partial<DatadogEvidence>, more?: Partial<SourceReport>): Heard<DatadogEvidence> {
  const lists = { maliciousSources: [], suspiciousSources: [], benignSources: [] };
  return {
    report: report('DATADOG', 'MATCHED', more),
    evidence: { score: null, triageState: null, logMatches: null, ...lists, ...evidence },
  };
}

export function argusSays(
  evidence: readonly Partial<ArgusEvidence>[],
  more?: Partial<SourceReport>,
): Heard<readonly ArgusEvidence[]> {
  const records = evidence.map(record => ({ list: 'List', confidence: null, state: 'ACTIVE' as const, ...record }));
  return { report: report('ARGUS', 'MATCHED', more), evidence: records };
}

export function silent(source: SourceName, status: SourceStatus, more?: Partial<SourceReport>): Heard<never> {
  return { report: report(source, status, more), evidence: null };
}

export const nothingKnown = { datadog: silent('DATADOG', 'NO_MATCH'), argus: silent('ARGUS', 'NO_MATCH') };

export function testimony(value: string, said: Partial<Testimony> = {}): Testimony {
  const { indicator } = parseIndicator(value);
  if (!indicator) throw new Error(value);
  return { indicator, ...nothingKnown, ...said };
}
