import type { RateLimitFault } from './fault-kinds.ts';
import type { RateLimitState } from './faulty-answers.ts';

export interface RateWindows {
  /** Takes one request out of the current window; `isSpent` when there was none left to take. */
  take(id: string, fault: RateLimitFault): RateLimitState & { readonly isSpent: boolean };
}

/** Windows are aligned to the calendar: one of 60 seconds begins with each full minute, whenever it was switched on. */
export function createRateWindows(now: () => number): RateWindows {
  const used = new Map<string, { window: number; count: number }>();
  return {
    take: (id, fault) => {
      const seconds = now() / 1000;
      const window = Math.floor(seconds / fault.periodSeconds);
      const last = used.get(id);
      const count = last?.window === window ? last.count + 1 : 1;
      used.set(id, { window, count });
      return {
        limit: fault.limit,
        period: fault.periodSeconds,
        remaining: Math.max(0, fault.limit - count),
        reset: Math.ceil((window + 1) * fault.periodSeconds - seconds),
        name: fault.name,
        isSpent: count > fault.limit,
      };
    },
  };
}
