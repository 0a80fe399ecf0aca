import type { CallEnding, ConcurrencyLimit } from './concurrency-limit.ts';
import { createLastIdle } from './last-idle.ts';
import type { RateLimitTracker } from './rate-limit.ts';

export interface Slot {
  /**
   * To be called when the call has ended, with what was learnt; `UNSENT`: the rate limit is given it back. A call that
   * timed out keeps its slot until the upstream has let go of it, so that what is sent next does not add to its load.
   */
  release(ending: CallEnding | 'UNSENT', letGo?: Promise<void>): void;
}

export interface SlotsOptions {
  readonly limit: ConcurrencyLimit;
  readonly rateLimits: RateLimitTracker;
  /** This replica's part of so many. */
  readonly share: (of: number) => number;
  readonly now: () => number;
  /** The time that this process has spent waiting for events, in milliseconds. */
  readonly idleMs: () => number;
  readonly onLatency: (tookMs: number) => void;
  /** There may be room for others: a slot is free, or the limit has grown. */
  readonly onRoom: () => void;
}

/** The calls under way, as many as the limit allows, and what the limit learns from them. */
export function createSlots({ limit, rateLimits, share, now, idleMs, onLatency, onRoom }: SlotsOptions) {
  const most = () => share(limit.current());
  const lastIdleAt = createLastIdle(now, idleMs);
  /** In the order in which they were taken. */
  const taken = new Set<{ readonly startedAt: number }>();
  let answered = 0;

  function take(partition: string): Slot {
    const place = { startedAt: now() };
    lastIdleAt();
    const round = limit.callStarted();
    let isTaken = true;
    taken.add(place);
    rateLimits.callStarted(partition);

    function learn(ending: CallEnding) {
      const tookMs = now() - place.startedAt;
      if (ending === 'ANSWERED' || ending === 'TIMED_OUT') onLatency(tookMs);
      if (ending === 'ANSWERED' || ending === 'FAILED' || ending === 'RATE_LIMITED') answered += 1;
      const waitedMs = Math.max(0, lastIdleAt() - place.startedAt);
      limit.callEnded({ round, ending, tookMs, waitedMs, isFull: taken.size >= most() });
    }

    function free(isUnsent: boolean) {
      taken.delete(place);
      rateLimits.callEnded(partition, isUnsent);
      onRoom();
    }

    return {
      release(ending, letGo) {
        if (!isTaken) return;
        isTaken = false;
        learn(ending === 'UNSENT' ? 'UNKNOWN' : ending);
        if (letGo === undefined) return free(ending === 'UNSENT');
        letGo.then(() => free(false));
        onRoom();
      },
    };
  }

  return {
    take,
    isFree: () => taken.size < most(),
    areAllFree: () => taken.size === 0,
    /** When the calls under way started, the oldest first. */
    startedAt: () => Array.from(taken, ({ startedAt }) => startedAt),
    /** How many calls the upstream has answered. */
    answered: () => answered,
  };
}
