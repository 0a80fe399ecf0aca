import type { SourceLabel } from '../domain/source-report.ts';
import type { Bulkhead, Slot, SlotRejection } from './bulkhead.ts';
import type { BreakerOutcome, CircuitBreaker } from './circuit-breaker.ts';
import type { UpstreamError } from './errors.ts';
import type { RateLimitTracker } from './rate-limit.ts';
import type { Refusals } from './refusals.ts';
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
  readonly bulkhead: Bulkhead;
  readonly rateLimits: RateLimitTracker;
  readonly refusals: Refusals;
  readonly now: () => number;
  readonly onFull: () => void;
}

export function createAdmission(options: AdmissionOptions) {
  const { source, breaker, bulkhead, rateLimits, refusals, now, onFull } = options;
  const lateError = () =>
    createUpstreamError(source, 'TIMED_OUT', { neverSent: true }, 'was not asked: no time was left');
  /** What a call is rejected with while the circuit is not closed. */
  const circuitOpenError = () => createUpstreamError(source, 'UNAVAILABLE', { retryAfterMs: breaker.rejectsForMs() });

  function errorFor(rejection: SlotRejection, partition: string): UpstreamError {
    if (rejection === 'LATE') return lateError();
    if (rejection === 'STOPPED') return circuitOpenError();
    if (rejection === 'REFUSED') return refusals.errorOf(partition) ?? createUpstreamError(source, 'DENIED');
    if (rejection === 'FULL') onFull();
    const retryAfterMs = rateLimits.exhaustedUntil(partition) - now();
    if (retryAfterMs > 0) return createUpstreamError(source, 'RATE_LIMITED', { retryAfterMs });
    return createUpstreamError(source, 'UNAVAILABLE', {}, 'was not asked: too many calls are waiting');
  }

  function admit(call: CallOptions, slot: Slot | SlotRejection): AdmissionPermit | UpstreamError {
    if (typeof slot === 'string') return errorFor(slot, call.partition);
    const isLate = call.signal.aborted || call.deadlineAt() <= now();
    const breakerPermit = isLate ? undefined : breaker.admit();
    if (breakerPermit === undefined) {
      slot.release(true);
      return isLate ? lateError() : circuitOpenError();
    }
    return {
      release(outcome, isUnsent) {
        // The breaker first: freeing the slot lets the next call in, which must see a circuit that this outcome opens.
        breakerPermit[outcome]();
        slot.release(isUnsent);
      },
    };
  }

  return {
    circuitOpenError,
    /** A permit or the reason why there is none: at once if a slot is free, otherwise after waiting in the queue. */
    acquire(call: CallOptions, isReturning: boolean) {
      if (breaker.rejectsForMs() > 0) return circuitOpenError();
      const { caller, partition, isSmall, signal, deadlineAt } = call;
      const slot = bulkhead.acquire({ caller, partition, isSmall, signal, deadlineAt, isReturning });
      return slot instanceof Promise ? slot.then(acquired => admit(call, acquired)) : admit(call, slot);
    },
  };
}
