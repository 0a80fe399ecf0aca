/**
 * Calls that wait, fair between callers:
 *
 *     ann   retries | small  small        | large large large …      ← ann's turn
 *     bob           |                     | large large
 *     cyd           | small               |
 *
 * The turn goes round the callers. In a caller's turn one of its calls goes: one that returns for a retry if there is one,
 * otherwise one of a small operation in three turns of four, otherwise one of a large operation. Within each of the three
 * the order is that of arrival. So a caller waits for no more than one call of each other caller, and a small operation
 * does not wait for the large ones of its own caller, which still go on.
 */
export interface QueuedCall {
  readonly caller: string;
  readonly isSmall: boolean;
  /** It waits for a retry. */
  readonly isReturning: boolean;
}

export interface FairQueue<Call extends QueuedCall> {
  readonly size: number;
  add(call: Call): void;
  /** Whether the call was in the queue. */
  remove(call: Call): boolean;
  /** Removes and returns the next call that is ready. */
  take(isReady: (call: Call) => boolean): Call | undefined;
  /**
   * The waiting calls that would go before one that is added now, in their order, if all are ready. `stays` is asked when
   * it is the turn of a call: one that has left the queue by then costs its caller no turn.
   */
  before(call: QueuedCall, stays: (call: Call) => boolean): Iterable<Call>;
  all(): Call[];
}

/** The calls of one caller. */
interface CallerCalls<Call> {
  readonly returning: Set<Call>;
  readonly small: Set<Call>;
  readonly large: Set<Call>;
  /** Turns in which a small one went since a large one did. */
  smallTurns: number;
}

/** Of a caller that has both, so many small ones go for each large one. */
const smallPerLarge = 3;

export function createFairQueue<Call extends QueuedCall>(): FairQueue<Call> {
  /** The caller that was served last is the last entry. */
  const callers = new Map<string, CallerCalls<Call>>();
  let size = 0;

  function remove(call: Call): boolean {
    const calls = callers.get(call.caller);
    if (calls === undefined || !tierOf(calls, call).delete(call)) return false;
    size -= 1;
    if (sizeOf(calls) === 0) callers.delete(call.caller);
    return true;
  }

  function moveToTheEnd(caller: string) {
    const calls = callers.get(caller);
    if (calls === undefined) return;
    callers.delete(caller);
    callers.set(caller, calls);
  }

  return {
    get size() {
      return size;
    },
    add(call) {
      let calls = callers.get(call.caller);
      if (calls === undefined) {
        calls = { returning: new Set(), small: new Set(), large: new Set(), smallTurns: 0 };
        callers.set(call.caller, calls);
      }
      tierOf(calls, call).add(call);
      size += 1;
    },
    remove,
    take(isReady) {
      for (const calls of callers.values()) {
        const call = nextOf(calls, isReady);
        if (call === undefined) continue;
        if (!call.isReturning) calls.smallTurns = call.isSmall ? calls.smallTurns + 1 : 0;
        remove(call);
        moveToTheEnd(call.caller);
        return call;
      }
      return undefined;
    },
    *before(call, stays) {
      const own = callers.get(call.caller);
      let turns = [...callers.values()].map(calls =>
        turnsOf<Call>(calls, stays, calls === own ? tierOf<Call>(own, call) : undefined),
      );
      if (own === undefined) turns.push(new Set([here] as const).values());
      while (turns.length > 0) {
        const left: typeof turns = [];
        for (const turn of turns) {
          const { value, done } = turn.next();
          if (value === here) return;
          if (done) continue;
          yield value;
          left.push(turn);
        }
        turns = left;
      }
    },
    all: () => [...callers.values()].flatMap(calls => [...calls.returning, ...calls.small, ...calls.large]),
  };
}

function nextOf<Call>(calls: CallerCalls<Call>, isReady: (call: Call) => boolean): Call | undefined {
  const { returning, small, large, smallTurns } = calls;
  const tiers = smallTurns < smallPerLarge ? [returning, small, large] : [returning, large, small];
  for (const tier of tiers) for (const call of tier) if (isReady(call)) return call;
  return undefined;
}

/** Where a call would stand that is added now. */
const here = Symbol('here');

/** The calls of a caller in the order of its turns; `here` at the end of the tier that a call is added to. */
function* turnsOf<Call>(
  calls: CallerCalls<Call>,
  stays: (call: Call) => boolean,
  addedTo: ReadonlySet<Call> | undefined,
): Iterator<Call | typeof here, undefined> {
  const tier = (waiting: ReadonlySet<Call>) => (waiting === addedTo ? ([...waiting, here] as const) : [...waiting]);
  for (const call of tier(calls.returning)) if (call === here || stays(call)) yield call;
  const [small, large] = [tier(calls.small), tier(calls.large)];
  let [smallTaken, largeTaken, smallTurns] = [0, 0, calls.smallTurns];
  while (smallTaken < small.length || largeTaken < large.length) {
    const isSmall = largeTaken >= large.length || (smallTaken < small.length && smallTurns < smallPerLarge);
    const next = isSmall ? small[smallTaken++] : large[largeTaken++];
    if (next === undefined || (next !== here && !stays(next))) continue;
    smallTurns = isSmall ? smallTurns + 1 : 0;
    yield next;
  }
}

function tierOf<Call>(calls: CallerCalls<Call>, call: QueuedCall): Set<Call> {
  if (call.isReturning) return calls.returning;
  return call.isSmall ? calls.small : calls.large;
}

const sizeOf = <Call>({ returning, small, large }: CallerCalls<Call>): number =>
  returning.size + small.size + large.size;
