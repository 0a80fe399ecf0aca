import { type SourceName, type SourceReport, type SourceStatus, sourceNames } from './report.ts';
import type { Heard, Testimony } from './verdict.ts';

/** A source that was not, not freshly or not completely heard, about the indicator or about its host. */
export interface Gap {
  readonly source: SourceName;
  readonly cause: string;
  readonly aboutHost: boolean;
}

/** What keeps an answer from being one, in words that follow the source's name; null: it answered, or has nothing to say. */
const causes: Readonly<Record<SourceStatus, string | null>> = {
  MATCHED: null,
  NO_MATCH: null,
  NOT_APPLICABLE: null,
  NOT_QUERIED: 'was not asked',
  UNCONFIGURED: 'is not configured',
  DENIED: 'refused access',
  REJECTED: 'refused the question',
  RATE_LIMITED: 'is over its rate limit',
  TIMED_OUT: 'did not answer in time',
  UNAVAILABLE: 'is unavailable',
  MALFORMED: 'gave an unusable answer',
};

export function gapsIn(testimony: Testimony): readonly Gap[] {
  return sourceNames.flatMap(source => gapOf(source, heardFrom(source, testimony), false) ?? []);
}

export function gapsAboutHost(host: Testimony | undefined): readonly Gap[] {
  if (host === undefined) return sourceNames.map(source => ({ source, cause: 'was not asked', aboutHost: true }));
  return sourceNames.flatMap(source => gapOf(source, heardFrom(source, host), true) ?? []);
}

/** The sources that know this kind of indicator at all. */
export function applicableTo(testimony: Testimony): readonly SourceName[] {
  return sourceNames.filter(source => heardFrom(source, testimony).report.status !== 'NOT_APPLICABLE');
}

function heardFrom(source: SourceName, { datadog, argus }: Testimony): Heard<unknown> {
  return source === 'DATADOG' ? datadog : argus;
}

function gapOf(source: SourceName, heard: Heard<unknown>, aboutHost: boolean): Gap | undefined {
  const cause = causes[heard.report.status] ?? shortcomingOf(heard);
  return cause === undefined ? undefined : { source, cause, aboutHost };
}

function shortcomingOf({ report, evidence }: Heard<unknown>): string | undefined {
  if (report.status === 'NOT_APPLICABLE') return undefined;
  if (report.servedFrom === 'STALE_CACHE') return staleness(report);
  if (report.limits.includes('TRUNCATED')) return 'has more records than it lets anybody read';
  return report.status === 'MATCHED' && isEmpty(evidence) ? 'matched without saying what' : undefined;
}

/** A match that brings nothing cannot be judged, so it must not pass for harmless. */
const isEmpty = (evidence: unknown): boolean => evidence === null || (Array.isArray(evidence) && evidence.length === 0);

function staleness({ staleBecause }: SourceReport): string {
  const because = staleBecause && causes[staleBecause];
  return because ? `was heard only from an old copy because it ${because}` : 'was heard only from an old copy';
}
