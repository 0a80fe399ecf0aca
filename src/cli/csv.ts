import { escapeForTerminal } from './escape.ts';
import type { LookupResult } from './wire.ts';

/** `sources`: names of the gateway's sources; each gets two columns. */
export const csvHeader = (sources: readonly string[]): string =>
  [answerColumns, ...sources.flatMap(sourceColumns), 'problem'].join(',');

const answerColumns = 'input,indicator,type,verdict,summary,missing,score,log_matches,lists,last_seen,triage';
const sourceColumns = (source: string) => [`${source.toLowerCase()}_status`, `${source.toLowerCase()}_fetched_at`];

/**
 * A cell by RFC 4180 that is safe in a spreadsheet: text that begins with = + - @, a tab or a line end, also after spaces
 * and quotes, would be a formula there, so an apostrophe is put in front (OWASP, CSV injection).
 */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const withoutFormula = typeof value === 'string' && /^[\s"']*[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  const escaped = escapeForTerminal(withoutFormula);
  return /[",;']/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

/** The input is defanged because a spreadsheet turns addresses into links. */
export function csvLine({ input, problem, indicator }: LookupResult, sources: readonly string[]): string {
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

/** Defangs input as the gateway defangs indicators, so that unusable input does not become a link either. */
export const defangInput = (text: string) =>
  text
    .replace(/(?<![a-z0-9+.-])http(s?):\/\//gi, 'hxxp$1://')
    .replace(/(?<!hxxps?|\[):\/\/|(?<!\[)[.@](?!\])/giu, '[$&]');

/** The latest `lastSeen` of all sources. */
export function lastSeen({ datadog, argus }: NonNullable<LookupResult['indicator']>): string | undefined {
  const all = [datadog.threat?.lastSeen, ...(argus.memberships ?? []).map(record => record.lastSeen)];
  return all
    .filter(at => at != null)
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}
