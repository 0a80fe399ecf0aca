/** Rows of the list, as the schema has them and as partial facts of their indicators. Pure. */
import { hash } from 'node:crypto';
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import { mapReport, type ThreatFact, type ThreatReport } from '../mapping.ts';
import type { IndicatorAnswer } from '../wire.ts';

/** The schema's `ThreatIndicator`. */
export interface ThreatRow
  extends Omit<ThreatReport, 'id' | 'indicator' | 'hosts' | 'users' | 'criticalAssets' | 'signalSeverity'> {
  readonly __typename: 'ThreatIndicator';
  readonly id: string;
  readonly value: string | null;
  readonly indicator: Indicator | null;
}

export interface MappedRow {
  readonly row: ThreatRow;
  /** Equal for rows about the same value. */
  readonly identity: string;
  /** What it says of `row.indicator`; undefined: the row is about another spelling, or could not be read whole. */
  readonly fact: ThreatFact | undefined;
}

/** `ocsf`: the matcher that was asked. */
export function mapRow(answer: IndicatorAnswer, ocsf: boolean | undefined): MappedRow {
  const report = mapReport(answer);
  const content = hash('sha256', JSON.stringify([report, ocsf ?? null]), 'base64url').slice(0, 27);
  const { indicator: value } = report;
  const indicator = value === null ? null : (indicatorIn(value, report.indicatorType) ?? null);
  return {
    row: {
      ...report,
      ...{ __typename: 'ThreatIndicator', id: rowId(value ?? `#${content}`, ocsf), value, indicator },
    },
    identity: value ?? report.datadogId ?? content,
    fact:
      // Of another spelling a lookup might say something else.
      indicator !== null && value === indicator.value && !answer.isIncomplete
        ? { threat: { ...report, id: `ThreatReport:${content}` }, history: null, isRow: true }
        : undefined,
  };
}

/** What Datadog answers about one indicator says what its row would. */
export function rowOf(value: string, report: ThreatReport, ocsf: boolean | undefined): ThreatRow {
  const { id: _, indicator: named, ...others } = report;
  const indicator = indicatorIn(value, report.indicatorType) ?? null;
  return { ...others, __typename: 'ThreatIndicator', id: rowId(value, ocsf), value: named ?? value, indicator };
}

/** A user agent may look like something else. */
function indicatorIn(value: string, indicatorType: string | null): Indicator | undefined {
  const isUserAgent = indicatorType?.toLowerCase().replaceAll(/[^a-z]/g, '') === 'useragent';
  return parseIndicator(value, isUserAgent ? 'OTHER' : undefined).indicator;
}

/** Whether a whole report says what a row does. */
export const includesRow = ({ threat, isRow, covering }: ThreatFact, row: ThreatFact): boolean =>
  isRow !== true && covering === undefined && threat !== null && row.threat !== null && isSame(threat, row.threat);

const isSame = (report: ThreatReport, row: ThreatReport): boolean => inRowsText(report) === inRowsText(row);

const inRowsText = (report: ThreatReport): string =>
  JSON.stringify([
    ...[report.score, report.maliciousSources, report.suspiciousSources, report.benignSources, report.categories],
    ...[report.tags, report.scoringFactors, report.firstSeen, report.lastSeen, report.logMatches, report.signalMatches],
    ...[report.signalTier, report.triageState, report.triagedAt, report.triagedBy],
  ]);

const rowId = (value: string, ocsf: boolean | undefined): string =>
  Buffer.from(`ThreatIndicator:${ocsf ?? 'any'}:${value}`).toString('base64url');

/** What a global id was made of; undefined: it is none of a row. */
export function rowIdContent(id: string): { readonly value: string; readonly ocsf: boolean | undefined } | undefined {
  const text = Buffer.from(id, 'base64url').toString();
  const [, matcher, value] = /^ThreatIndicator:(any|true|false):(.+)$/s.exec(text) ?? [];
  if (value === undefined) return undefined;
  const ocsf = matcher === 'any' ? undefined : matcher === 'true';
  return rowId(value, ocsf) === id ? { value, ocsf } : undefined;
}

/** What to ask about a row; undefined: nothing that can be asked. */
export function subjectOf(value: string): Indicator | undefined {
  const { indicator } = parseIndicator(value);
  return indicator ?? parseIndicator(value, 'OTHER').indicator;
}
