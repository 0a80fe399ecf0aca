/** The board as a file. Every value is defanged. Pure. */
import { type BoardRow, lastSeenOf, type Standing } from './triage.ts';

export interface ExportLine {
  readonly given: string;
  readonly standing: Standing;
  readonly row: BoardRow | undefined;
  readonly problem: string | undefined;
}

const columns = [
  'indicator',
  'type',
  'verdict',
  'first_reason',
  'summary',
  'missing',
  'score',
  'log_matches',
  'lists',
  'last_seen',
  'triage',
  'datadog_status',
  'datadog_fetched_at',
  'argus_status',
  'argus_fetched_at',
  'problem',
] as const; // prettier-ignore

/**
 * A cell by RFC 4180, safe to open in a spreadsheet: text that begins with = + - @, a tab or a line end would be a formula,
 * so it gets an apostrophe in front (OWASP, CSV injection), also when spaces or quotes come first.
 */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const harmless = typeof value === 'string' && /^[\s"']*[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n\t;']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function cells({
  given,
  standing,
  row,
  problem,
}: ExportLine): Record<(typeof columns)[number], string | number | null> {
  const { datadog, argus, verdict } = row ?? {};
  return {
    indicator: row?.defanged ?? defangText(given),
    type: row?.type ?? null,
    verdict: standing,
    first_reason: verdict?.reasons[0]?.detail ?? null,
    summary: verdict?.summary ?? null,
    missing: verdict?.missing.join(' ') ?? null,
    score: datadog?.threat?.score ?? null,
    log_matches: datadog?.threat?.logMatches ?? null,
    lists: argus?.membershipCount ?? null,
    last_seen: (row && lastSeenOf(row).at) ?? null,
    triage: datadog?.threat?.triageState ?? null,
    datadog_status: datadog?.report.status ?? null,
    datadog_fetched_at: datadog?.report.fetchedAt ?? null,
    argus_status: argus?.report.status ?? null,
    argus_fetched_at: argus?.report.fetchedAt ?? null,
    problem: problem ?? null,
  };
}

/** Defangs as the gateway does, for text that the gateway has not parsed: it must not become a link either. */
export const defangText = (text: string) =>
  text
    .replace(/(?<![a-z0-9+.-])http(s?):\/\//giu, 'hxxp$1://')
    .replace(/(?<!hxxps?|\[):\/\/|(?<!\[)[.@](?!\])/giu, '[$&]');

export function toCsv(lines: readonly ExportLine[]): string {
  const rows = lines.map(cells).map(line => columns.map(column => csvCell(line[column])).join(','));
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`;
}

export const toJson = (lines: readonly ExportLine[]): string =>
  `${JSON.stringify(
    lines.map(line => ({ ...cells(line), reasons: line.row?.verdict.reasons ?? [] })),
    (key, value) => (key === '__typename' ? undefined : value),
    2,
  )}\n`;
