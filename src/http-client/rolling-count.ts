/** Counts what happened in the last so many milliseconds, in tenths of that time: constant memory at any rate. */
export interface Window {
  add(name: WindowCount): void;
  count(name: WindowCount): number;
  clear(): void;
}

type WindowCount = 'all' | 'some';

const slices = 10;

export function createWindow(lengthMs: number, now: () => number): Window {
  const sliceMs = lengthMs / slices;
  let counts = [{ slice: 0, all: 0, some: 0 }];

  /** The count of this moment; what is too old is forgotten when a new slice begins. */
  function current() {
    const slice = Math.floor(now() / sliceMs);
    const last = counts.at(-1);
    if (last?.slice === slice) return last;
    const begun = { slice, all: 0, some: 0 };
    counts = [...counts.filter(one => one.slice > slice - slices && one.slice < slice), begun];
    return begun;
  }

  return {
    add(name) {
      current()[name] += 1;
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
