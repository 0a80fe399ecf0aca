import type { Policy } from './policy.ts';
import { createRollingCount } from './rolling-count.ts';

/**
 * Limits the retries of all calls together to a share of the window's successes (a half, and always at least three in the
 * window). While a part of the calls fails, that is enough to try nearly all of them again. While all fail, there are
 * next to none: three attempts for each of a thousand calls would treble the load on an upstream that is down.
 */
export function createRetryBudget(policy: Policy, now: () => number) {
  const counts = createRollingCount(policy.retryWindowMs, now);
  return {
    /** An attempt succeeded. */
    earn: () => counts.add('all'),
    /** Takes one retry; false if none is left. */
    take(): boolean {
      const allowed = Math.max(policy.retryFloor, counts.count('all') * policy.retryShare);
      if (counts.count('some') + 1 > allowed) return false;
      counts.add('some');
      return true;
    },
  };
}
