/** `some` counts the events that matter (failures, retries), `all` what they are compared with. */
type CountName = 'all' | 'some';

const slices = 10;

/** Counts events of the last `lengthMs` in ten slices of time, so that memory is constant at any rate. */
export function createRollingCount(lengthMs: number, now: () => number) {
  const sliceMs = lengthMs / slices;
  let counts = [{ slice: 0, all: 0, some: 0 }];

  /** The count of the current slice. Drops those that are too old when a new slice begins. */
  function current() {
    const slice = Math.floor(now() / sliceMs);
    const last = counts.at(-1);
    if (last?.slice === slice) return last;
    const started = { slice, all: 0, some: 0 };
    counts = [...counts.filter(one => one.slice > slice - slices && one.slice < slice), started];
    return started;
  }

  return {
    add(name: CountName) {
      current()[name] += 1;
    },
    count(name: CountName) {
      current();
      return counts.reduce((sum, one) => sum + one[name], 0);
    },
    clear() {
      counts = [];
    },
  };
}
