/** The row of the keyboard cursor, found by its key after each sort. */
import { type RefCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Item } from './use-board.ts';

export function useCursor(shown: readonly Item[]) {
  const [moved, setMoved] = useState<string>();
  const scroll = useRef<HTMLElement>(null);
  const held = useRef(new Map<string, HTMLElement>());
  const [hold] = useState(
    () =>
      (key: string): RefCallback<HTMLElement> =>
      element => {
        if (element) held.current.set(key, element);
        return () => void held.current.delete(key);
      },
  );
  const at = Math.max(
    shown.findIndex(({ entry }) => entry.key === moved),
    0,
  );
  const current = shown[at]?.entry.key;

  function move(by: 1 | -1) {
    // The first press only shows where the cursor is.
    const isThere = held.current.get(current ?? '') === document.activeElement;
    const next = shown[isThere ? at + by : at]?.entry.key;
    if (next === undefined) return;
    setMoved(next);
    held.current.get(next)?.focus();
  }

  const last = useRef<{ readonly key: string | undefined; readonly top: number }>({ key: undefined, top: 0 });
  // Rows move as answers arrive; the row with the cursor keeps its place on the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` is what moves the rows
  useLayoutEffect(() => {
    const element = current === undefined ? undefined : held.current.get(current);
    // Measuring makes the browser lay out 500 rows at once, so it is done only when a row has the cursor.
    if (!element || !scroll.current || document.activeElement !== element) return;
    const top = element.getBoundingClientRect().top + scroll.current.scrollTop;
    if (last.current.key === current) scroll.current.scrollTop += top - last.current.top;
    last.current = { key: current, top };
  }, [current, shown]);

  return { current, scroll, hold, move, moveTo: setMoved };
}
