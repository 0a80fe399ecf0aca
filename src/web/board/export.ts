/** The board as a file. Every value is defanged. Pure. */
import { lastSeen } from '../../clients/last-seen.ts';
import { csvRow } from '../../clients/safe-text.ts';
import { type Item, shownValue } from './item.ts';

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
] as const;

function cellsOf(item: Item): Record<(typeof columns)[number], string | number | null> {
  const { entry, row, standing } = item;
  const { datadog, argus, verdict } = row ?? {};
  return {
    indicator: shownValue(item),
    type: row?.type ?? null,
    verdict: standing,
    first_reason: verdict?.reasons[0]?.detail ?? null,
    summary: verdict?.summary ?? null,
    missing: verdict?.missing.join(' ') ?? null,
    score: datadog?.threat?.score ?? null,
    log_matches: datadog?.threat?.logMatches ?? null,
    lists: argus?.membershipCount ?? null,
    last_seen: (row && lastSeen(row)) ?? null,
    triage: datadog?.threat?.triageState ?? null,
    datadog_status: datadog?.report.status ?? null,
    datadog_fetched_at: datadog?.report.fetchedAt ?? null,
    argus_status: argus?.report.status ?? null,
    argus_fetched_at: argus?.report.fetchedAt ?? null,
    problem: entry.problem ?? entry.failure ?? null,
  };
}

export const toCsv = (items: readonly Item[]): string =>
  [columns, ...items.map(cellsOf).map(cells => columns.map(column => cells[column]))].map(csvRow).join('');

export const toJson = (items: readonly Item[]): string =>
  `${JSON.stringify(
    items.map(item => ({ ...cellsOf(item), reasons: item.row?.verdict.reasons ?? [] })),
    (key, value) => (key === '__typename' ? undefined : value),
    2,
  )}\n`;
