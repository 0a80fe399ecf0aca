import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import type { SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import type {
  ListEvidence,
  ScoreEvidence,
  SourceAnswers,
  Verdict,
  VerdictPolicy,
} from '../../src/domain/verdict/model.ts';
import { assessVerdict } from '../../src/domain/verdict/verdict.ts';
import { sources } from '../../src/sources/index.ts';

export type ArgusEvidence = ListEvidence;
export type DatadogEvidence = ScoreEvidence;

export interface StatedAnswer<Evidence> {
  readonly report: SourceReport;
  readonly evidence: Evidence | null;
}

/** What each source answers about one indicator. */
export interface StatedAnswers {
  readonly indicator: Indicator;
  readonly datadog: StatedAnswer<DatadogEvidence>;
  readonly argus: StatedAnswer<readonly ArgusEvidence[]>;
}

const { DATADOG, ARGUS } = sources;

const toSourceAnswers = ({ indicator, datadog, argus }: StatedAnswers): SourceAnswers => ({
  indicator,
  answers: [
    { source: DATADOG, kind: 'SCORE', ...datadog },
    { source: ARGUS, kind: 'LISTS', ...argus },
  ],
});

export const assess = (own: StatedAnswers, host: StatedAnswers | undefined, policy: VerdictPolicy): Verdict =>
  assessVerdict(toSourceAnswers(own), host && toSourceAnswers(host), policy);

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

export function datadogAnswer(
  evidence: Partial<DatadogEvidence>,
  more?: Partial<SourceReport>,
): StatedAnswer<DatadogEvidence> {
  const lists = { maliciousSources: [], suspiciousSources: [], benignSources: [] };
  return {
    report: report('DATADOG', 'MATCHED', more),
    evidence: { score: null, triageState: null, logMatches: null, ...lists, ...evidence },
  };
}

export function argusAnswer(
  evidence: readonly Partial<ArgusEvidence>[],
  more?: Partial<SourceReport>,
): StatedAnswer<readonly ArgusEvidence[]> {
  const records = evidence.map(record => ({ list: 'List', confidence: null, state: 'ACTIVE' as const, ...record }));
  return { report: report('ARGUS', 'MATCHED', more), evidence: records };
}

export function emptyAnswer(
  source: SourceName,
  status: SourceStatus,
  more?: Partial<SourceReport>,
): StatedAnswer<never> {
  return { report: report(source, status, more), evidence: null };
}

export const noMatches = { datadog: emptyAnswer('DATADOG', 'NO_MATCH'), argus: emptyAnswer('ARGUS', 'NO_MATCH') };

export function answersAbout(value: string, answers: Partial<StatedAnswers> = {}): StatedAnswers {
  const { indicator } = parseIndicator(value);
  if (!indicator) throw new Error(value);
  return { indicator, ...noMatches, ...answers };
}
