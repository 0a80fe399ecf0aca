import type { CircuitBreaker } from '../../http-client/circuit-breaker.ts';

export type GuardedResult<T> =
  | { readonly value: T }
  | { readonly failure: 'timeout' | 'rejected' }
  | { readonly failure: 'error'; readonly error: unknown };

export interface TimeoutGuard {
  /**
   * Settles within `deadlineMs` whatever `work` does, and never rejects. "rejected" means that `work` did not run.
   * After a timeout `work` still runs to its end, and may use what it gets. No option of the library does this:
   * node-redis drops the timeout of a command as soon as the command is written, and a hung Redis still accepts writes.
   */
  run<T>(work: () => Promise<T>, deadlineMs: number): Promise<GuardedResult<T>>;
}

export interface TimeoutGuardOptions {
  readonly isReady: () => boolean;
  readonly breaker: CircuitBreaker;
  /** Unanswered commands at a time, those that timed out included. */
  readonly maxInFlight: number;
  /** Called before the circuit hears of a failure; undefined: a timeout. */
  onFailure?(error: unknown): void;
}

export function createTimeoutGuard({ isReady, breaker, maxInFlight, onFailure }: TimeoutGuardOptions): TimeoutGuard {
  let inFlight = 0;

  async function attempt<T>(work: () => Promise<T>): Promise<GuardedResult<T>> {
    inFlight += 1;
    try {
      return { value: await work() };
    } catch (error) {
      return { failure: 'error', error };
    } finally {
      inFlight -= 1;
    }
  }

  return {
    async run(work, deadlineMs) {
      const permit = isReady() && inFlight < maxInFlight ? breaker.admit() : undefined;
      if (permit === undefined) return { failure: 'rejected' };
      const result = (await within(deadlineMs, attempt(work))) ?? timeout;
      if ('value' in result) permit.succeeded();
      // An error may only say that the connection is gone.
      else if (result === timeout || isReady()) {
        onFailure?.('error' in result ? result.error : undefined);
        permit.failed();
      } else permit.released();
      return result;
    },
  };
}

const timeout = { failure: 'timeout' } as const;

function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise(resolve => {
    // setImmediate reads the sockets once more: if this process was busy, the answer has arrived and is only unread.
    const timer = setTimeout(() => setImmediate(resolve, undefined), milliseconds);
    work.then(value => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
