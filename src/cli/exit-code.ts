import type { FailOn } from './options.ts';
import type { Answer } from './wire.ts';

type Report = NonNullable<Answer['indicator']>['sources'][number];

const heard = new Set(['MATCHED', 'NO_MATCH', 'NOT_APPLICABLE', 'UNCONFIGURED']);

/** Fresh and whole, or not to be asked at all: a source that nobody set up has not failed. */
const isHeard = ({ status, staleBecause, limits }: Report) =>
  heard.has(status) && staleBecause === null && !limits.includes('TRUNCATED');

/** The sources that failed, or could not be wholly heard, about this indicator; its host's included. */
export function failuresOf({ indicator }: Answer): readonly string[] {
  if (indicator === null) return [];
  const reports = indicator.sources;
  const unset = reports.filter(({ status }) => status === 'UNCONFIGURED').map(({ source }) => source);
  const missing = indicator.verdict.missing.filter(source => !unset.includes(source));
  const failed = reports.filter(report => !isHeard(report)).map(({ source }) => source);
  return [...new Set([...failed, ...missing])];
}

const levels = ['MALICIOUS', 'SUSPICIOUS'];

export const meets = ({ indicator }: Answer, failOn: FailOn): boolean =>
  indicator !== null && levels.slice(0, levels.indexOf(failOn) + 1).includes(indicator.verdict.level);
