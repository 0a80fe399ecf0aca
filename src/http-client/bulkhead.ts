import { type Deadline, type Deadlines, longestTimerMs } from './deadlines.ts';
import { createFairQueue, type QueuedCall } from './fair-queue.ts';
import type { RateLimitTracker } from './rate-limit.ts';

/** A call that needs a slot. */
interface SlotRequest extends QueuedCall {
  /** Whose rate limit it uses. */
  readonly partition: string;
  readonly signal: AbortSignal;
  /** Monotonic; may move to later. */
  readonly deadlineAt: () => number;
}

/**
 * Why there is no slot: the caller has gone or the deadline has passed; the queue is full; the rate limit resets only
 * after the deadline; all waiting calls were rejected; those of its partition were.
 */
export type SlotRejection = 'LATE' | 'FULL' | 'RATE_LIMITED' | 'STOPPED' | 'REFUSED';

export interface Slot {
  /** To be called when the call has ended. `isUnsent`: nothing was sent, so the rate limit is given it back. */
  release(isUnsent?: boolean): void;
}

/**
 * Limits the concurrent calls to an upstream. Further calls wait in a queue that is bounded and fair, each until its
 * deadline, and each until its rate limit allows it.
 */
export interface Bulkhead {
  /** A slot or a rejection, without a promise where possible. */
  acquire(request: SlotRequest): Slot | SlotRejection | Promise<Slot | SlotRejection>;
  /** To be called when a rate limit has become known: rejects calls whose deadline comes before its reset. */
  reevaluate(): void;
  /** Rejects all waiting calls. */
  rejectAll(): void;
  /** Rejects the waiting calls of a credential that was refused. */
  rejectRefused(partition: string): void;
  /** A slot is free and no call is waiting. */
  hasRoom(): boolean;
}

export interface BulkheadOptions {
  readonly concurrency: number;
  readonly queueSize: number;
  readonly rateLimits: RateLimitTracker;
  readonly deadlines: Deadlines;
  readonly now: () => number;
  readonly onLength: (waiting: number) => void;
}

interface WaitingCall extends SlotRequest, Deadline {
  readonly resolve: (result: Slot | SlotRejection) => void;
}

/** Spreads the calls of several replicas after a reset. */
const resetJitterMs = 50;

export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { concurrency, queueSize, rateLimits, deadlines, now, onLength } = options;
  const queue = createFairQueue<WaitingCall>();
  let inFlight = 0;
  let resetTimer: NodeJS.Timeout | undefined;
  /** Until then, no waiting call can be sent because of its rate limit; infinite while that is not why they wait. */
  let blockedUntil = Number.POSITIVE_INFINITY;

  function createSlot(partition: string): Slot {
    let isTaken = true;
    inFlight += 1;
    rateLimits.callStarted(partition);
    return {
      release(isUnsent) {
        if (!isTaken) return;
        isTaken = false;
        inFlight -= 1;
        rateLimits.callEnded(partition, isUnsent);
        serve();
      },
    };
  }

  const isReady = (call: WaitingCall) => rateLimits.remaining(call.partition) > 0;
  const isScarce = (call: WaitingCall) => rateLimits.remaining(call.partition) <= queue.size;
  const isHopeless = (request: SlotRequest) => rateLimits.exhaustedUntil(request.partition) >= request.deadlineAt();

  function serve() {
    while (inFlight < concurrency && queue.size > 0) {
      const call = queue.take(isReady, isScarce);
      if (call === undefined) return sleepUntilReset();
      settle(call, createSlot(call.partition));
    }
  }

  function settle(call: WaitingCall, result: Slot | SlotRejection) {
    deadlines.remove(call);
    call.signal.removeEventListener('abort', call.onPassed);
    onLength(queue.size);
    call.resolve(result);
  }

  function reject(call: WaitingCall, rejection: SlotRejection) {
    if (queue.remove(call)) settle(call, rejection);
  }

  /** All waiting calls are blocked by their rate limits: continues when the first of these resets. */
  function sleepUntilReset() {
    let first = Number.POSITIVE_INFINITY;
    for (const call of queue.all()) first = Math.min(first, rateLimits.exhaustedUntil(call.partition));
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
    rejectHopeless();
  }

  function rejectHopeless() {
    for (const call of queue.all()) if (isHopeless(call)) reject(call, 'RATE_LIMITED');
  }

  /** False if the queue is full, and no waiting call has to make room for this caller. */
  function makeRoom(caller: string): boolean {
    if (queue.size < queueSize) return true;
    const evicted = queue.evictionFor(caller);
    if (evicted !== undefined) reject(evicted, 'FULL');
    return evicted !== undefined;
  }

  function wait(request: SlotRequest): Promise<Slot | SlotRejection> {
    return new Promise(resolve => {
      const onPassed = () => reject(call, 'LATE');
      const call: WaitingCall = { ...request, resolve, at: request.deadlineAt, onPassed, place: 0 };
      queue.add(call);
      onLength(queue.size);
      call.signal.addEventListener('abort', onPassed, { once: true });
      deadlines.add(call);
      if (inFlight < concurrency) wakeAt(Math.min(blockedUntil, rateLimits.exhaustedUntil(call.partition)));
    });
  }

  return {
    acquire(request) {
      if (request.signal.aborted || request.deadlineAt() <= now()) return 'LATE';
      if (queue.size > 0 && now() >= blockedUntil) wake();
      if (inFlight < concurrency && rateLimits.remaining(request.partition) > 0) return createSlot(request.partition);
      if (isHopeless(request)) return 'RATE_LIMITED';
      if (!request.isReturning && !makeRoom(request.caller)) return 'FULL';
      return wait(request);
    },
    reevaluate() {
      rejectHopeless();
      serve();
    },
    rejectAll() {
      for (const call of queue.all()) reject(call, 'STOPPED');
    },
    rejectRefused(partition) {
      for (const call of queue.all()) if (call.partition === partition) reject(call, 'REFUSED');
    },
    hasRoom: () => inFlight < concurrency && queue.size === 0,
  };
}
