import { createBulkhead, type SlotRejection } from '../../src/http-client/bulkhead.ts';
import { type CallEnding, createConcurrencyLimit } from '../../src/http-client/concurrency-limit.ts';
import type { Deadline, Deadlines } from '../../src/http-client/deadlines.ts';
import { createRateLimitTracker } from '../../src/http-client/rate-limit.ts';
import { createRecentLatency, lingerMs } from '../../src/http-client/recent-latency.ts';
import type { Slot } from '../../src/http-client/slots.ts';

export interface SimulatedCall {
  readonly caller: string;
  readonly isSmall: boolean;
  readonly at: number;
  readonly withinMs: number;
}

export interface Outcome extends SimulatedCall {
  readonly call: SimulatedCall;
  readonly sentAt?: number;
  readonly endedAt?: number;
  readonly ending?: CallEnding;
  readonly rejectedAt?: number;
  readonly reason?: SlotRejection['reason'];
  readonly retryAfterMs?: number | undefined;
}

export interface SimulatedUpstream {
  /** It serves so many at once and queues the rest. */
  readonly slots: number;
  readonly serviceMs: (at: number) => number;
  /** How a call ends that it has served. */
  readonly ending?: (at: number) => CallEnding;
}

export interface Simulation {
  readonly start?: number;
  readonly most: number;
  readonly timeoutMs?: number;
  readonly onLimit?: (at: number, limit: number) => void;
}

interface Event {
  readonly at: number;
  readonly run: () => void;
}

/**
 * The real queue and the real concurrency limit in front of an upstream whose times are known, all on one simulated
 * clock, so that hours pass in milliseconds and each decision can be judged.
 */
export async function simulate(
  calls: readonly SimulatedCall[],
  upstream: SimulatedUpstream,
  { start = 32, most, timeoutMs = 60_000, onLimit }: Simulation,
): Promise<Outcome[]> {
  let time = 0;
  const now = () => time;
  const events: Event[] = [];
  /** The latest first, so that the next one is at the end. */
  const schedule = (at: number, run: () => void) => {
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, { at, run });
  };
  const deadlines = createSimulatedDeadlines(now);
  const latency = createRecentLatency(now);
  const limit = createConcurrencyLimit({ start, most, timeoutMs, onChange: value => onLimit?.(time, value) });
  const rateLimits = createRateLimitTracker(now);
  const bulkhead = createBulkhead({
    ...{ limit, latency, rateLimits, deadlines: deadlines.list, timeoutMs, now, idleMs: now },
    replicas: () => 1,
    onLength: () => {},
  });
  const { signal } = new AbortController();
  const freeAt: number[] = Number.isFinite(upstream.slots) ? Array(upstream.slots).fill(0) : [];
  const outcomes: Outcome[] = [];

  /** The upstream serves in the order of arrival. A call that times out keeps its place there. */
  function send(call: SimulatedCall, slot: Slot) {
    const sentAt = time;
    const free = freeAt.length === 0 ? 0 : freeAt.indexOf(Math.min(...freeAt));
    const servedAt = Math.max(time, freeAt[free] ?? 0) + upstream.serviceMs(time);
    if (freeAt.length > 0) freeAt[free] = servedAt;
    const isInTime = servedAt - sentAt <= timeoutMs;
    const endedAt = isInTime ? servedAt : sentAt + timeoutMs;
    const letGoAt = () => Math.max(time, Math.min(servedAt, endedAt + lingerMs(latency, timeoutMs)));
    schedule(endedAt, () => {
      const ending = isInTime ? (upstream.ending?.(time) ?? 'ANSWERED') : 'TIMED_OUT';
      outcomes.push({ ...call, call, sentAt, endedAt, ending });
      slot.release(ending, isInTime ? undefined : new Promise(resolve => schedule(letGoAt(), resolve)));
    });
  }

  function settle(call: SimulatedCall, result: Slot | SlotRejection) {
    if ('reason' in result) outcomes.push({ ...call, call, rejectedAt: time, ...result });
    else send(call, result);
  }

  for (const call of calls) {
    schedule(call.at, () => {
      const { caller, isSmall, at, withinMs } = call;
      const deadlineAt = () => at + withinMs;
      const slot = bulkhead.acquire({ caller, isSmall, isReturning: false, partition: '', signal, deadlineAt });
      if (slot instanceof Promise) slot.then(acquired => settle(call, acquired));
      else settle(call, slot);
    });
  }
  while (outcomes.length < calls.length) {
    const next = events.at(-1);
    const passes = deadlines.nextAt();
    if (next === undefined && passes === undefined) throw new Error('a call has no outcome');
    time = Math.max(time, Math.min(next?.at ?? Number.POSITIVE_INFINITY, passes ?? Number.POSITIVE_INFINITY));
    if (next !== undefined && next.at <= time) {
      events.pop();
      next.run();
    } else deadlines.pass();
    await Promise.resolve();
  }
  return outcomes;
}

/** Deadlines that pass when the simulation says so, not on a timer. */
function createSimulatedDeadlines(now: () => number) {
  const waiting = new Set<Deadline>();
  const list: Deadlines = {
    add: deadline => void waiting.add(deadline),
    remove: deadline => waiting.delete(deadline),
    recheck() {},
  };
  return {
    list,
    nextAt(): number | undefined {
      let next: number | undefined;
      for (const { at } of waiting) next = Math.min(next ?? Number.POSITIVE_INFINITY, at());
      return next;
    },
    pass() {
      for (const deadline of [...waiting]) if (deadline.at() <= now() && waiting.delete(deadline)) deadline.onPassed();
    },
  };
}
