/** Makes the reports of a source, for `Indicator.sources` and the source's own answer. */
import type { FactOutcome } from '../cache/fact-kind.ts';
import { hostOf } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { CoverageLimit, ServedFrom, SourceName, SourceReport, SourceStatus } from '../domain/source-report.ts';
import type { UpstreamError } from '../http-client/errors.ts';
import type { Selection } from './lookahead.ts';

/** The status of several requests to one source is the one with the lowest rank. */
const statusRank: Readonly<Record<SourceStatus, number>> = {
  MALFORMED: 0,
  UNAVAILABLE: 1,
  TIMED_OUT: 2,
  OVERLOADED: 3,
  RATE_LIMITED: 4,
  REJECTED: 5,
  DENIED: 6,
  WITHHELD: 7,
  UNCONFIGURED: 8,
  MATCHED: 9,
  NO_MATCH: 10,
  NOT_APPLICABLE: 11,
  NOT_QUERIED: 12,
};

const details: Partial<Record<SourceStatus, string>> = {
  NOT_APPLICABLE: 'The source does not know indicators of this type.',
  NOT_QUERIED: 'No selected field asked this source.',
};

/** The report of a source that has not answered. */
export function emptyReport(source: SourceName, status: SourceStatus): SourceReport {
  return {
    source,
    status,
    limits: [],
    servedFrom: null,
    staleBecause: null,
    fetchedAt: null,
    ageSeconds: null,
    detail: details[status] ?? null,
    retryAfterSeconds: null,
  };
}

/** The report of a failed source. TRUNCATED counts as MATCHED: the source did answer in part. */
export function failedReport(error: UpstreamError): SourceReport {
  const status = error.kind === 'TRUNCATED' ? 'MATCHED' : error.kind;
  return {
    ...emptyReport(error.source, status),
    detail: error.message,
    retryAfterSeconds: error.retryAfterSeconds ?? null,
  };
}

export function answeredReport<Fact>(
  source: SourceName,
  outcome: Extract<FactOutcome<Fact>, { fact: Fact }>,
  status: 'MATCHED' | 'NO_MATCH',
  limits: readonly CoverageLimit[],
  /** Monotonic. */
  now: number,
): SourceReport {
  return {
    source,
    status,
    limits,
    servedFrom: outcome.servedFrom,
    staleBecause: outcome.staleBecause,
    fetchedAt: new Date(outcome.fetchedAt).toISOString(),
    ageSeconds: Math.round(now - outcome.heardAt) / 1000,
    detail: null,
    retryAfterSeconds: null,
  };
}

/** The report shows the least fresh origin; reports without an origin do not count. */
const servedRank: Readonly<Record<ServedFrom, number>> = { STALE_CACHE: 0, CACHE: 1, LIVE: 2 };
const servedFromRank = ({ servedFrom }: SourceReport): number => (servedFrom === null ? 3 : servedRank[servedFrom]);

/** Merges the reports of several requests to one source: the worst status, all limits, the oldest answer. */
export function mergeReports(reports: readonly [SourceReport, ...SourceReport[]]): SourceReport {
  if (reports.length === 1) return reports[0];
  const worst = reports.toSorted((a, b) => statusRank[a.status] - statusRank[b.status])[0] as SourceReport;
  const served = reports.toSorted((a, b) => servedFromRank(a) - servedFromRank(b))[0] as SourceReport;
  const oldest = reports
    .filter(report => report.fetchedAt !== null)
    .sort((a, b) => ((a.fetchedAt as string) < (b.fetchedAt as string) ? -1 : 1))[0];
  const isHeard = worst.status === 'MATCHED' || worst.status === 'NO_MATCH';
  return {
    ...worst,
    limits: [...new Set(reports.flatMap(report => report.limits))],
    servedFrom: isHeard ? served.servedFrom : null,
    staleBecause: isHeard ? (reports.find(report => report.staleBecause !== null)?.staleBecause ?? null) : null,
    fetchedAt: oldest?.fetchedAt ?? null,
    ageSeconds: oldest?.ageSeconds ?? null,
    retryAfterSeconds: reports.reduce<number | null>(
      (longest, { retryAfterSeconds: wait }) => (wait === null ? longest : Math.max(longest ?? 0, wait)),
      null,
    ),
  };
}

/** For a verdict that rests on all of them: a match counts although another was not heard, and the answer is incomplete. */
export function joinReports(reports: readonly SourceReport[]): SourceReport {
  const [first, ...others] = reports as [SourceReport, ...SourceReport[]];
  const merged = mergeReports([first, ...others]);
  const [match, ...matches] = reports.filter(({ status }) => status === 'MATCHED');
  if (match === undefined || merged.status === 'MATCHED') return merged;
  const { limits, ...report } = mergeReports([match, ...matches]);
  return { ...report, limits: [...limits, 'TRUNCATED'] };
}

/** What an absence is worth: `isWitness`, the source is known to hold indicators of this type. */
export const typeLimits = (status: SourceStatus, isWitness: boolean): readonly CoverageLimit[] =>
  status === 'NO_MATCH' && !isWitness ? ['TYPE_NOT_DOCUMENTED'] : [];

/** Adds that a verdict about a URL or e-mail address rests on its host, where the source may not hold the type. */
export function withHostLimit(report: SourceReport, indicator: Indicator, selection: Selection): SourceReport {
  const restsOnHost =
    report.limits.includes('TYPE_NOT_DOCUMENTED') &&
    hostOf(indicator) !== undefined &&
    selection.some(({ name }) => name === 'verdict');
  return restsOnHost ? { ...report, limits: [...report.limits, 'HOST_ONLY'] } : report;
}
