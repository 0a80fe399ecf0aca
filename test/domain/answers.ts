import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import type { SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import type {
  CoveringEvidence,
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
  readonly covering?: readonly CoveringEvidence[] | null;
  /** Argus has said that it holds this type. */
  readonly isListedType?: boolean;
}

const { DATADOG, ARGUS } = sources;

const toSourceAnswers = ({ indicator, datadog, argus, covering = [], isListedType }: StatedAnswers): SourceAnswers => ({
  indicator,
  answers: [
    { source: DATADOG, kind: 'SCORE', isWitness: DATADOG.witnesses[indicator.type] === 'YES', ...datadog },
    {
      source: ARGUS,
      kind: 'LISTS',
      isWitness: ARGUS.witnesses[indicator.type] === 'YES' || isListedType === true,
      covering,
      ...argus,
    },
  ],
});

export const assess = (own: StatedAnswers, host: StatedAnswers | undefined, policy: VerdictPolicy): Verdict =>
  withTexts(assessVerdict(toSourceAnswers(own), host && toSourceAnswers(host), policy));

/** Its id and its sentence are made when they are read. */
function withTexts({ level, reasons, missing, conflicting, policyVersion, id, summary }: Verdict): Verdict {
  return { level, reasons, missing, conflicting, policyVersion, id, summary };
}

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
  const lists = { maliciousSources: [], suspiciousSources: [], benignSources: [], categories: [] };
  return {
    report: report('DATADOG', 'MATCHED', more),
    evidence: { score: null, triageState: null, logMatches: null, signalSeverity: [], ...lists, ...evidence },
  };
}

export function argusAnswer(
  evidence: readonly Partial<ArgusEvidence>[],
  more?: Partial<SourceReport>,
): StatedAnswer<readonly ArgusEvidence[]> {
  return { report: report('ARGUS', 'MATCHED', more), evidence: evidence.map(recordOf) };
}

const recordOf = (record: Partial<ArgusEvidence>): ArgusEvidence => ({
  list: 'List',
  shortName: (record.list ?? 'List').toLowerCase().replaceAll(' ', '-'),
  confidence: null,
  state: 'ACTIVE',
  lastSeen: null,
  ...record,
});

export const covering = (value: string, record: Partial<ArgusEvidence> = {}): CoveringEvidence => ({
  ...recordOf(record),
  value,
});

export function emptyAnswer(
  source: SourceName,
  status: SourceStatus,
  more?: Partial<SourceReport>,
): StatedAnswer<never> {
  return { report: report(source, status, more), evidence: null };
}

export const noMatches = { datadog: emptyAnswer('DATADOG', 'NO_MATCH'), argus: emptyAnswer('ARGUS', 'NO_MATCH') };

export function answersAbout(
  value: string,
  answers: Partial<StatedAnswers> = {},
  type?: Indicator['type'],
): StatedAnswers {
  const { indicator } = parseIndicator(value, type);
  if (!indicator) throw new Error(value);
  return { indicator, ...noMatches, ...answers };
}
