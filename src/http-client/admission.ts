import type { SourceLabel } from '../domain/source-report.ts';
import type { RefusalReason } from '../observability/metrics.ts';
import type { Bulkhead, SlotRejection } from './bulkhead.ts';
import type { BreakerOutcome, CircuitBreaker } from './circuit-breaker.ts';
import type { CallEnding } from './concurrency-limit.ts';
import type { UpstreamError } from './errors.ts';
import type { Refusals } from './refusals.ts';
import type { Slot } from './slots.ts';
import { createUpstreamError } from './status.ts';
import type { CallOptions } from './upstream.ts';

/** Allows one attempt: a slot among the concurrent ones, and a permit of the circuit breaker. */
export interface AdmissionPermit {
  /** To be called once, when the attempt has ended, with what the circuit and the concurrency learn from it. */
  release(outcome: BreakerOutcome, ending: CallEnding, letGo: Promise<void> | undefined): void;
  /** Nothing was sent, so it does not count as a call. */
  cancel(): void;
}

export type Admission = ReturnType<typeof createAdmission>;

export interface AdmissionOptions {
  readonly source: SourceLabel;
  readonly breaker: CircuitBreaker;
  readonly bulkhead: Bulkhead;
  readonly refusals: Refusals;
  readonly now: () => number;
  readonly onRefused: (reason: RefusalReason) => void;
}

export function createAdmission(options: AdmissionOptions) {
  const { source, breaker, bulkhead, refusals, now, onRefused } = options;
  /** What a call is rejected with while the circuit is not closed. */
  const circuitOpenError = () => createUpstreamError(source, 'UNAVAILABLE', { retryAfterMs: breaker.rejectsForMs() });

  /** By reason: the error, and the label under which it is counted. */
  const rejections: Readonly<Record<SlotRejection['reason'], RefusalReason>> = {
    LATE: 'late',
    OVERLOADED: 'overloaded',
    RATE_LIMITED: 'rate_limit',
    STOPPED: 'circuit',
    REFUSED: 'credential',
  };

  function errorFor({ reason, retryAfterMs }: SlotRejection, partition: string): UpstreamError {
    onRefused(rejections[reason]);
    switch (reason) {
      case 'LATE':
        return createUpstreamError(source, 'TIMED_OUT', { neverSent: true }, 'was not asked: no time was left');
      case 'OVERLOADED':
      case 'RATE_LIMITED':
        return createUpstreamError(source, reason, { retryAfterMs, neverSent: true });
      case 'STOPPED':
        return circuitOpenError();
      case 'REFUSED':
        return refusals.errorOf(partition) ?? createUpstreamError(source, 'DENIED');
    }
  }

  function admit(call: CallOptions, slot: Slot | SlotRejection): AdmissionPermit | UpstreamError {
    if ('reason' in slot) return errorFor(slot, call.partition);
    const isLate = call.signal.aborted || call.deadlineAt() <= now();
    const breakerPermit = isLate ? undefined : breaker.admit();
    if (breakerPermit === undefined) {
      slot.release('UNSENT');
      return errorFor({ reason: isLate ? 'LATE' : 'STOPPED' }, call.partition);
    }
    return {
      release(outcome, ending, letGo) {
        // The breaker first: freeing the slot lets the next call in, which must see a circuit that this outcome opens.
        breakerPermit[outcome]();
        slot.release(ending, letGo);
      },
      cancel() {
        breakerPermit.released();
        slot.release('UNSENT');
      },
    };
  }

  return {
    circuitOpenError,
    /** A permit or the reason why there is none: at once if a slot is free, otherwise after waiting in the queue. */
    acquire(call: CallOptions, isReturning: boolean) {
      if (breaker.rejectsForMs() > 0) return errorFor({ reason: 'STOPPED' }, call.partition);
      const { caller, partition, isSmall, signal, deadlineAt } = call;
      const slot = bulkhead.acquire({ caller, partition, isSmall, signal, deadlineAt, isReturning });
      return slot instanceof Promise ? slot.then(acquired => admit(call, acquired)) : admit(call, slot);
    },
  };
}
