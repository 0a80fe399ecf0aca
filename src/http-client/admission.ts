import type { SourceLabel } from '../domain/source-report.ts';
import type { Breaker, Pass } from './circuit-breaker.ts';
import type { CallOptions } from './client.ts';
import type { UpstreamError } from './errors.ts';
import type { Line, Place, Refusal } from './line.ts';
import type { RateBudgets } from './rate-limit.ts';
import { fail } from './status.ts';

/** Leave to send one attempt: a place among the concurrent ones, and the breaker's pass. */
export interface Turn {
  /** Ends it, once. The breaker hears first, so that nobody is let in by a circuit that is about to open. */
  end(how: keyof Pass, isUnsent?: boolean): void;
}

export interface Gate {
  /** At once where there is room, else when it is this call's turn; or why not. */
  enter(call: CallOptions, isReturning: boolean): Turn | UpstreamError | Promise<Turn | UpstreamError>;
  /** The circuit is not closed. */
  closedFor(): UpstreamError;
}

export interface GateOptions {
  readonly source: SourceLabel;
  readonly breaker: Breaker;
  readonly line: Line;
  readonly budgets: RateBudgets;
  readonly now: () => number;
  readonly onFull: () => void;
}

export function createGate({ source, breaker, line, budgets, now, onFull }: GateOptions): Gate {
  const late = () => fail(source, 'TIMED_OUT', { neverSent: true }, 'was not asked: no time was left');
  const closedFor = () => fail(source, 'UNAVAILABLE', { retryAfterMs: breaker.refusesForMs() });

  function refused(refusal: Refusal, partition: string): UpstreamError {
    if (refusal === 'LATE') return late();
    if (refusal === 'STOPPED') return closedFor();
    if (refusal === 'FULL') onFull();
    const budgetInMs = budgets.spentUntil(partition) - now();
    if (budgetInMs > 0) return fail(source, 'RATE_LIMITED', { retryAfterMs: budgetInMs });
    return fail(source, 'UNAVAILABLE', {}, 'was not asked: too many calls are waiting');
  }

  function admit(call: CallOptions, place: Place | Refusal): Turn | UpstreamError {
    if (typeof place === 'string') return refused(place, call.partition);
    const isLate = call.signal.aborted || call.deadlineAt() <= now();
    const pass = isLate ? undefined : breaker.admit();
    if (pass === undefined) {
      place.leave(true);
      return isLate ? late() : closedFor();
    }
    return {
      end(how, isUnsent) {
        pass[how]();
        place.leave(isUnsent);
      },
    };
  }

  return {
    closedFor,
    enter(call, isReturning) {
      if (breaker.refusesForMs() > 0) return closedFor();
      const { caller, partition, isSmall, signal, deadlineAt } = call;
      const place = line.enter({ caller, partition, isSmall, signal, deadlineAt, isReturning });
      return place instanceof Promise ? place.then(given => admit(call, given)) : admit(call, place);
    },
  };
}
