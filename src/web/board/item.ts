/** A row of the board: the text that was given, the gateway's answer, and its place in the order. Pure. */
import { type ListedAround, listedAround } from '../../clients/listed-around.ts';
import { defangText, escapeUnsafe } from '../../clients/safe-text.ts';
import type { BoardEntry } from './entry.ts';
import { type BoardRow, type Standing, standings } from './triage.ts';

export interface Item {
  readonly entry: BoardEntry;
  readonly row: BoardRow | undefined;
  readonly standing: Standing;
}

export const toItem = (entry: BoardEntry, row: BoardRow | undefined): Item => ({
  entry,
  row,
  standing: standingOf(entry, row),
});

function standingOf({ phase, problem }: BoardEntry, row: BoardRow | undefined): Standing {
  if (row) return row.verdict.level;
  if (phase === 'READING') return 'PENDING';
  if (problem !== undefined) return 'UNUSABLE';
  return phase === 'FAILED' || phase === 'ANSWERED' ? 'UNANSWERED' : 'PENDING';
}

/** Compares for `sort`, which is stable: rows of equal weight stay in the order they were given. */
export function worstFirst(one: Item, other: Item): number {
  const scoreOf = ({ row }: Item) => row?.datadog.threat?.score ?? -1;
  const listsOf = ({ row }: Item) => row?.argus.membershipCount ?? 0;
  return (
    standings.indexOf(one.standing) - standings.indexOf(other.standing) ||
    scoreOf(other) - scoreOf(one) ||
    listsOf(other) - listsOf(one)
  );
}

/** The value as the page shows it: defanged. */
export const shownValue = ({ entry, row }: Item): string => row?.defanged ?? defangText(entry.key);

/** The line that it was read from, where that is more than the indicator itself. */
export const lineReadFrom = ({ entry }: Pick<Item, 'entry'>): string | undefined =>
  entry.holds === undefined ? undefined : escapeUnsafe(defangText(entry.key));

/** What is listed around it; null where that is not known. */
export const around = ({ row }: Pick<Item, 'row'>): readonly ListedAround[] | null => (row ? listedAround(row) : null);

/** Whether an answer is missing, stale or incomplete. */
export const isIncomplete = ({ entry, row }: Item): boolean =>
  entry.phase === 'FAILED' || (row?.verdict.missing.length ?? 0) > 0;
