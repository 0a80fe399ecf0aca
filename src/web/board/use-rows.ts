/** Joins the session's entries with Apollo's cache into the rows of the board, worst first. */
import { useApolloClient, useFragment } from '@apollo/client/react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { onTick } from './clock.ts';
import { createExtract, createLookup } from './gateway.ts';
import { BoardRowFragmentDoc } from './generated/graphql.ts';
import { type Item, toItem, worstFirst } from './item.ts';
import { createSession, type Session } from './session.ts';
import { findInLines } from './text/held-in-lines.ts';
import { type BoardRow, retryableReports } from './triage.ts';

export function useSession(): Session {
  const client = useApolloClient();
  const [session] = useState(() =>
    createSession({
      lookup: createLookup(client),
      findInLines: lines => findInLines(lines, createExtract(client)),
      now: Date.now,
    }),
  );
  // A hidden tab sends no requests: each would cost upstream calls, and its answer is not read.
  useEffect(() => onTick(() => document.hidden || session.retryDue()), [session]);
  return session;
}

export function useItems(session: Session): readonly Item[] {
  const entries = useSyncExternalStore(session.subscribe, session.entries);
  const answered = useMemo(
    () => entries.flatMap(({ id }) => (id ? [{ __typename: 'Indicator' as const, id }] : [])),
    [entries],
  );
  const { data } = useFragment({ fragment: BoardRowFragmentDoc, fragmentName: 'BoardRow', from: answered });
  const items = useMemo(() => {
    const rows = new Map<string, BoardRow>();
    for (const row of data) if (isWhole(row)) rows.set(row.id, row);
    return entries.map(entry => toItem(entry, rows.get(entry.id ?? ''))).sort(worstFirst);
  }, [entries, data]);
  useEffect(() => {
    for (const { entry, row } of items) if (row) session.heard(entry, retryableReports(row));
  }, [session, items]);
  return items;
}

export const isWhole = (row: unknown): row is BoardRow =>
  typeof row === 'object' && row !== null && 'verdict' in row && 'datadog' in row && 'argus' in row && 'id' in row;
