import { useApolloClient } from '@apollo/client/react';
import { useMemo, useRef, useState } from 'react';
import { Counters } from './counters.tsx';
import { HelpDialog, KeyDialog, PasteDialog, Welcome } from './dialogs.tsx';
import { defangText, type ExportLine } from './export.ts';
import { plural } from './format.ts';
import { keyWanted } from './gateway.ts';
import { type Command, useKeys } from './keys.ts';
import type { RowActions } from './row.tsx';
import type { Session } from './session.ts';
import { Table } from './table.tsx';
import { Toolbar } from './toolbar.tsx';
import { type Counter, countBy, filterItems, type Item, useItems, useSession } from './use-board.ts';
import { useCursor } from './use-cursor.ts';
import { useIntake } from './use-intake.ts';
import { usePaste } from './use-paste.ts';

const nothing: ReadonlySet<never> = new Set();

export function Board() {
  const client = useApolloClient();
  const session = useSession();
  const items = useItems(session);
  const [counters, setCounters] = useState<ReadonlySet<Counter>>(nothing);
  const [words, setWords] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(nothing);
  const [selected, setSelected] = useState<ReadonlySet<string>>(nothing);
  const [dialog, setDialog] = useState<'help' | 'add'>();
  const [hasKeys, setHasKeys] = useState(true);
  const [notice, setNotice] = useState('');
  const filter = useRef<HTMLInputElement>(null);
  const shown = useMemo(() => filterItems(items, counters, words), [items, counters, words]);
  const counts = useMemo(() => countBy(items), [items]);
  const { current, scroll, hold, move, moveTo } = useCursor(shown);
  const { take, giveKey, waitsForKey } = useIntake(session, setNotice);

  const wantsKey = waitsForKey || items.some(({ entry }) => entry.failure === keyWanted);
  const chosen = items.filter(({ entry }) => selected.has(entry.key));
  const targets = chosen.length > 0 ? chosen : shown.filter(({ entry }) => entry.key === current);
  const unasked = counts.get('UNASKED') ?? 0;
  const actions = useMemo<RowActions>(
    () => ({
      toggleOpen: key => setOpen(keys => toggled(keys, key)),
      toggleSelected: key => setSelected(keys => toggled(keys, key)),
      moveTo,
      hold,
    }),
    [moveTo, hold],
  );
  const commands: Record<Command, () => void> = {
    ...forTargets(targets, session, setNotice),
    next: () => move(1),
    previous: () => move(-1),
    open: () => current !== undefined && actions.toggleOpen(current),
    select: () => current !== undefined && actions.toggleSelected(current),
    filter: () => filter.current?.focus(),
    help: () => setDialog('help'),
  };
  useKeys(commands, hasKeys && dialog === undefined && !wantsKey);
  usePaste(text => void take(text));

  function clear() {
    session.clear();
    void client.clearStore();
    setCounters(nothing);
    setOpen(nothing);
    setSelected(nothing);
    setWords('');
    setNotice('The board is empty; nothing of it was kept');
  }

  return (
    <>
      <Toolbar
        filter={filter}
        words={words}
        onWords={setWords}
        lines={() => (chosen.length > 0 ? chosen : shown).map(lineOf)}
        isEmpty={items.length === 0}
        onAdd={() => setDialog('add')}
        onClear={clear}
        onHelp={() => setDialog('help')}
      />
      <Counters counts={counts} pressed={counters} onPress={counter => setCounters(set => toggled(set, counter))} />
      <progress
        className="progress"
        aria-label="Rows answered"
        max={Math.max(1, items.length)}
        value={items.length - unasked}
        data-done={unasked === 0}
      />
      <main ref={scroll}>
        {items.length === 0 ? (
          <Welcome onText={(text, asList) => void take(text, asList)} />
        ) : (
          <Table
            items={shown}
            open={open}
            selected={selected}
            current={current}
            onSelectAll={isAll => setSelected(isAll ? new Set(shown.map(({ entry }) => entry.key)) : nothing)}
            actions={actions}
          />
        )}
        {items.length > 0 && shown.length === 0 && (
          <p className="nothing">No row fits this filter; {plural(items.length, 'row')} hidden.</p>
        )}
      </main>
      <footer>
        <span role="status">{notice}</span>
        <span>{chosen.length > 0 && `${plural(chosen.length, 'row')} selected`}</span>
        <span className="unseen" role="status">
          {items.length > 0 &&
            unasked === 0 &&
            `All ${items.length} rows are there, ${counts.get('MALICIOUS') ?? 0} malicious`}
        </span>
      </footer>
      {dialog === 'help' && <HelpDialog hasKeys={hasKeys} onKeys={setHasKeys} onClose={() => setDialog(undefined)} />}
      {dialog === 'add' && (
        <PasteDialog
          onText={(text, asList) => {
            setDialog(undefined);
            void take(text, asList);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {wantsKey && <KeyDialog onKey={giveKey} />}
    </>
  );
}

function toggled<Key>(keys: ReadonlySet<Key>, key: Key): ReadonlySet<Key> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

const nameOf = ({ entry, row }: Item) => row?.defanged ?? defangText(entry.key);
const summaryOf = (item: Item) =>
  item.row?.verdict.summary ?? `${nameOf(item)}: ${item.entry.problem ?? 'not answered yet'}`;
const lineOf = ({ entry, row, standing }: Item): ExportLine => ({
  given: entry.key,
  standing,
  row,
  problem: entry.problem ?? entry.failure,
});

/** The commands that work on the selection, or else on the row of the cursor. */
function forTargets(targets: readonly Item[], session: Session, say: (notice: string) => void) {
  async function copy(text: string, what: string) {
    if (targets.length === 0) return;
    await navigator.clipboard.writeText(text).then(
      () => say(`Copied ${what}`),
      () => say('The browser did not allow copying'),
    );
  }
  return {
    copy: () => void copy(targets.map(nameOf).join('\n'), plural(targets.length, 'defanged value')),
    summary: () => void copy(targets.map(summaryOf).join('\n'), plural(targets.length, 'summary', 'summaries')),
    live: () => {
      session.askLive(targets.map(({ entry }) => entry.key));
      say(`Asking ${plural(targets.length, 'row')} live`);
    },
  };
}
