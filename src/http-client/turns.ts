/** What decides whose turn it is. */
export interface Candidate {
  readonly caller: string;
  readonly isSmall: boolean;
  /** It was under way before and comes back for a retry: it need not wait behind those who have not begun. */
  readonly isReturning: boolean;
}

/**
 * Whose turn it is. Callers take turns, and each caller's own calls go in the order of their coming. When a budget is
 * short, small operations go first in three turns of five; the others stay with the caller who has waited longest for a
 * turn, so that no caller gets less than a third against another.
 */
export interface Turns<T extends Candidate> {
  readonly size: number;
  add(one: T): void;
  /** Whether it was there. */
  remove(one: T): boolean;
  /** Takes out the next that is ready, if any is. */
  take(isReady: (one: T) => boolean, isShort: (one: T) => boolean): T | undefined;
  /** Who has to give way to `caller` in a full line: the newest of whoever holds more than `caller` would. */
  yielding(caller: string): T | undefined;
  all(): T[];
}

interface Lane<T> {
  readonly returning: Set<T>;
  readonly small: Set<T>;
  readonly large: Set<T>;
}

export function createTurns<T extends Candidate>(): Turns<T> {
  /** In the order of turns: who was served last stands last. */
  const lanes = new Map<string, Lane<T>>();
  const arrivals = new Map<T, number>();
  let arrived = 0;
  let turn = 0;

  function oldest(one: T | undefined, other: T | undefined): T | undefined {
    if (one === undefined || other === undefined) return one ?? other;
    return (arrivals.get(one) ?? 0) <= (arrivals.get(other) ?? 0) ? one : other;
  }

  function best(lane: Lane<T>, isReady: (one: T) => boolean, isShort: (one: T) => boolean): T | undefined {
    const returning = first(lane.returning, isReady);
    if (returning !== undefined) return returning;
    const small = first(lane.small, isReady);
    if (small !== undefined && isShort(small)) return small;
    return oldest(small, first(lane.large, isReady));
  }

  function pick(choose: (lane: Lane<T>) => T | undefined): T | undefined {
    for (const lane of lanes.values()) {
      const chosen = choose(lane);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  }

  function remove(one: T): boolean {
    const lane = lanes.get(one.caller);
    if (lane === undefined || !shelf(lane, one).delete(one)) return false;
    arrivals.delete(one);
    if (sizeOf(lane) === 0) lanes.delete(one.caller);
    return true;
  }

  return {
    get size() {
      return arrivals.size;
    },
    add(one) {
      const lane = lanes.get(one.caller) ?? { returning: new Set(), small: new Set(), large: new Set() };
      shelf(lane, one).add(one);
      lanes.set(one.caller, lane);
      arrived += 1;
      arrivals.set(one, arrived);
    },
    remove,
    take(isReady, isShort) {
      const isSmallsTurn = turn % 5 !== 0 && turn % 5 !== 3;
      const urgent = (lane: Lane<T>) => {
        const small = first(lane.small, isReady);
        return small !== undefined && isShort(small) ? small : undefined;
      };
      const small = isSmallsTurn ? pick(urgent) : undefined;
      const chosen = small ?? pick(lane => best(lane, isReady, isShort));
      if (chosen === undefined) return undefined;
      turn += 1;
      const lane = lanes.get(chosen.caller);
      remove(chosen);
      if (lane !== undefined && lanes.delete(chosen.caller)) lanes.set(chosen.caller, lane);
      return chosen;
    },
    yielding(caller) {
      const own = lanes.get(caller);
      const [longest] = [...lanes.values()].sort((one, other) => sizeOf(other) - sizeOf(one));
      if (longest === undefined || sizeOf(longest) <= (own === undefined ? 0 : sizeOf(own)) + 1) return undefined;
      return [...longest.large, ...longest.small].reduce<T | undefined>(
        (newest, one) => (newest === undefined || oldest(newest, one) === newest ? one : newest),
        undefined,
      );
    },
    all: () => [...arrivals.keys()],
  };
}

function first<T>(shelf: Iterable<T>, isWanted: (one: T) => boolean): T | undefined {
  for (const one of shelf) if (isWanted(one)) return one;
  return undefined;
}

function shelf<T extends Candidate>(lane: Lane<T>, one: T): Set<T> {
  if (one.isReturning) return lane.returning;
  return one.isSmall ? lane.small : lane.large;
}

function sizeOf<T>(lane: Lane<T>): number {
  return lane.returning.size + lane.small.size + lane.large.size;
}
