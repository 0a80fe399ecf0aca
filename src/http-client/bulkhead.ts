import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { type Deadline, type Deadlines, longestTimerMs } from './deadlines.ts';
import { createFairQueue, type QueuedCall } from './fair-queue.ts';
import { createForecast } from './forecast.ts';
import type { RateLimitTracker } from './rate-limit.ts';
import type { RecentLatency } from './recent-latency.ts';
import { createSlots, type Slot } from './slots.ts';

/** A call that needs a slot. */
interface SlotRequest extends QueuedCall {
  /** Whose rate limit it uses. */
  readonly partition: string;
  readonly signal: AbortSignal;
  /** Monotonic; may move to later. */
  readonly deadlineAt: () => number;
}

/**
 * Why there is no slot. `LATE`: the caller has gone, or less time is left than calls lately take. `OVERLOADED`: too many
 * calls go first. `RATE_LIMITED`: its turn within the rate limit comes after the deadline. `STOPPED`: all waiting calls
 * were rejected. `REFUSED`: those of its partition were.
 */
export interface SlotRejection {
  readonly reason: 'LATE' | 'OVERLOADED' | 'RATE_LIMITED' | 'STOPPED' | 'REFUSED';
  /** When there may be room, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/**
 * Limits the concurrent calls to an upstream. Further calls wait in a fair queue, each until its rate limit allows it.
 * What cannot be answered before its deadline is rejected: at once where that follows from the latency of late and
 * the calls ahead, otherwise as soon as less time is left than a call takes. Nothing is sent that would be late.
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
  readonly limit: ConcurrencyLimit;
  readonly latency: RecentLatency;
  readonly rateLimits: RateLimitTracker;
  /** How many replicas share the slots; 1 where each has its own. */
  readonly replicas: () => number;
  readonly deadlines: Deadlines;
  /** Of one call. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** The time that this process has spent waiting for events, in milliseconds. */
  readonly idleMs: () => number;
  readonly onLength: (waiting: number) => void;
}

interface WaitingCall extends SlotRequest, Deadline {
  /** How many calls the upstream had answered when it began to wait. */
  readonly answeredBefore: number;
  readonly resolve: (result: Slot | SlotRejection) => void;
}

/** Spreads the calls of several replicas after a reset. */
const resetJitterMs = 50;

export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { limit, latency, rateLimits, replicas, deadlines, timeoutMs, now, idleMs, onLength } = options;
  const forecast = createForecast({ latency, timeoutMs, now });
  const queue = createFairQueue<WaitingCall>();
  const share = (of: number): number => Math.max(1, Math.ceil(of / replicas()));
  const slots = createSlots({ limit, rateLimits, share, now, idleMs, onLatency: noteLatency, onRoom: serve });
  const lastRejected = createLastRejected();
  let resetTimer: NodeJS.Timeout | undefined;
  /** Until then, no waiting call can be sent because of its rate limit; infinite while that is not why they wait. */
  let blockedUntil = Number.POSITIVE_INFINITY;

  /** When calls take longer, some that wait are too late now. */
  function noteLatency(tookMs: number) {
    const before = forecast.enoughMs();
    latency.add(tookMs);
    if (queue.size > 0 && forecast.enoughMs() > before * 1.1) deadlines.recheck();
  }

  const isReady = (call: WaitingCall) => rateLimits.remaining(call.partition) > 0;
  const isTooLate = (deadlineAt: number) => !slots.areAllFree() && forecast.isTooLate(deadlineAt);
  const overloaded = (): SlotRejection => ({
    reason: 'OVERLOADED',
    retryAfterMs: forecast.retryAfterMs(queue.size, share(limit.current())),
  });

  const isOver = ({ signal, deadlineAt }: SlotRequest) => signal.aborted || deadlineAt() <= now();

  /** When its turn comes within the rate limit, monotonic; 0: now. */
  function turnWithinLimit(request: SlotRequest): number {
    const { partition } = request;
    if (rateLimits.remaining(partition) > queue.size) return 0;
    let ahead = 0;
    const isOfPartition = (call: WaitingCall) => call.partition === partition;
    for (const _ of queue.before(request, isOfPartition)) ahead += 1;
    return rateLimits.availableAt(partition, ahead);
  }

  const fits = (request: SlotRequest) =>
    forecast.isInTime({
      deadlineAt: request.deadlineAt(),
      waiting: queue.size,
      ahead: stays => queue.before(request, stays),
      slots: share(limit.reachable()),
      startedAt: slots.startedAt,
    });

  function serve() {
    lastRejected.forget();
    while (slots.isFree() && queue.size > 0) {
      const call = queue.take(isReady);
      if (call === undefined) return sleepUntilReset();
      settle(call, isOver(call) || isTooLate(call.deadlineAt()) ? lateness(call) : slots.take(call.partition));
    }
  }

  function settle(call: WaitingCall, result: Slot | SlotRejection) {
    lastRejected.forget();
    deadlines.remove(call);
    call.signal.removeEventListener('abort', call.onPassed);
    onLength(queue.size);
    call.resolve(result);
  }

  function reject(call: WaitingCall, rejection: SlotRejection) {
    if (queue.remove(call)) settle(call, rejection);
  }

  /** Where no call was answered while it waited, the upstream is slow; otherwise there were too many calls. */
  function lateness(call: WaitingCall): SlotRejection {
    if (call.signal.aborted || slots.answered() === call.answeredBefore) return { reason: 'LATE' };
    const resetAt = rateLimits.exhaustedUntil(call.partition);
    return resetAt > 0 ? { reason: 'RATE_LIMITED', retryAfterMs: resetAt - now() } : overloaded();
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
    for (const call of queue.all()) {
      const resetAt = rateLimits.exhaustedUntil(call.partition);
      if (resetAt >= call.deadlineAt()) reject(call, { reason: 'RATE_LIMITED', retryAfterMs: resetAt - now() });
    }
  }

  function wait(request: SlotRequest): Promise<Slot | SlotRejection> {
    return new Promise(resolve => {
      const call: WaitingCall = {
        ...request,
        resolve,
        answeredBefore: slots.answered(),
        at: () => request.deadlineAt() - forecast.enoughMs(),
        onPassed: () => reject(call, lateness(call)),
        place: 0,
      };
      queue.add(call);
      onLength(queue.size);
      call.signal.addEventListener('abort', call.onPassed, { once: true });
      deadlines.add(call);
      if (slots.isFree()) wakeAt(Math.min(blockedUntil, rateLimits.exhaustedUntil(call.partition)));
    });
  }

  /** Undefined: it may wait. */
  function rejectionOf(request: SlotRequest): SlotRejection | undefined {
    const deadlineAt = request.deadlineAt();
    const allowedAt = turnWithinLimit(request);
    if (allowedAt >= deadlineAt) return { reason: 'RATE_LIMITED', retryAfterMs: allowedAt - now() };
    return request.isReturning || fits(request) ? undefined : overloaded();
  }

  return {
    acquire(request) {
      if (isOver(request) || isTooLate(request.deadlineAt())) return { reason: 'LATE' };
      if (queue.size > 0 && now() >= blockedUntil) wake();
      if (slots.isFree() && rateLimits.remaining(request.partition) > 0) return slots.take(request.partition);
      const known = request.isReturning ? undefined : lastRejected.rejectionOf(request);
      if (known !== undefined) return known;
      const rejection = rejectionOf(request);
      if (rejection === undefined) return wait(request);
      if (queue.size > 0) lastRejected.note(request, rejection);
      return rejection;
    },
    reevaluate() {
      rejectHopeless();
      serve();
    },
    rejectAll() {
      for (const call of queue.all()) reject(call, { reason: 'STOPPED' });
    },
    rejectRefused(partition) {
      for (const call of queue.all()) if (call.partition === partition) reject(call, { reason: 'REFUSED' });
    },
    hasRoom: () => slots.isFree() && queue.size === 0,
  };
}

/**
 * Of the calls of a large operation only the first looks through a long queue, because the others come later still: as long
 * as nothing has left the queue, and no slot came free.
 */
function createLastRejected() {
  let last:
    | { readonly request: SlotRequest; readonly deadlineAt: number; readonly rejection: SlotRejection }
    | undefined;
  return {
    rejectionOf({ caller, partition, isSmall, deadlineAt }: SlotRequest): SlotRejection | undefined {
      if (last?.request.caller !== caller || last.request.partition !== partition) return undefined;
      return last.request.isSmall === isSmall && deadlineAt() <= last.deadlineAt ? last.rejection : undefined;
    },
    note(request: SlotRequest, rejection: SlotRejection) {
      last = { request, deadlineAt: request.deadlineAt(), rejection };
    },
    forget() {
      last = undefined;
    },
  };
}
