import type { FailOn } from './options.ts';
import type { Tally } from './tally.ts';
import type { LookupResult } from './wire.ts';

export const exitCodes = { answered: 0, incomplete: 1, failed: 2, found: 3 } as const;

type Report = NonNullable<LookupResult['indicator']>['sources'][number];

const completeStatuses = new Set(['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE', 'UNCONFIGURED']);

const incompleteLimits = new Set(['TRUNCATED', 'COVERING_ONLY']);

/** Whether an answer is fresh and complete. A source that is not configured has not failed. */
const isComplete = ({ status, staleBecause, limits }: Report) =>
  completeStatuses.has(status) && staleBecause === null && !limits.some(limit => incompleteLimits.has(limit));

/** The sources without a complete answer about this indicator or its host. */
export function incompleteSources({ indicator }: Pick<LookupResult, 'indicator'>): readonly string[] {
  if (indicator === null) return [];
  const failed = indicator.sources.filter(report => !isComplete(report)).map(({ source }) => source);
  return [...new Set([...failed, ...indicator.verdict.missing])];
}

/** Nothing may be concluded from it, also where every source answered and none is known to hold such a thing. */
export const isInconclusive = ({ indicator }: Pick<LookupResult, 'indicator'>): boolean =>
  indicator?.verdict.level === 'INCONCLUSIVE';

export const meetsFailOn = ({ malicious, suspicious }: Tally, failOn: FailOn | undefined): boolean =>
  failOn !== undefined && malicious + (failOn === 'SUSPICIOUS' ? suspicious : 0) > 0;

/** Of a run that came to its end. */
export function exitCodeOf(tally: Tally, failOn: FailOn | undefined): number {
  if (meetsFailOn(tally, failOn)) return exitCodes.found;
  const { rows, unusable, inconclusive, incomplete, undecodable, leftOut } = tally;
  // Something was there, and nothing of it could be looked up.
  const isUnused = rows === 0 && Object.keys(leftOut).length > 0;
  return isUnused || unusable + inconclusive + incomplete + undecodable > 0 ? exitCodes.incomplete : exitCodes.answered;
}
