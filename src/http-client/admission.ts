import type { SourceLabel } from '../domain/source-report.ts';
import type { BreakerOutcome, CircuitBreaker } from './circuit-breaker.ts';
import type { UpstreamError } from './errors.ts';
import type { Line, Place, Refusal } from './line.ts';
import type { RateLimitTracker } from './rate-limit.ts';
import { createUpstreamError } from './status.ts';
import type { CallOptions } from './upstream.ts';

/** Allows one attempt: a slot among the concurrent ones, and a permit of the circuit breaker. */
export interface AdmissionPermit {
  /** To be called once, when the attempt has ended. `isUnsent`: nothing was sent, so it does not count as a call. */
  release(outcome: BreakerOutcome, isUnsent?: boolean): void;
}

export type Admission = ReturnType<typeof createAdmission>;

export interface AdmissionOptions {
  readonly source: SourceLabel;
  readonly breaker: CircuitBreaker;
  readonly line: Line;
  readonly rateLimits: RateLimitTracker;
  readonly now: () => number;
  readonly onFull: () => void;
}

export function createAdmission({ source, breaker, line, rateLimits, now, onFull }: AdmissionOptions) {
  const lateError = () =>
    createUpstreamError(source, 'TIMED_OUT', { neverSent: true }, 'was not asked: no time was left');
  /** What a call is rejected with while the circuit is not closed. */
  const circuitOpenError = () => createUpstreamError(source, 'UNAVAILABLE', { retryAfterMs: breaker.rejectsForMs() });

  function errorFor(refusal: Refusal, partition: string): UpstreamError {
    if (refusal === 'LATE') return lateError();
    if (refusal === 'STOPPED') return circuitOpenError();
    if (refusal === 'FULL') onFull();
    const retryAfterMs = rateLimits.exhaustedUntil(partition) - now();
    if (retryAfterMs > 0) return createUpstreamError(source, 'RATE_LIMITED', { retryAfterMs });
    return createUpstreamError(source, 'UNAVAILABLE', {}, 'was not asked: too many calls are waiting');
  }

  function admit(call: CallOptions, place: Place | Refusal): AdmissionPermit | UpstreamError {
    if (typeof place === 'string') return errorFor(place, call.partition);
    const isLate = call.signal.aborted || call.deadlineAt() <= now();
    const breakerPermit = isLate ? undefined : breaker.admit();
    if (breakerPermit === undefined) {
      place.leave(true);
      return isLate ? lateError() : circuitOpenError();
    }
    return {
      release(outcome, isUnsent) {
        // The breaker first: freeing the slot lets the next call in, which must see a circuit that this outcome opens.
        breakerPermit[outcome]();
        place.leave(isUnsent);
      },
    };
  }

  return {
    circuitOpenError,
    /** A permit or the reason why there is none: at once if a slot is free, otherwise after waiting in the queue. */
    acquire(call: CallOptions, isReturning: boolean) {
      if (breaker.rejectsForMs() > 0) return circuitOpenError();
      const { caller, partition, isSmall, signal, deadlineAt } = call;
      const place = line.enter({ caller, partition, isSmall, signal, deadlineAt, isReturning });
      return place instanceof Promise ? place.then(given => admit(call, given)) : admit(call, place);
    },
  };
}
