/** Which rows are shown: those of the pressed counters that hold every word of the filter field. */
import { useMemo, useState } from 'react';
import { type Item, isIncomplete } from './item.ts';
import type { Standing } from './triage.ts';
import { useToggleSet } from './use-toggle-set.ts';

/** A standing, or all rows with a missing, stale or incomplete answer. */
export type Counter = Standing | 'INCOMPLETE';

export type Filter = ReturnType<typeof useFilter>;

export function useFilter(items: readonly Item[]) {
  const counters = useToggleSet<Counter>();
  const [text, setText] = useState('');
  return {
    counters,
    text,
    setText,
    counts: useMemo(() => countBy(items), [items]),
    shown: useMemo(() => filterItems(items, counters.members, text), [items, counters.members, text]),
    reset() {
      counters.replace([]);
      setText('');
    },
  };
}

function countBy(items: readonly Item[]): ReadonlyMap<Counter, number> {
  const counts = new Map<Counter, number>();
  const add = (counter: Counter) => counts.set(counter, (counts.get(counter) ?? 0) + 1);
  for (const item of items) {
    add(item.standing);
    if (isIncomplete(item)) add('INCOMPLETE');
  }
  return counts;
}

function filterItems(items: readonly Item[], counters: ReadonlySet<Counter>, text: string): readonly Item[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isCounted = (item: Item) =>
    counters.size === 0 || counters.has(item.standing) || (counters.has('INCOMPLETE') && isIncomplete(item));
  return items.filter(item => isCounted(item) && words.every(word => textOf(item).includes(word)));
}

const textOf = ({ entry, row }: Item) =>
  [
    entry.key,
    ...entry.otherSpellings,
    row?.value,
    row?.defanged,
    row?.type,
    row?.verdict.summary,
    ...(row?.verdict.reasons.map(({ detail }) => detail) ?? []),
  ]
    .join('\n')
    .toLowerCase();
