/** The board as a file. Every value is defanged. Pure. */
import { lastSeen } from '../../clients/last-seen.ts';
import { type ListedAround, listedAroundText } from '../../clients/listed-around.ts';
import { csvRow } from '../../clients/safe-text.ts';
import type { SourceName } from './generated/graphql.ts';
import { around, type Item, lineReadFrom, shownValue } from './item.ts';

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
  'conflicting',
  'covering',
  'read_from',
] as const;

type Facts = Record<Exclude<(typeof columns)[number], 'covering'>, string | number | boolean | null> & {
  /** null: not known. */
  readonly covering: readonly ListedAround[] | null;
};

function factsOf(item: Item): Facts {
  const { entry, row, standing } = item;
  const { datadog, argus, verdict } = row ?? {};
  const reportOf = (source: SourceName) => row?.sources.find(report => report.source === source);
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
    datadog_status: reportOf('DATADOG')?.status ?? null,
    datadog_fetched_at: reportOf('DATADOG')?.fetchedAt ?? null,
    argus_status: reportOf('ARGUS')?.status ?? null,
    argus_fetched_at: reportOf('ARGUS')?.fetchedAt ?? null,
    problem: entry.problem ?? entry.failure ?? null,
    conflicting: verdict?.conflicting ?? null,
    covering: around(item),
    read_from: lineReadFrom(item) ?? null,
  };
}

export const toCsv = (items: readonly Item[]): string => [columns, ...items.map(cellsOf)].map(csvRow).join('');

function cellsOf(item: Item) {
  const { covering, ...facts } = factsOf(item);
  const cells = { ...facts, covering: item.row ? listedAroundText(covering) : null };
  return columns.map(column => cells[column]);
}

export const toJson = (items: readonly Item[]): string =>
  `${JSON.stringify(
    items.map(item => ({ ...factsOf(item), reasons: item.row?.verdict.reasons ?? [] })),
    (key, value) => (key === '__typename' ? undefined : value),
    2,
  )}\n`;
