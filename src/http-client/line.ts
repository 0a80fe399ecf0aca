import type { RateLimitTracker } from './rate-limit.ts';
import { type Candidate, createTurns } from './turns.ts';

/** Who waits for a place, how long, and with whose budget. */
interface Waiting extends Candidate {
  readonly partition: string;
  readonly signal: AbortSignal;
  /** Epoch milliseconds; may move to later. */
  readonly deadlineAt: () => number;
}

/**
 * Why no place was given: nobody waits any more or it is too late; the line is full; the budget returns too late; the
 * line was sent home.
 */
export type Refusal = 'LATE' | 'FULL' | 'SPENT' | 'STOPPED';

export interface Place {
  /** To be called when the call has ended; `isUnsent` when nothing was sent. */
  leave(isUnsent?: boolean): void;
}

/**
 * The line before an upstream: so many at once, so many waiting, each no longer than it lives, nobody past a spent
 * budget.
 */
export interface Line {
  /** A place or a refusal, at once where possible. */
  enter(waiting: Waiting): Place | Refusal | Promise<Place | Refusal>;
  /** A budget has become known: who will not live to see it return is told now. */
  reconsider(): void;
  /** Sends everybody home. */
  refuseAll(): void;
  hasRoom(): boolean;
}

export interface LineOptions {
  readonly concurrency: number;
  readonly queueSize: number;
  readonly budgets: RateLimitTracker;
  readonly now: () => number;
  readonly onLength: (waiting: number) => void;
}

interface Waiter extends Waiting {
  readonly answer: (result: Place | Refusal) => void;
  readonly onAbort: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** After a reset, replicas ask again not all in the same instant. */
const resetJitterMs = 50;
/** Node fires a timer at once that is further away than this. */
const longestTimerMs = 2 ** 31 - 1;

export function createLine({ concurrency, queueSize, budgets, now, onLength }: LineOptions): Line {
  const turns = createTurns<Waiter>();
  let inFlight = 0;
  let resetTimer: NodeJS.Timeout | undefined;
  /** Until then nobody who waits can be served for want of budget; infinite when that is not what they wait for. */
  let blockedUntil = Number.POSITIVE_INFINITY;

  function createPlace(partition: string): Place {
    let isTaken = true;
    inFlight += 1;
    budgets.callStarted(partition);
    return {
      leave(isUnsent) {
        if (!isTaken) return;
        isTaken = false;
        inFlight -= 1;
        budgets.callEnded(partition, isUnsent);
        serve();
      },
    };
  }

  const isReady = (waiter: Waiter) => budgets.remaining(waiter.partition) > 0;
  const isShort = (waiter: Waiter) => budgets.remaining(waiter.partition) <= turns.size;
  const isHopeless = (waiting: Waiting) => budgets.exhaustedUntil(waiting.partition) >= waiting.deadlineAt();

  function serve() {
    while (inFlight < concurrency && turns.size > 0) {
      const waiter = turns.take(isReady, isShort);
      if (waiter === undefined) return sleepUntilReset();
      settle(waiter, createPlace(waiter.partition));
    }
  }

  function settle(waiter: Waiter, result: Place | Refusal) {
    clearTimeout(waiter.timer);
    waiter.signal.removeEventListener('abort', waiter.onAbort);
    onLength(turns.size);
    waiter.answer(result);
  }

  function refuse(waiter: Waiter, refusal: Refusal) {
    if (turns.remove(waiter)) settle(waiter, refusal);
  }

  /** Nobody can be served: the first budget to return wakes the line. */
  function sleepUntilReset() {
    let first = Number.POSITIVE_INFINITY;
    for (const waiter of turns.all()) first = Math.min(first, budgets.exhaustedUntil(waiter.partition));
    wakeAt(first);
  }

  function wakeAt(at: number) {
    if (at === blockedUntil) return;
    clearTimeout(resetTimer);
    blockedUntil = at;
    const delay = Math.max(0, at - now()) + Math.random() * resetJitterMs;
    resetTimer = setTimeout(wake, Math.min(delay, longestTimerMs)).unref();
  }

  function wake() {
    blockedUntil = Number.POSITIVE_INFINITY;
    serve();
    refuseHopeless();
  }

  function refuseHopeless() {
    for (const waiter of turns.all()) if (isHopeless(waiter)) refuse(waiter, 'SPENT');
  }

  /** A later waiter may have moved the deadline: look again when it comes. */
  function watchDeadline(waiter: Waiter) {
    const left = waiter.deadlineAt() - now();
    if (left <= 0) return refuse(waiter, 'LATE');
    waiter.timer = setTimeout(() => watchDeadline(waiter), Math.min(left, longestTimerMs));
  }

  function hasPlaceInLine(caller: string): boolean {
    if (turns.size < queueSize) return true;
    const yielding = turns.yielding(caller);
    if (yielding !== undefined) refuse(yielding, 'FULL');
    return yielding !== undefined;
  }

  function wait(waiting: Waiting): Promise<Place | Refusal> {
    return new Promise(answer => {
      const waiter: Waiter = { ...waiting, answer, onAbort: () => refuse(waiter, 'LATE'), timer: undefined };
      turns.add(waiter);
      onLength(turns.size);
      waiter.signal.addEventListener('abort', waiter.onAbort, { once: true });
      watchDeadline(waiter);
      if (inFlight < concurrency) wakeAt(Math.min(blockedUntil, budgets.exhaustedUntil(waiter.partition)));
    });
  }

  return {
    enter(waiting) {
      if (waiting.signal.aborted || waiting.deadlineAt() <= now()) return 'LATE';
      if (turns.size > 0 && now() >= blockedUntil) wake();
      if (inFlight < concurrency && budgets.remaining(waiting.partition) > 0) return createPlace(waiting.partition);
      if (isHopeless(waiting)) return 'SPENT';
      if (!waiting.isReturning && !hasPlaceInLine(waiting.caller)) return 'FULL';
      return wait(waiting);
    },
    reconsider() {
      refuseHopeless();
      serve();
    },
    refuseAll() {
      for (const waiter of turns.all()) refuse(waiter, 'STOPPED');
    },
    hasRoom: () => inFlight < concurrency && turns.size === 0,
  };
}
