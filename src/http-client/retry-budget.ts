import type { Policy } from './policy.ts';
import { createRollingCount } from './rolling-count.ts';

/**
 * Limits the retries of all calls together to a share of the first attempts (a fifth, and at least three in the
 * window). Three attempts for each of a thousand calls would treble the load on an upstream that is already failing.
 */
export function createRetryBudget(policy: Policy, now: () => number) {
  const attempts = createRollingCount(policy.retryWindowMs, now);
  return {
    /** A first attempt was sent. */
    earn: () => attempts.add('all'),
    /** Takes one retry; false if none is left. */
    take(): boolean {
      const allowed = Math.max(policy.retryFloor, attempts.count('all') * policy.retryShare);
      if (attempts.count('some') + 1 > allowed) return false;
      attempts.add('some');
      return true;
    },
  };
}
