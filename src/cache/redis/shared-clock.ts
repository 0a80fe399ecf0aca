import type { Clock } from '../../clock.ts';

/** The clock of Redis, by which all replicas date their rows, because their own may differ. */
export interface SharedClock {
  /** Epoch milliseconds of Redis; of this machine until Redis has answered, and where it may not be asked. */
  now(): number;
  /** Asks Redis, unless it was asked a moment ago. Rejects when Redis does not answer. */
  adjust(): Promise<void>;
}

/** Redis's clock may be set anew, or belong to another machine after a failover. */
const adjustEveryMs = 10_000;

/** What took longer, because Redis or this very process stood still, is wrong by up to half of it: the last reading is better. */
const longestMs = 500;

/** `readTime`: what `TIME` answers, seconds and microseconds. */
export function createSharedClock(
  readTime: () => Promise<readonly unknown[]>,
  { wall, monotonic }: Clock,
): SharedClock {
  let ahead: number | undefined;
  let adjustAt = Number.NEGATIVE_INFINITY;
  return {
    now: () => (ahead === undefined ? wall() : monotonic() + ahead),
    async adjust() {
      const askedAt = monotonic();
      if (askedAt < adjustAt) return;
      const [seconds, micros] = await readTime();
      const answeredAt = monotonic();
      const time = Number(seconds) * 1000 + Number(micros) / 1000;
      const isLate = answeredAt - askedAt > longestMs;
      if (!Number.isFinite(time) || (isLate && ahead !== undefined)) return;
      ahead = time - (askedAt + answeredAt) / 2;
      if (!isLate) adjustAt = askedAt + adjustEveryMs;
    },
  };
}
