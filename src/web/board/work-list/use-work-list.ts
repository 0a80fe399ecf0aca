/** Joins pages, marks and Apollo's cache into the rows of the work list. */
import { useApolloClient, useFragment } from '@apollo/client/react';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { onTick } from '../clock.ts';
import { onKey } from '../gateway.ts';
import { BoardRowFragmentDoc } from '../generated/graphql.ts';
import type { BoardRow } from '../triage.ts';
import { isWhole } from '../use-rows.ts';
import { createMarks, type MarksView, type OnMarked } from './marks.ts';
import { createPages } from './pages.ts';
import type { Question } from './question.ts';
import { createFetchPage, createSend, type ListedRow } from './requests.ts';
import { toWorkItem, type WorkItem } from './work-item.ts';

export type WorkListState = ReturnType<typeof useWorkList>;

export function useWorkList(question: Question, onMarked: OnMarked) {
  const client = useApolloClient();
  const [marks] = useState(() => createMarks({ send: createSend(client), onMarked }));
  const [pages] = useState(() => {
    const hasLeft = ({ id }: ListedRow, { state }: Question) => isElsewhere(marks.view(), id, state);
    return createPages({ fetchPage: createFetchPage(client), hasLeft, now: Date.now });
  });
  useEffect(() => {
    marks.forgetSettled();
    pages.start(question);
  }, [marks, pages, question]);
  useEffect(
    () =>
      onKey(() => {
        marks.forgetRefusals();
        pages.restart();
      }),
    [pages, marks],
  );
  // A hidden tab of the browser sends no requests, and one that is back on the network does not wait for its time.
  useEffect(() => onTick(() => document.hidden || pages.retryDue()), [pages]);
  useEffect(() => {
    addEventListener('online', pages.retry);
    return () => removeEventListener('online', pages.retry);
  }, [pages]);
  const view = useSyncExternalStore(pages.subscribe, pages.view);
  const marked = useSyncExternalStore(marks.subscribe, marks.view);
  return { pages, marks, view, marked, items: useWorkItems(view.rows, marked) };
}

/** Whether the row was marked with another state than the one that is asked for. */
function isElsewhere({ marks }: MarksView, id: string, state: Question['state']): boolean | 'MAYBE' {
  const mark = marks.get(id);
  if (state === undefined || mark === undefined) return false;
  if (mark.phase === 'SENDING' || mark.phase === 'UNSURE') return 'MAYBE';
  return (mark.recorded ?? state) !== state;
}

function useWorkItems(listed: readonly ListedRow[], { marks }: MarksView): readonly WorkItem[] {
  const joined = useMemo(
    () =>
      listed.flatMap(({ indicator }) => (indicator ? [{ __typename: 'Indicator' as const, id: indicator.id }] : [])),
    [listed],
  );
  const { data } = useFragment({ fragment: BoardRowFragmentDoc, fragmentName: 'BoardRow', from: joined });
  // A row that has not changed stays the same object, so that it is not rendered again.
  const [before] = useState(() => new WeakMap<ListedRow, WorkItem>());
  return useMemo(() => {
    const rows = new Map<string, BoardRow>();
    for (const row of data) if (isWhole(row)) rows.set(row.id, row);
    const rowOf = ({ indicator }: ListedRow) => indicator && (rows.get(indicator.id) ?? indicator);
    return listed.map(one => {
      const [row, mark, known] = [rowOf(one) ?? undefined, marks.get(one.id), before.get(one)];
      if (known && known.row === row && known.mark === mark) return known;
      const item = toWorkItem(one, row, mark);
      before.set(one, item);
      return item;
    });
  }, [listed, data, marks, before]);
}
