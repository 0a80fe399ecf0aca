/** What the order of the queue depends on. */
export interface QueuedCall {
  readonly caller: string;
  readonly isSmall: boolean;
  /** It waits for a retry: it goes before calls that have not been sent yet. */
  readonly isReturning: boolean;
}

/**
 * Callers are served in rotation, and the calls of one caller in the order of their arrival. When rate limits are
 * scarce, small operations go first in three turns of five; the other two turns go to the caller that was served least
 * recently, whatever the size of its calls, so that no caller gets less than a third beside another.
 */
export interface FairQueue<Call extends QueuedCall> {
  readonly size: number;
  add(call: Call): void;
  /** Whether the call was in the queue. */
  remove(call: Call): boolean;
  /** Removes and returns the next call that is ready. `isScarce`: its rate limit does not suffice for all. */
  take(isReady: (call: Call) => boolean, isScarce: (call: Call) => boolean): Call | undefined;
  /**
   * The call to remove from a full queue so that `caller` can add one: the newest call of the caller with the most calls.
   * Undefined if that caller has no more than `caller` would then have.
   */
  evictionFor(caller: string): Call | undefined;
  all(): Call[];
}

/** The calls of one caller, each tier in the order of arrival. */
interface CallerCalls<Call> {
  readonly returning: Set<Call>;
  readonly small: Set<Call>;
  readonly large: Set<Call>;
}

export function createFairQueue<Call extends QueuedCall>(): FairQueue<Call> {
  /** The caller that was served last is the last entry. */
  const callers = new Map<string, CallerCalls<Call>>();
  /** Call → its number in the order of arrival. */
  const arrivals = new Map<Call, number>();
  let arrived = 0;
  let turn = 0;

  function older(one: Call | undefined, other: Call | undefined): Call | undefined {
    if (one === undefined || other === undefined) return one ?? other;
    return (arrivals.get(one) ?? 0) <= (arrivals.get(other) ?? 0) ? one : other;
  }

  function nextOf(
    calls: CallerCalls<Call>,
    isReady: (call: Call) => boolean,
    isScarce: (call: Call) => boolean,
  ): Call | undefined {
    const returning = first(calls.returning, isReady);
    if (returning !== undefined) return returning;
    const small = first(calls.small, isReady);
    if (small !== undefined && isScarce(small)) return small;
    return older(small, first(calls.large, isReady));
  }

  /** From the first caller in the rotation that has such a call. */
  function pick(choose: (calls: CallerCalls<Call>) => Call | undefined): Call | undefined {
    for (const calls of callers.values()) {
      const chosen = choose(calls);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  }

  function remove(call: Call): boolean {
    const calls = callers.get(call.caller);
    if (calls === undefined || !tierOf(calls, call).delete(call)) return false;
    arrivals.delete(call);
    if (sizeOf(calls) === 0) callers.delete(call.caller);
    return true;
  }

  return {
    get size() {
      return arrivals.size;
    },
    add(call) {
      const calls = callers.get(call.caller) ?? { returning: new Set(), small: new Set(), large: new Set() };
      tierOf(calls, call).add(call);
      callers.set(call.caller, calls);
      arrived += 1;
      arrivals.set(call, arrived);
    },
    remove,
    take(isReady, isScarce) {
      const smallFirst = turn % 5 !== 0 && turn % 5 !== 3;
      const scarceSmall = (calls: CallerCalls<Call>) => {
        const small = first(calls.small, isReady);
        return small !== undefined && isScarce(small) ? small : undefined;
      };
      const small = smallFirst ? pick(scarceSmall) : undefined;
      const chosen = small ?? pick(calls => nextOf(calls, isReady, isScarce));
      if (chosen === undefined) return undefined;
      turn += 1;
      const calls = callers.get(chosen.caller);
      remove(chosen);
      if (calls !== undefined && callers.delete(chosen.caller)) callers.set(chosen.caller, calls);
      return chosen;
    },
    evictionFor(caller) {
      const own = callers.get(caller);
      const [most] = [...callers.values()].sort((one, other) => sizeOf(other) - sizeOf(one));
      if (most === undefined || sizeOf(most) <= (own === undefined ? 0 : sizeOf(own)) + 1) return undefined;
      return [...most.large, ...most.small].reduce<Call | undefined>(
        (newest, call) => (newest === undefined || older(newest, call) === newest ? call : newest),
        undefined,
      );
    },
    all: () => [...arrivals.keys()],
  };
}

function first<Call>(tier: Iterable<Call>, isWanted: (call: Call) => boolean): Call | undefined {
  for (const call of tier) if (isWanted(call)) return call;
  return undefined;
}

function tierOf<Call extends QueuedCall>(calls: CallerCalls<Call>, call: Call): Set<Call> {
  if (call.isReturning) return calls.returning;
  return call.isSmall ? calls.small : calls.large;
}

function sizeOf<Call>(calls: CallerCalls<Call>): number {
  return calls.returning.size + calls.small.size + calls.large.size;
}
