/** Single-key shortcuts while no field has the focus. WCAG 2.1.4 requires that they can be switched off (see Help). */
import { useLayoutEffect } from 'react';

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

/** What each key does. */
export const keyTitles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(keyBindings).map(([key, command]) => [key, commandTitles[command]]),
);

/** ARROWS: the letters are switched off. NONE: something else has the keys. */
export type KeysMode = 'ALL' | 'ARROWS' | 'NONE';

export const keysMode = (isShown: boolean, hasShortcuts: boolean): KeysMode =>
  isShown ? (hasShortcuts ? 'ALL' : 'ARROWS') : 'NONE';

export const useShortcuts = (commands: Record<Command, () => void>, mode: KeysMode) =>
  useKeys(Object.fromEntries(Object.entries(keyBindings).map(([key, command]) => [key, commands[command]])), mode);

/** On a row, and also while the single keys are off: no letters. */
const arrows: Readonly<Record<string, string>> = { ArrowDown: 'j', ArrowUp: 'k' };

/** Calls the function under the pressed key; an arrow on a row is j or k. */
export function useKeys(actions: Readonly<Record<string, () => void>>, mode: KeysMode) {
  useLayoutEffect(() => {
    function actionOf({ key, target }: KeyboardEvent): (() => void) | undefined {
      const element = target instanceof HTMLElement ? target : undefined;
      const arrow = arrows[key];
      if (arrow !== undefined && element?.closest('tr.line')) return actions[arrow];
      if (mode !== 'ALL' || element?.closest('textarea, select, input:not([type="checkbox"])')) return undefined;
      // Enter activates a focused control.
      if (key === 'Enter' && element?.closest('button, summary, a')) return undefined;
      return Object.hasOwn(actions, key) ? actions[key] : undefined;
    }
    function onKey(event: KeyboardEvent) {
      if (mode === 'NONE' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const action = actionOf(event);
      if (!action) return;
      event.preventDefault();
      action();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
