import { LRUCache } from 'lru-cache';

/** What an answer told about the budget that its credential has left. */
export interface BudgetNews {
  readonly limit: number | undefined;
  readonly remaining: number;
  readonly resetInMs: number;
  /** Length of the window, if told. */
  readonly periodMs: number | undefined;
}

/**
 * What each credential may still ask before its window ends, so that a budget is known before it is spent. Kept apart
 * by credential: one caller's spent budget stops nobody else.
 */
export interface RateBudgets {
  observe(partition: string, news: BudgetNews): void;
  /** A good answer told nothing: a window that was only concluded from an earlier one is not believed any longer. */
  observeSilence(partition: string): void;
  /** Calls that may leave now; Infinity where nothing is known. */
  remaining(partition: string): number;
  /** When a spent budget returns, epoch milliseconds; 0 when it is not spent. */
  spentUntil(partition: string): number;
  began(partition: string): void;
  /** To be told once for each `began`; `isUnsent` gives back what was taken. */
  ended(partition: string, isUnsent?: boolean): void;
  /** For people to read. Without a partition: the only one that is known, or nothing. */
  told(partition?: string): { readonly remaining: number; readonly resetAt: number } | undefined;
}

interface Budget {
  inFlight: number;
  window: Window | undefined;
}

interface Window {
  readonly limit: number | undefined;
  remaining: number;
  resetAt: number;
  readonly periodMs: number;
  /** What we sent in this window: what was announced may not have counted calls that are still on their way. */
  sent: number;
  /** Concluded from the one before: no answer has told of it yet. */
  readonly isAssumed: boolean;
}

/** Callers bring their own keys, some of them invented: only so many are remembered. */
const partitionsKept = 2000;
/** Resets are told in whole seconds; two answers about one window differ by less than this. */
const sameWindowMs = 1500;
/** When to look again whether a call on its way has told of the budget. */
const newsWithinMs = 1000;

export function createRateBudgets(now: () => number): RateBudgets {
  const budgets = new LRUCache<string, Budget>({ max: partitionsKept });

  function known(partition: string): Window | undefined {
    const budget = budgets.get(partition);
    if (budget?.window === undefined) return undefined;
    budget.window = roll(budget.window, now());
    return budget.window;
  }

  function entry(partition: string): Budget {
    const budget = budgets.get(partition) ?? { inFlight: 0, window: undefined };
    budgets.set(partition, budget);
    return budget;
  }

  /**
   * Nobody has said that an assumed window is spent, and if all its calls failed nobody would ever say that it is not: one
   * at a time goes on to find out.
   */
  function remaining(partition: string): number {
    const window = known(partition);
    if (window === undefined) return Number.POSITIVE_INFINITY;
    const mayFindOut = window.isAssumed && budgets.get(partition)?.inFlight === 0;
    return mayFindOut ? Math.max(1, window.remaining) : window.remaining;
  }

  return {
    observe(partition, news) {
      const before = known(partition);
      const budget = entry(partition);
      budget.window = learn(before, news, budget.inFlight, now());
    },
    observeSilence(partition) {
      const budget = budgets.get(partition);
      if (budget !== undefined && known(partition)?.isAssumed) budget.window = undefined;
    },
    remaining,
    spentUntil(partition) {
      const window = known(partition);
      if (window === undefined || remaining(partition) > 0) return 0;
      // Whoever is on the way will tell more.
      return window.isAssumed ? Math.min(window.resetAt, now() + newsWithinMs) : window.resetAt;
    },
    began(partition) {
      const window = known(partition);
      entry(partition).inFlight += 1;
      if (window === undefined) return;
      window.sent += 1;
      window.remaining -= 1;
    },
    ended(partition, isUnsent = false) {
      const window = known(partition);
      const budget = entry(partition);
      budget.inFlight = Math.max(0, budget.inFlight - 1);
      if (window === undefined || !isUnsent) return;
      window.sent -= 1;
      window.remaining += 1;
    },
    told(partition) {
      const all = partition === undefined ? [...budgets.keys()] : [partition];
      const windows = all.map(known).filter(window => window !== undefined);
      const [only] = windows;
      if (only === undefined || windows.length > 1) return undefined;
      return { remaining: Math.max(0, only.remaining), resetAt: only.resetAt };
    },
  };
}

/** A window that has passed is followed by a full one if its size is known, and by the unknown if not. */
function roll(window: Window, now: number): Window | undefined {
  if (now < window.resetAt) return window;
  const { limit, periodMs } = window;
  if (limit === undefined) return undefined;
  const windowsPassed = Math.floor((now - window.resetAt) / periodMs) + 1;
  const resetAt = window.resetAt + windowsPassed * periodMs;
  return { limit, periodMs, remaining: limit, resetAt, sent: 0, isAssumed: true };
}

/** Never more than was announced, than we know to be unsent, or than we thought before: within a window it only falls. */
function learn(before: Window | undefined, news: BudgetNews, inFlight: number, now: number): Window {
  const resetAt = now + news.resetInMs;
  const isSame = before !== undefined && Math.abs(before.resetAt - resetAt) < sameWindowMs;
  const limit = news.limit ?? before?.limit;
  const sent = isSame ? before.sent : inFlight;
  const unsent = limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limit - sent);
  const ours = isSame ? before.remaining : Number.POSITIVE_INFINITY;
  const periodMs = Math.max(news.periodMs ?? before?.periodMs ?? 0, news.resetInMs, 1000);
  return { limit, remaining: Math.min(news.remaining, unsent, ours), resetAt, periodMs, sent, isAssumed: false };
}
