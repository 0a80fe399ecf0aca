/** Single-key shortcuts while no field has the focus. WCAG 2.1.4 requires that they can be switched off (see Help). */
import { useEffect } from 'react';

export const keyBindings = {
  j: 'next',
  k: 'previous',
  Enter: 'open',
  x: 'select',
  '/': 'filter',
  c: 'copy',
  s: 'summary',
  r: 'live',
  t: 'text',
  '?': 'help',
} as const;
export type Command = (typeof keyBindings)[keyof typeof keyBindings];

export const commandTitles: Record<Command, string> = {
  next: 'next row (on a row also ↓)',
  previous: 'previous row (on a row also ↑)',
  open: 'open or close the row',
  select: 'select the row',
  filter: 'filter (Esc empties it)',
  copy: 'copy defanged: the selection, or this row',
  summary: 'copy the summary for a ticket',
  live: 'look up live, past every cache',
  text: 'show what was read in a pasted text',
  help: 'this help',
};

/** On a row, and also while the single keys are off: no letters. */
const arrows: Readonly<Record<string, Command>> = { ArrowDown: 'next', ArrowUp: 'previous' };

const isKey = (key: string): key is keyof typeof keyBindings => Object.hasOwn(keyBindings, key);

export function useShortcuts(commands: Record<Command, () => void>, isOn: boolean) {
  useEffect(() => {
    function commandOf({ key, target }: KeyboardEvent): Command | undefined {
      const element = target instanceof HTMLElement ? target : undefined;
      if (element?.closest('tr.line') && arrows[key]) return arrows[key];
      if (!isOn || !isKey(key) || element?.closest('textarea, input:not([type="checkbox"])')) return undefined;
      // Enter activates a focused control.
      return key === 'Enter' && element?.closest('button, summary') ? undefined : keyBindings[key];
    }
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const command = commandOf(event);
      if (command === undefined) return;
      event.preventDefault();
      commands[command]();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
