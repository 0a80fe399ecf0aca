/** Joins the session's entries with Apollo's cache into the rows to show: worst first, filtered, counted. */
import { useApolloClient, useFragment } from '@apollo/client/react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { onTick } from './clock.ts';
import { createAsk } from './gateway.ts';
import { BoardRowFragmentDoc } from './generated/graphql.ts';
import { type BoardEntry, createSession, type Session } from './session.ts';
import { type BoardRow, type Standing, standings } from './triage.ts';

export interface Item {
  readonly entry: BoardEntry;
  readonly row: BoardRow | undefined;
  readonly standing: Standing;
}

/** Which counter was pressed: a standing, or all rows with a missing, stale or incomplete answer. */
export type Counter = Standing | 'UNHEARD';

export function useSession(): Session {
  const client = useApolloClient();
  const [session] = useState(() => createSession({ ask: createAsk(client), now: Date.now }));
  // A hidden tab sends no requests: each would cost upstream calls, and its answer is not read.
  useEffect(() => onTick(() => document.hidden || session.askDue()), [session]);
  return session;
}

export function useItems(session: Session): readonly Item[] {
  const entries = useSyncExternalStore(session.subscribe, session.entries);
  const known = useMemo(
    () => entries.flatMap(({ id }) => (id ? [{ __typename: 'Indicator' as const, id }] : [])),
    [entries],
  );
  const { data } = useFragment({ fragment: BoardRowFragmentDoc, fragmentName: 'BoardRow', from: known });
  return useMemo(() => {
    const rows = new Map<string, BoardRow>();
    for (const row of data) if (isWhole(row)) rows.set(row.id, row);
    const items = entries.map(entry => {
      const row = entry.id === undefined ? undefined : rows.get(entry.id);
      return { entry, row, standing: standingOf(entry, row) };
    });
    return items.sort(worseFirst);
  }, [entries, data]);
}

const isWhole = (row: unknown): row is BoardRow =>
  typeof row === 'object' && row !== null && 'verdict' in row && 'datadog' in row && 'argus' in row && 'id' in row;

function standingOf({ phase, problem }: BoardEntry, row: BoardRow | undefined): Standing {
  if (row) return row.verdict.level;
  if (problem !== undefined) return 'UNUSABLE';
  return phase === 'FAILED' || phase === 'ANSWERED' ? 'UNANSWERED' : 'UNASKED';
}

/** `sort` is stable: rows of equal weight stay in the order they were given. */
function worseFirst(one: Item, other: Item): number {
  const weight = ({ row }: Item) => row?.datadog.threat?.score ?? -1;
  const lists = ({ row }: Item) => row?.argus.membershipCount ?? 0;
  return (
    standings.indexOf(one.standing) - standings.indexOf(other.standing) ||
    weight(other) - weight(one) ||
    lists(other) - lists(one)
  );
}

const isUnheard = ({ entry, row }: Item) => entry.phase === 'FAILED' || (row?.verdict.missing.length ?? 0) > 0;

export function countBy(items: readonly Item[]): ReadonlyMap<Counter, number> {
  const counts = new Map<Counter, number>();
  const add = (counter: Counter) => counts.set(counter, (counts.get(counter) ?? 0) + 1);
  for (const item of items) {
    add(item.standing);
    if (isUnheard(item)) add('UNHEARD');
  }
  return counts;
}

export function filterItems(items: readonly Item[], counters: ReadonlySet<Counter>, words: string): readonly Item[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(item => {
    const counted = counters.size === 0 || counters.has(item.standing) || (counters.has('UNHEARD') && isUnheard(item));
    return counted && (wanted.length === 0 || wanted.every(word => textOf(item).includes(word)));
  });
}

const textOf = ({ entry, row }: Item) =>
  [entry.key, ...entry.alsoAs, row?.value, row?.defanged, row?.type, ...(row?.verdict.reasons.map(r => r.detail) ?? [])]
    .join('\n')
    .toLowerCase();
