import type { SourceLabel, SourceReport, SourceStatus } from '../source-report.ts';
import type { SourceAnswer, SourceAnswers } from './verdict.ts';

/** A source that was not, not freshly or not completely heard, about the indicator or about its host. */
export interface Gap {
  readonly source: SourceLabel;
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

export const gapsIn = ({ answers }: SourceAnswers): readonly Gap[] => answers.flatMap(answer => gapOf(answer, false));

/** `host` undefined: nobody was asked about it, so every source of `own` is missing there. */
export function gapsAboutHost(host: SourceAnswers | undefined, own: SourceAnswers): readonly Gap[] {
  if (host !== undefined) return host.answers.flatMap(answer => gapOf(answer, true));
  return own.answers.map(({ source }) => ({ source, cause: 'was not asked', aboutHost: true }));
}

/** The answers of those sources that know this type of indicator at all. */
export const applicableIn = ({ answers }: SourceAnswers): readonly SourceAnswer[] =>
  answers.filter(({ report }) => report.status !== 'NOT_APPLICABLE');

function gapOf(answer: SourceAnswer, aboutHost: boolean): readonly Gap[] {
  const cause = causes[answer.report.status] ?? shortcomingOf(answer);
  return cause === undefined ? [] : [{ source: answer.source, cause, aboutHost }];
}

function shortcomingOf({ report, evidence }: SourceAnswer): string | undefined {
  if (report.status === 'NOT_APPLICABLE') return undefined;
  if (report.servedFrom === 'STALE_CACHE') return staleness(report);
  if (report.limits.includes('TRUNCATED')) return 'has more records than it lets anybody read';
  return report.status === 'MATCHED' && isEmpty(evidence) ? 'matched without saying what' : undefined;
}

/** A match that brings nothing cannot be judged, so it must not pass for harmless. */
const isEmpty = (evidence: SourceAnswer['evidence']): boolean =>
  evidence === null || (Array.isArray(evidence) && evidence.length === 0);

function staleness({ staleBecause }: SourceReport): string {
  const because = staleBecause && causes[staleBecause];
  return because ? `was heard only from an old copy because it ${because}` : 'was heard only from an old copy';
}
