import { visible } from './escape.ts';
import type { Answer } from './wire.ts';

/** `sources`: the gateway's, each with two columns. */
export const csvHeader = (sources: readonly string[]): string =>
  [...answerColumns, ...sources.flatMap(sourceColumns), 'problem'].join(',');

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

/**
 * A cell as RFC 4180 writes it, and harmless where a spreadsheet opens it: what begins with = + - @, a tab or a line end is a
 * formula there, so it gets an apostrophe in front (OWASP, CSV injection). Also behind spaces and quotes.
 */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const harmless = typeof value === 'string' && /^[\s"']*[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  const shown = visible(harmless);
  return /[",;']/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Defanged: a spreadsheet turns what looks like an address into a link. */
export function csvLine({ input, problem, indicator }: Answer, sources: readonly string[]): string {
  const { verdict, datadog, argus } = indicator ?? {};
  return [
    defangInput(input),
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
  ]
    .map(csvCell)
    .join(',');
}

/** As the gateway defangs, for input that it could not read: nothing in that may become a link either. */
export const defangInput = (text: string) =>
  text
    .replace(/(?<![a-z0-9+.-])http(s?):\/\//gi, 'hxxp$1://')
    .replace(/(?<!hxxps?|\[):\/\/|(?<!\[)[.@](?!\])/giu, '[$&]');

/** The newest sighting that any source reports. */
export function lastSeen({ datadog, argus }: NonNullable<Answer['indicator']>): string | undefined {
  const all = [datadog.threat?.lastSeen, ...(argus.memberships ?? []).map(record => record.lastSeen)];
  return all
    .filter(at => at != null)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}
