import type { SourceLabel, SourceReport, SourceStatus } from '../source-report.ts';
import type { SourceAnswer, SourceAnswers } from './model.ts';
import { type Detail, joined } from './wording.ts';

/** A source without a fresh and complete answer about the indicator or about its host. */
export interface MissingSource {
  readonly source: SourceLabel;
  readonly cause: string;
  readonly aboutHost: boolean;
}

/**
 * Why there is no answer, as text that follows the source's name; null: the source answered, or was not to be asked. A
 * source that is not configured is not missing: the summary names it.
 */
const causes: Readonly<Record<SourceStatus, string | null>> = {
  MATCHED: null,
  NO_MATCH: null,
  NOT_APPLICABLE: null,
  UNCONFIGURED: null,
  NOT_QUERIED: 'was not asked',
  DENIED: 'refused access',
  REJECTED: 'refused the question',
  RATE_LIMITED: 'is over its rate limit',
  TIMED_OUT: 'did not answer in time',
  UNAVAILABLE: 'is unavailable',
  OVERLOADED: 'was not asked, because the gateway is overloaded',
  WITHHELD: 'was not asked, because the egress policy withholds it',
  MALFORMED: 'gave an unusable answer',
};

export const missingSourcesIn = ({ answers }: SourceAnswers): readonly MissingSource[] =>
  answers.flatMap(answer => missingSourceOf(answer, false));

/** Without answers about the host (`host` undefined), every source of `own` is missing there. */
export function missingAboutHost(host: SourceAnswers | undefined, own: SourceAnswers): readonly MissingSource[] {
  if (host !== undefined) return host.answers.flatMap(answer => missingSourceOf(answer, true));
  return own.answers.map(({ source }) => ({ source, cause: 'was not asked', aboutHost: true }));
}

/** The source answered: freshly and completely, if it is not missing too. */
export const isHeard = ({ report: { status } }: SourceAnswer): boolean => status === 'MATCHED' || status === 'NO_MATCH';

function missingSourceOf(answer: SourceAnswer, aboutHost: boolean): readonly MissingSource[] {
  const cause = causes[answer.report.status] ?? limitationOf(answer);
  return cause === undefined ? [] : [{ source: answer.source, cause, aboutHost }];
}

function limitationOf(answer: SourceAnswer): string | undefined {
  const { report } = answer;
  if (!isHeard(answer)) return undefined;
  if (report.servedFrom === 'STALE_CACHE') return staleCause(report);
  if (report.limits.includes('TRUNCATED')) return incomplete[answer.kind];
  if (report.limits.includes('COVERING_ONLY')) return 'answered only about what is around it';
  if (answer.kind === 'LISTS' && answer.covering === null) return 'refused to look for what is around it';
  return report.status === 'MATCHED' && isEmpty(answer.evidence) ? 'matched without saying what' : undefined;
}

const incomplete: Readonly<Record<SourceAnswer['kind'], string>> = {
  LISTS: 'has more records than it lets anybody read',
  SCORE: 'gave an answer that could be read only in part',
};

/** A match without evidence cannot be assessed, so it must not count as harmless. */
const isEmpty = (evidence: SourceAnswer['evidence']): boolean =>
  evidence === null || (Array.isArray(evidence) && evidence.length === 0);

function staleCause({ staleBecause }: SourceReport): string {
  const because = staleBecause && causes[staleBecause];
  return because ? `answered only with an old copy because it ${because}` : 'answered only with an old copy';
}

/** "Datadog is unavailable; Argus did not answer in time about its host": each source and cause once, host or not. */
export function missingText(missingSources: readonly MissingSource[], { hasCauses }: Detail): string {
  if (!hasCauses) return `${joined([...new Set(missingSources.map(({ source }) => source.title))])} incomplete`;
  const own = missingSources.filter(({ aboutHost }) => !aboutHost);
  const isSaid = (one: MissingSource) =>
    own.some(({ source, cause }) => source.name === one.source.name && cause === one.cause);
  const ofHost = missingSources.filter(one => one.aboutHost && !isSaid(one));
  const texts = [...own, ...ofHost].map(
    ({ source, cause, aboutHost }) => `${source.title} ${cause}${aboutHost ? ' about its host' : ''}`,
  );
  return [...new Set(texts)].join('; ');
}
