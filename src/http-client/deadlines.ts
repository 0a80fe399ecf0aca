/** What is to be ended at a time that may move to later, or to earlier where `recheck` is called. */
export interface Deadline {
  /** Monotonic. */
  readonly at: () => number;
  readonly onPassed: () => void;
  /** Its place in the list; kept by the list alone. */
  place: number;
}

export type Deadlines = ReturnType<typeof createDeadlines>;

/** Node fires a timer at once that is set for longer than this. */
export const longestTimerMs = 2 ** 31 - 1;

/**
 * Many deadlines on one timer, which is set for the earliest of them. Nearly all are removed long before they pass, and a
 * timer for each would cost more than that. They stand in an array, because a Set through which objects pass keeps them
 * alive for long: each table that it has outgrown holds what was in it, and leads to the next one.
 */
export function createDeadlines(now: () => number) {
  const deadlines: Deadline[] = [];
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Number.POSITIVE_INFINITY;

  /** A removed deadline leaves the timer as it is: then it fires for nothing, and is set for the next one. */
  function wakeAt(at: number) {
    if (at >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = at;
    timer = setTimeout(wake, Math.min(Math.max(0, at - now()), longestTimerMs)).unref();
  }

  function wake() {
    wakesAt = Number.POSITIVE_INFINITY;
    const time = now();
    for (const deadline of deadlines.filter(({ at }) => at() <= time)) if (remove(deadline)) deadline.onPassed();
    wakeAt(deadlines.reduce((earliest, { at }) => Math.min(earliest, at()), Number.POSITIVE_INFINITY));
  }

  /** The last one takes its place. False if it was not in the list. */
  function remove(deadline: Deadline): boolean {
    const { place } = deadline;
    if (deadlines[place] !== deadline) return false;
    const last = deadlines.pop();
    if (last === undefined || last === deadline) return true;
    deadlines[place] = last;
    last.place = place;
    return true;
  }

  return {
    add(deadline: Deadline) {
      deadline.place = deadlines.length;
      deadlines.push(deadline);
      wakeAt(deadline.at());
    },
    remove,
    /** For deadlines that have moved to earlier. */
    recheck: () => wakeAt(now()),
  };
}
