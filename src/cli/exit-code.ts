import type { FailOn } from './options.ts';
import type { LookupResult } from './wire.ts';

type Report = NonNullable<LookupResult['indicator']>['sources'][number];

const completeStatuses = new Set(['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE', 'UNCONFIGURED']);

const incompleteLimits = new Set(['TRUNCATED', 'COVERING_ONLY']);

/** Whether an answer is fresh and complete. A source that is not configured has not failed. */
const isComplete = ({ status, staleBecause, limits }: Report) =>
  completeStatuses.has(status) && staleBecause === null && !limits.some(limit => incompleteLimits.has(limit));

/** The sources without a complete answer about this indicator or its host. */
export function incompleteSources({ indicator }: LookupResult): readonly string[] {
  if (indicator === null) return [];
  const failed = indicator.sources.filter(report => !isComplete(report)).map(({ source }) => source);
  return [...new Set([...failed, ...indicator.verdict.missing])];
}

/** Nothing may be concluded from it, also where every source answered and none is known to hold such a thing. */
export const isInconclusive = ({ indicator }: LookupResult): boolean => indicator?.verdict.level === 'INCONCLUSIVE';

const failOnLevels = ['MALICIOUS', 'SUSPICIOUS'];

export const meetsFailOn = ({ indicator }: LookupResult, failOn: FailOn): boolean =>
  indicator !== null && failOnLevels.slice(0, failOnLevels.indexOf(failOn) + 1).includes(indicator.verdict.level);
