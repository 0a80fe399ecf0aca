import type { RateLimitFault } from './fault-kinds.ts';
import type { RateLimitState } from './faulty-answers.ts';

export interface RateWindows {
  /** Counts one request in the current window; `isSpent` if the limit was exhausted before. */
  take(id: string, fault: RateLimitFault): RateLimitState & { readonly isSpent: boolean };
}

/** Windows are aligned to the clock: one of 60 seconds begins with each full minute, whenever the fault was added. */
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
