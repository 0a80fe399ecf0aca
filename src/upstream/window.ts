/** Counts what happened in the last so many milliseconds, in tenths of that time: constant memory at any rate. */
export interface Window {
  add(name: WindowCount): void;
  count(name: WindowCount): number;
  clear(): void;
}

export type WindowCount = 'all' | 'some';

const slices = 10;

export function createWindow(lengthMs: number, now: () => number): Window {
  const sliceMs = lengthMs / slices;
  let counts: { readonly slice: number; all: number; some: number }[] = [];

  function current() {
    const slice = Math.floor(now() / sliceMs);
    counts = counts.filter(one => one.slice > slice - slices && one.slice <= slice);
    return { slice, last: counts.at(-1) };
  }

  return {
    add(name) {
      const { slice, last } = current();
      const count = last?.slice === slice ? last : { slice, all: 0, some: 0 };
      if (count !== last) counts.push(count);
      count[name] += 1;
    },
    count(name) {
      current();
      return counts.reduce((sum, one) => sum + one[name], 0);
    },
    clear() {
      counts = [];
    },
  };
}
