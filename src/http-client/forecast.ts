import type { RecentLatency } from './recent-latency.ts';

export interface ForecastOptions {
  readonly latency: RecentLatency;
  /** Of one call. */
  readonly timeoutMs: number;
  readonly now: () => number;
}

interface CallAhead {
  readonly deadlineAt: () => number;
}

interface NewCall {
  /** Monotonic. */
  readonly deadlineAt: number;
  readonly waiting: number;
  /** The waiting calls that go before it, in their order, but for those that have left the queue when it is their turn. */
  readonly ahead: (stays: (call: CallAhead) => boolean) => Iterable<unknown>;
  readonly slots: number;
  /** When the calls under way started, the oldest first. */
  readonly startedAt: () => readonly number[];
}

const shareOfTimeout = 0.9;
/** The least and the most that a rejected call is asked to wait. */
const retryAfterRangeMs = [1000, 60_000] as const;

/** What becomes of a call if calls go on as they lately did: docs/decisions/queue.md. Where nothing is known, it is in time. */
export function createForecast({ latency, timeoutMs, now }: ForecastOptions) {
  /**
   * Nine calls of ten take no longer, in milliseconds; of fewer than ten, half of them; 0 if nothing is known. Always less
   * than a whole timeout, which a deadline as short as that leaves to nobody.
   */
  const enoughMs = () =>
    Math.min(latency.percentile(0.9, 10) ?? latency.percentile(0.5) ?? 0, timeoutMs * shareOfTimeout);

  return {
    enoughMs,
    /** Less time is left than a call takes. */
    isTooLate: (deadlineAt: number): boolean => deadlineAt - now() < enoughMs(),
    /**
     * Whether a new call can still be answered in time: each call that goes first takes the slot that comes free first,
     * unless it would itself be too late by then.
     */
    isInTime({ deadlineAt, waiting, ahead, slots, startedAt }: NewCall): boolean {
      const callMs = latency.percentile(0.5);
      if (callMs === undefined) return true;
      const time = now();
      if (time + (Math.floor(waiting / slots) + 2) * callMs <= deadlineAt) return true;
      // All calls take the same time, so the slots come free in the order in which they were taken.
      const takenUntil = startedAt().map(at => at + callMs);
      const freeAt = [...Array<number>(Math.max(0, slots - takenUntil.length)).fill(time), ...takenUntil];
      let served = 0;
      const nextEndsAt = () => Math.max(time, freeAt[served] ?? time) + callMs;
      for (const _ of ahead(call => nextEndsAt() <= call.deadlineAt())) {
        if (nextEndsAt() > deadlineAt) return false;
        freeAt.push(nextEndsAt());
        served += 1;
      }
      return nextEndsAt() <= deadlineAt;
    },
    /** When a rejected call may find room, in milliseconds from now. */
    retryAfterMs(waiting: number, slots: number): number {
      const [least, most] = retryAfterRangeMs;
      return Math.min(most, Math.max(least, (waiting / slots) * (latency.percentile(0.5) ?? 0)));
    },
  };
}
