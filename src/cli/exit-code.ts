import type { FailOn } from './options.ts';
import type { LookupResult } from './wire.ts';

type Report = NonNullable<LookupResult['indicator']>['sources'][number];

const completeStatuses = new Set(['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE', 'UNCONFIGURED']);

/** Whether an answer is fresh and complete. A source that is not configured has not failed. */
const isComplete = ({ status, staleBecause, limits }: Report) =>
  completeStatuses.has(status) && staleBecause === null && !limits.includes('TRUNCATED');

/** The sources without a complete answer about this indicator or its host. */
export function incompleteSources({ indicator }: LookupResult): readonly string[] {
  if (indicator === null) return [];
  const reports = indicator.sources;
  const unconfigured = reports.filter(({ status }) => status === 'UNCONFIGURED').map(({ source }) => source);
  const missing = indicator.verdict.missing.filter(source => !unconfigured.includes(source));
  const failed = reports.filter(report => !isComplete(report)).map(({ source }) => source);
  return [...new Set([...failed, ...missing])];
}

const failOnLevels = ['MALICIOUS', 'SUSPICIOUS'];

export const meetsFailOn = ({ indicator }: LookupResult, failOn: FailOn): boolean =>
  indicator !== null && failOnLevels.slice(0, failOnLevels.indexOf(failOn) + 1).includes(indicator.verdict.level);
