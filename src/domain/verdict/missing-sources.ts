import type { SourceLabel, SourceReport, SourceStatus } from '../source-report.ts';
import type { SourceAnswer, SourceAnswers } from './model.ts';

/** A source without a fresh and complete answer about the indicator or about its host. */
export interface MissingSource {
  readonly source: SourceLabel;
  readonly cause: string;
  readonly aboutHost: boolean;
}

/**
 * Why there is no answer, as text that follows the source's name; null: the source answered, or cannot know the type.
 */
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

export const missingSourcesIn = ({ answers }: SourceAnswers): readonly MissingSource[] =>
  answers.flatMap(answer => missingSourceOf(answer, false));

/** Without answers about the host (`host` undefined), every source of `own` is missing there. */
export function missingAboutHost(host: SourceAnswers | undefined, own: SourceAnswers): readonly MissingSource[] {
  if (host !== undefined) return host.answers.flatMap(answer => missingSourceOf(answer, true));
  return own.answers.map(({ source }) => ({ source, cause: 'was not asked', aboutHost: true }));
}

/** The answers of the sources that know this type of indicator. */
export const applicableAnswers = ({ answers }: SourceAnswers): readonly SourceAnswer[] =>
  answers.filter(({ report }) => report.status !== 'NOT_APPLICABLE');

function missingSourceOf(answer: SourceAnswer, aboutHost: boolean): readonly MissingSource[] {
  const cause = causes[answer.report.status] ?? limitationOf(answer);
  return cause === undefined ? [] : [{ source: answer.source, cause, aboutHost }];
}

function limitationOf({ report, evidence }: SourceAnswer): string | undefined {
  if (report.status === 'NOT_APPLICABLE') return undefined;
  if (report.servedFrom === 'STALE_CACHE') return staleCause(report);
  if (report.limits.includes('TRUNCATED')) return 'has more records than it lets anybody read';
  return report.status === 'MATCHED' && isEmpty(evidence) ? 'matched without saying what' : undefined;
}

/** A match without evidence cannot be assessed, so it must not count as harmless. */
const isEmpty = (evidence: SourceAnswer['evidence']): boolean =>
  evidence === null || (Array.isArray(evidence) && evidence.length === 0);

function staleCause({ staleBecause }: SourceReport): string {
  const because = staleBecause && causes[staleBecause];
  return because ? `was heard only from an old copy because it ${because}` : 'was heard only from an old copy';
}
