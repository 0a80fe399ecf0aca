/** What the single keys do. A command for rows works on the selected ones, or else on the row of the cursor. */
import { plural } from './format.ts';
import { type Item, shownValue } from './item.ts';
import type { Command } from './keys.ts';
import type { RowActions } from './row.tsx';
import type { Session } from './session.ts';
import type { Cursor } from './use-cursor.ts';

interface CommandOptions {
  readonly selectedItems: readonly Item[];
  readonly cursor: Cursor;
  readonly actions: RowActions;
  readonly session: Session;
  readonly notify: (notice: string) => void;
  readonly focusFilter: () => void;
  readonly openHelp: () => void;
  /** undefined: none was pasted. */
  readonly openText: (() => void) | undefined;
}

export function createCommands({
  selectedItems,
  cursor,
  actions,
  session,
  notify,
  focusFilter,
  openHelp,
  openText,
}: CommandOptions): Record<Command, () => void> {
  const { current } = cursor;
  const targets = selectedItems.length > 0 || !current ? selectedItems : [current];
  return {
    next: () => cursor.move(1),
    previous: () => cursor.move(-1),
    open: () => current && actions.toggleOpen(current.entry.key),
    select: () => current && actions.toggleSelected(current.entry.key),
    filter: focusFilter,
    copy: () => copy(targets.map(shownValue), plural(targets.length, 'defanged value'), notify),
    summary: () => copy(targets.map(summaryOf), plural(targets.length, 'summary', 'summaries'), notify),
    live: () => {
      session.fetchLive(targets.map(({ entry }) => entry.key));
      notify(`Looking up ${plural(targets.length, 'row')} live`);
    },
    text: openText ?? (() => notify('No text was pasted, only lists')),
    help: openHelp,
  };
}

/** The sentence names level, evidence, the other side, what is around the value and who is missing. */
function summaryOf(item: Item): string {
  const { entry, row } = item;
  if (!row) return `${shownValue(item)}: ${entry.problem ?? 'not answered yet'}`;
  return row.verdict.conflicting ? `${row.verdict.summary} Sources disagree.` : row.verdict.summary;
}

function copy(lines: readonly string[], what: string, notify: (notice: string) => void) {
  if (lines.length === 0) return;
  void navigator.clipboard.writeText(lines.join('\n')).then(
    () => notify(`Copied ${what}`),
    () => notify('The browser did not allow copying'),
  );
}
