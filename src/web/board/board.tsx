import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { createCommands } from './commands.ts';
import { Counters } from './counters.tsx';
import { Dialogs, type OpenDialog, Welcome } from './dialogs.tsx';
import { keysMode, useShortcuts } from './keys.ts';
import { useRowActions } from './row.tsx';
import { AnsweredBar, StatusBar } from './status.tsx';
import { Table } from './table.tsx';
import { Toolbar } from './toolbar.tsx';
import { useAddText } from './use-add-text.ts';
import { useCursor } from './use-cursor.ts';
import { useFilter } from './use-filter.ts';
import { usePaste } from './use-paste.ts';
import { useItems, useSession } from './use-rows.ts';
import { useToggleSet } from './use-toggle-set.ts';

interface BoardProps {
  readonly isShown: boolean;
  /** Something was pasted while another tab was shown. */
  readonly onShow: () => void;
  readonly hasShortcuts: boolean;
  readonly onShortcuts: (isOn: boolean) => void;
}

export function Board({ isShown, onShow, hasShortcuts, onShortcuts }: BoardProps) {
  const client = useApolloClient();
  const session = useSession();
  const items = useItems(session);
  const filter = useFilter(items);
  const filterField = useRef<HTMLInputElement>(null);
  const open = useToggleSet<string>();
  const selected = useToggleSet<string>();
  const cursor = useCursor(filter.shown);
  const actions = useRowActions(open, selected, cursor);
  const [notice, notify] = useState('');
  const [dialog, setDialog] = useState<OpenDialog>();
  const { addText, isKeyRequired, texts } = useAddText(session, items, notify);

  const selectedItems = items.filter(({ entry }) => selected.members.has(entry.key));
  const focusFilter = () => filterField.current?.focus();
  const openHelp = () => setDialog('help');
  const openText = texts.all.length > 0 ? () => setDialog('text') : undefined;
  const commands = createCommands({ selectedItems, cursor, actions, session, notify, focusFilter, openHelp, openText });
  useShortcuts(commands, keysMode(isShown, hasShortcuts && dialog === undefined && !isKeyRequired));
  usePaste(text => {
    onShow();
    addText(text);
  });

  function clear() {
    session.clear();
    texts.clear();
    void client.clearStore();
    filter.reset();
    open.replace([]);
    selected.replace([]);
    notify('The board is empty; nothing of it was kept');
  }

  const total = items.length;
  const exported = selectedItems.length > 0 ? selectedItems : filter.shown;
  const isEmpty = total === 0 && texts.all.length === 0;
  const toolbar = { filter, filterField, exported, isEmpty, onClear: clear, onHelp: openHelp };
  const status = { notice, selectedCount: selectedItems.length, counts: filter.counts, total, texts };
  return (
    <>
      <Toolbar {...toolbar} onAdd={() => setDialog('add')} />
      <Counters filter={filter} />
      <AnsweredBar counts={filter.counts} total={total} />
      <main ref={cursor.scroll}>
        {total === 0 && <Welcome onText={addText} />}
        {total > 0 && <Table {...{ filter, open, selected, cursor, actions, total }} />}
      </main>
      <StatusBar {...status} onText={openText} />
      <Dialogs
        {...{ texts, items, hasShortcuts, onShortcuts }}
        open={isShown ? (isKeyRequired ? 'key' : dialog) : undefined}
        onText={addText}
        onClose={() => setDialog(undefined)}
      />
    </>
  );
}
