/** Single-key shortcuts while no field has the focus. WCAG 2.1.4 requires that they can be switched off (see Help). */
import { useEffect } from 'react';

const keyBindings = {
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

const commandTitles: Record<Command, string> = {
  next: 'next row',
  previous: 'previous row',
  open: 'open or close the row',
  select: 'select the row',
  filter: 'filter (Esc empties it)',
  copy: 'copy defanged: the selection, or this row',
  summary: 'copy the summary for a ticket',
  live: 'look up live, past every cache',
  text: 'show what was read in a pasted text',
  help: 'this help',
};

/** What each key does. */
export const keyTitles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(keyBindings).map(([key, command]) => [key, commandTitles[command]]),
);

export const useShortcuts = (commands: Record<Command, () => void>, isOn: boolean) =>
  useKeys(Object.fromEntries(Object.entries(keyBindings).map(([key, command]) => [key, commands[command]])), isOn);

/** Calls the function under the pressed key. */
export function useKeys(actions: Readonly<Record<string, () => void>>, isOn: boolean) {
  useEffect(() => {
    if (!isOn) return;
    function onKey(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
      if (!action) return;
      const target = event.target instanceof HTMLElement ? event.target : undefined;
      if (target?.closest('textarea, input:not([type="checkbox"])')) return;
      // Enter activates a focused button.
      if (event.key === 'Enter' && target?.closest('button')) return;
      event.preventDefault();
      action();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
