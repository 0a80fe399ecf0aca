/** The work list: rows of Datadog's IoC Explorer, joined with everything else, to be read and marked one after the other. */
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { HelpDialog } from '../dialogs.tsx';
import type { TriageStateFilter } from '../generated/graphql.ts';
import { KeyDialog } from '../key-dialog.tsx';
import { keysMode, useKeys } from '../keys.ts';
import { type Cursor, useCursor } from '../use-cursor.ts';
import { useToggleSet } from '../use-toggle-set.ts';
import { ListEnd } from './list-end.tsx';
import type { OnMarked } from './marks.ts';
import { firstQuestion } from './question.ts';
import { QuestionForm } from './question-form.tsx';
import { useWorkList, type WorkListState } from './use-work-list.ts';
import { shownName, stateOf, type WorkItem } from './work-item.ts';
import { headings, type WorkActions, WorkRow } from './work-row.tsx';

interface WorkListProps {
  readonly isShown: boolean;
  readonly hasShortcuts: boolean;
  readonly onShortcuts: (isOn: boolean) => void;
}

export function WorkList({ isShown, hasShortcuts, onShortcuts }: WorkListProps) {
  const [question, setQuestion] = useState(firstQuestion);
  const [notice, notify] = useState('');
  const [hasHelp, setHasHelp] = useState(false);
  const queryField = useRef<HTMLInputElement>(null);
  const onMarked = useOnMarked(notify);
  const list = useWorkList(question, onMarked);
  const open = useToggleSet<string>();
  const cursor = useCursor(list.items);
  const mark = useMark(list, notify);
  const actions = useMemo(
    () => ({ toggleOpen: open.toggle, moveTo: cursor.moveTo, refFor: cursor.refFor, mark }),
    [open.toggle, cursor.moveTo, cursor.refFor, mark],
  );
  const isKeyRequired = list.marked.isKeyRequired || list.view.failure?.error.reason === 'KEY_REQUIRED';
  const keys = {
    ...keysOf({ list, cursor, actions, notify }),
    '/': () => queryField.current?.focus(),
    '?': () => setHasHelp(true),
  };
  useKeys(keys, keysMode(isShown, hasShortcuts && !hasHelp && !isKeyRequired));
  const { forbidden } = list.marked;
  return (
    <>
      <QuestionForm
        {...{ question, queryField }}
        onAsk={asked => setQuestion({ ...asked })}
        onHelp={() => setHasHelp(true)}
      />
      {forbidden !== undefined && <p className="forbidden">Marking is not possible: {forbidden}</p>}
      <main ref={cursor.scroll} aria-busy={list.view.phase === 'READING'}>
        {list.items.length > 0 && <Rows {...{ list, open, cursor, actions }} />}
        <ListEnd view={list.view} pages={list.pages} />
      </main>
      <Status list={list} notice={notice} />
      {isShown && isKeyRequired && <KeyDialog />}
      {isShown && hasHelp && (
        <HelpDialog {...{ hasShortcuts, onShortcuts }} keys={keyTitles} onClose={() => setHasHelp(false)} />
      )}
    </>
  );
}

const keyTitles: Readonly<Record<string, string>> = {
  j: 'next row (on a row also ↓)',
  k: 'previous row (on a row also ↑)',
  Enter: 'open or close the row',
  r: 'mark the row as reviewed',
  u: 'undo the last mark',
  '/': 'query',
  '?': 'this help',
};

const stateWords = { REVIEWED: 'reviewed', NOT_REVIEWED: 'to be reviewed' } as const;

/** Tells what became of a mark, and lets the details of the row be read again: their history has changed. */
function useOnMarked(notify: (notice: string) => void): OnMarked {
  const client = useApolloClient();
  return useCallback(
    ({ value, name }, state, { phase, detail }) => {
      const why = detail === undefined ? '' : `: ${detail}`;
      const words = {
        RECORDED: `${name} is recorded as ${stateWords[state]}`,
        UNSURE: `${name} may be recorded as ${stateWords[state]}, that is not known`,
      }[phase as string];
      notify(`${words ?? `${name} was not marked`}${why}`);
      if (phase === 'RECORDED' || phase === 'UNSURE')
        client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'lookup', args: { values: [value] } });
    },
    [client, notify],
  );
}

function useMark({ marks }: WorkListState, notify: (notice: string) => void): WorkActions['mark'] {
  return useCallback(
    (item: WorkItem, state: TriageStateFilter) => {
      const { forbidden } = marks.view();
      if (forbidden !== undefined) return notify(`Marking is not possible: ${forbidden}`);
      const { value, id, indicator } = item.listed;
      const name = shownName(item);
      if (value === null) return notify('Datadog sent no value for this row, so it cannot be marked');
      void marks.mark({ key: id, value: indicator?.value ?? value, name }, state);
    },
    [marks, notify],
  );
}

interface KeysOptions {
  readonly list: WorkListState;
  readonly cursor: Cursor<WorkItem>;
  readonly actions: WorkActions;
  readonly notify: (notice: string) => void;
}

/** Those that work on a row do so on the one that is highlighted: nothing is marked before a row was chosen. */
function keysOf({ list, cursor, actions, notify }: KeysOptions): Readonly<Record<string, () => void>> {
  const { chosen } = cursor;
  const onChosen = (act: (item: WorkItem) => void) => () =>
    chosen ? act(chosen) : notify('No row is chosen yet: j goes to the first');
  return {
    j: () => cursor.move(1),
    k: () => cursor.move(-1),
    Enter: onChosen(({ entry }) => actions.toggleOpen(entry.key)),
    r: onChosen(item =>
      stateOf(item) === 'REVIEWED' && item.mark?.phase !== 'UNSURE'
        ? notify(`${shownName(item)} is reviewed already`)
        : actions.mark(item, 'REVIEWED'),
    ),
    u: () => {
      const key = list.marks.undo();
      if (key === undefined) notify('There is nothing to undo');
      else cursor.focus(key);
    },
  };
}

interface RowsProps {
  readonly list: WorkListState;
  readonly open: ReturnType<typeof useToggleSet<string>>;
  readonly cursor: Cursor<WorkItem>;
  readonly actions: WorkActions;
}

const Rows = ({ list: { items, marked }, open, cursor, actions }: RowsProps) => (
  <table className="work">
    <caption className="unseen">Indicators of Datadog's IoC Explorer, in the order that was asked for</caption>
    <colgroup>
      {headings.map(name => (
        <col key={name} className={`column-${name.toLowerCase().replace(' ', '-')}`} />
      ))}
    </colgroup>
    <thead>
      <tr>
        {headings.map(heading => (
          <th key={heading} scope="col">
            {heading}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {items.map(item => (
        <WorkRow
          key={item.entry.key}
          item={item}
          isOpen={open.members.has(item.entry.key)}
          isCurrent={item === cursor.chosen}
          isInTabOrder={item === cursor.current}
          forbidden={marked.forbidden}
          actions={actions}
        />
      ))}
    </tbody>
  </table>
);

function Status({ list: { view, items, marked }, notice }: { readonly list: WorkListState; readonly notice: string }) {
  const { rows, total } = view;
  const hasNoNames = items.some(({ listed }) => listed.hasNoNames);
  const read = `${rows.length.toLocaleString('en')} of ${total?.toLocaleString('en') ?? 'an unknown number of'} rows read`;
  return (
    <footer>
      <span role="status">{notice}</span>
      <span>
        {[
          rows.length > 0 && read,
          marked.undoable > 0 && `${marked.undoable} marked`,
          hasNoNames && 'who reviewed is not shown to you',
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </footer>
  );
}
