import type { Policy } from './policy.ts';
import { createWindow } from './rolling-count.ts';

/**
 * Retries of all callers together stay a fifth of the traffic (at least three in the window): each call may look
 * harmless with three attempts, a thousand of them would treble the load of an upstream that is already down.
 */
export interface RetryBudget {
  /** A first attempt was sent. */
  earn(): void;
  /** Takes one retry, if there is one. */
  take(): boolean;
}

export function createRetryBudget(policy: Policy, now: () => number): RetryBudget {
  const window = createWindow(policy.retryWindowMs, now);
  return {
    earn: () => window.add('all'),
    take() {
      const allowed = Math.max(policy.retryFloor, window.count('all') * policy.retryShare);
      if (window.count('some') + 1 > allowed) return false;
      window.add('some');
      return true;
    },
  };
}
