import { lastSeen } from '../clients/last-seen.ts';
import { listedAround, listedAroundText } from '../clients/listed-around.ts';
import { csvRow, defangText } from '../clients/safe-text.ts';
import type { EnrichedRow } from './look-up.ts';

/** `sources`: names of the gateway's sources; each gets two columns. */
export const csvHeader = (sources: readonly string[]): string =>
  csvRow([
    ...answerColumns,
    ...sources.flatMap(sourceColumns),
    'problem',
    'conflicting',
    'covering',
    'read_as',
    'from',
  ]);

const answerColumns = [
  'input',
  'indicator',
  'type',
  'verdict',
  'summary',
  'missing',
  'score',
  'log_matches',
  'lists',
  'last_seen',
  'triage',
];
const sourceColumns = (source: string) => [`${source.toLowerCase()}_status`, `${source.toLowerCase()}_fetched_at`];

/** The input is defanged because a spreadsheet turns addresses into links. */
export function csvLine({ input, from, readAs, problem, indicator }: EnrichedRow, sources: readonly string[]): string {
  const { verdict, datadog, argus } = indicator ?? {};
  return csvRow([
    defangText(input),
    indicator?.defanged,
    indicator?.type,
    verdict?.level,
    verdict?.summary,
    verdict?.missing.join(' '),
    datadog?.threat?.score,
    datadog?.threat?.logMatches,
    argus?.membershipCount,
    indicator ? lastSeen(indicator) : null,
    datadog?.threat?.triageState,
    ...sources.flatMap(source => {
      const report = indicator?.sources.find(one => one.source === source);
      return [report?.status, report?.fetchedAt];
    }),
    problem,
    verdict?.conflicting,
    indicator && listedAroundText(listedAround(indicator)),
    readAs === null ? null : defangText(readAs),
    from,
  ]);
}
