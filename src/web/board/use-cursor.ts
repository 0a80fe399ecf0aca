/** The row of the keyboard cursor, found by its key after each sort. */
import { type RefCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Item } from './item.ts';

interface Keyed {
  readonly entry: { readonly key: string };
}

/** Where the row with the cursor was: pixels from the beginning of the rows, and how far these were scrolled. */
interface CursorPlace {
  readonly key: string | undefined;
  readonly top: number;
  readonly scrolledTo: number;
  /** Further than the rows could be scrolled, where the row came too near to their end. */
  readonly wanted: number;
}

export type Cursor<Shown extends Keyed = Item> = ReturnType<typeof useCursor<Shown>>;

export function useCursor<Shown extends Keyed>(shown: readonly Shown[]) {
  const [movedTo, setMovedTo] = useState<string>();
  const scroll = useRef<HTMLElement>(null);
  const elements = useRef(new Map<string, HTMLElement>());
  const [refFor] = useState(
    () =>
      (key: string): RefCallback<HTMLElement> =>
      element => {
        if (element) elements.current.set(key, element);
        return () => void elements.current.delete(key);
      },
  );
  const at = Math.max(
    shown.findIndex(({ entry }) => entry.key === movedTo),
    0,
  );
  const current = shown[at];
  const currentKey = current?.entry.key;

  function move(by: 1 | -1) {
    // The first press only shows where the cursor is.
    const isThere = elements.current.get(currentKey ?? '') === document.activeElement;
    const next = shown[isThere ? at + by : at]?.entry.key;
    if (next === undefined) return;
    setMovedTo(next);
    elements.current.get(next)?.focus();
  }

  const last = useRef<CursorPlace>({ key: undefined, top: 0, scrolledTo: 0, wanted: 0 });
  // Rows move as answers arrive; the row with the cursor keeps its place on the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shown` is what moves the rows
  useLayoutEffect(() => {
    const element = currentKey === undefined ? undefined : elements.current.get(currentKey);
    const area = scroll.current;
    // Measuring makes the browser lay out 500 rows at once, so it is done only when a row has the cursor.
    if (!element || !area || document.activeElement !== element) return;
    const top = element.getBoundingClientRect().top + area.scrollTop;
    const { key, top: before, scrolledTo, wanted } = last.current;
    const from = area.scrollTop === scrolledTo ? wanted : area.scrollTop;
    const to = key === currentKey ? from + top - before : area.scrollTop;
    area.scrollTop = to;
    last.current = { key: currentKey, top, scrolledTo: area.scrollTop, wanted: to };
  }, [currentKey, shown]);

  return {
    current,
    /** The row that the cursor was moved to; undefined as long as it was not. */
    chosen: currentKey === movedTo ? current : undefined,
    scroll,
    refFor,
    move,
    moveTo: setMovedTo,
    focus: (key: string) => elements.current.get(key)?.focus(),
  };
}
