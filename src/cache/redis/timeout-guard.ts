import type { Breaker } from '../../http-client/circuit-breaker.ts';

type Outcome<T> = { readonly value: T } | { readonly failure: 'timeout' | 'error' | 'shut' };

export interface Guard {
  /**
   * Settles within `deadlineMs` whatever `work` does, and never rejects. "shut": not asked at all. What answers too late
   * has still run: `work` may make use of it. No library option does this: node-redis drops a command's timeout as soon
   * as the command is written, and a hung Redis takes writes.
   */
  run<T>(work: () => Promise<T>, deadlineMs: number): Promise<Outcome<T>>;
  /** Nothing would be asked now. */
  isShut(): boolean;
}

export interface GuardOptions {
  readonly isReady: () => boolean;
  readonly breaker: Breaker;
  /** Unanswered at once, those given up included. */
  readonly maxUnderWay: number;
}

export function createGuard({ isReady, breaker, maxUnderWay }: GuardOptions): Guard {
  let underWay = 0;
  const isShut = () => !isReady() || underWay >= maxUnderWay;

  async function attempt<T>(work: () => Promise<T>): Promise<Outcome<T>> {
    underWay += 1;
    try {
      return { value: await work() };
    } catch {
      return { failure: 'error' };
    } finally {
      underWay -= 1;
    }
  }

  return {
    isShut,
    async run(work, deadlineMs) {
      const pass = isShut() ? undefined : breaker.admit();
      if (pass === undefined) return { failure: 'shut' };
      const outcome = (await within(deadlineMs, attempt(work))) ?? timeout;
      if (outcome === timeout) pass.failed();
      // An error is an answer too, unless it only says that the connection is gone.
      else if (isReady()) pass.succeeded();
      else pass.released();
      return outcome;
    },
  };
}

const timeout = { failure: 'timeout' } as const;

function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise(resolve => {
    // One look at the sockets more: when it was we who were busy, the answer is there and only unread.
    const timer = setTimeout(() => setImmediate(resolve, undefined), milliseconds);
    work.then(value => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
