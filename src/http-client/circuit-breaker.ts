import type { Policy } from './policy.ts';
import { createRollingCount } from './rolling-count.ts';

export type CircuitState = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

/** The part of a policy that concerns the circuit. */
export type CircuitBreakerPolicy = Pick<
  Policy,
  | 'failureShare'
  | 'failureVolume'
  | 'failureWindowMs'
  | 'failuresInARow'
  | 'noSuccessMs'
  | 'openMs'
  | 'openCapMs'
  | 'openJitter'
  | 'probeMs'
>;

/**
 * Stops calls to an upstream, or to Redis, that keep failing. It is our own because cockatiel 4 closes the circuit when
 * a probe is cancelled, makes all calls wait for the probe, and counts over calls instead of time, so that old failures
 * would open the circuit hours later.
 */
export interface CircuitBreaker {
  readonly state: CircuitState;
  /** Milliseconds until a call is admitted; 0 when it is now. */
  rejectsForMs(): number;
  /**
   * Undefined while calls are rejected. A permit must be ended once, by one of its methods. A probe that is never ended
   * stops counting after `probeMs`, so that a lost permit cannot keep the circuit half-open for ever.
   */
  admit(): BreakerPermit | undefined;
  /** Records a success that needed no permit: closes the circuit at once, and ends a row of failures. */
  recordSuccess(): void;
  /** Another replica's circuit is open: so is this one, where its last call has failed as well. */
  believe(): void;
}

interface BreakerPermit {
  succeeded(): void;
  failed(): void;
  /** The upstream answered, but with an error: closes a half-open circuit, and otherwise changes nothing. */
  answered(): void;
  /** Nothing was learnt, for example because the caller has gone. The next call may be the probe. */
  released(): void;
}

export type BreakerOutcome = keyof BreakerPermit;

export interface CircuitBreakerOptions {
  readonly policy: CircuitBreakerPolicy;
  readonly now: () => number;
  readonly onChange: (state: CircuitState) => void;
  /** Called with a failure that leaves it closed. */
  readonly onFailure?: () => void;
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { policy, now, onChange, onFailure } = options;
  const attempts = createRollingCount(policy.failureWindowMs, now);
  let state: CircuitState = 'CLOSED';
  let failuresInARow = 0;
  let succeededAt = Number.NEGATIVE_INFINITY;
  let openings = 0;
  let openUntil = 0;
  let probeUntil = 0;
  /** Grows with each change of state and each probe. Permits of an earlier period are ignored. */
  let period = 0;

  function change(next: CircuitState) {
    if (next === state) return;
    state = next;
    onChange(next);
  }

  function open() {
    const openMs = Math.min(policy.openMs * 2 ** openings, policy.openCapMs);
    openUntil = now() + openMs * (1 - Math.random() * policy.openJitter);
    openings += 1;
    period += 1;
    change('OPEN');
  }

  function close() {
    attempts.clear();
    failuresInARow = 0;
    succeededAt = now();
    openings = 0;
    period += 1;
    change('CLOSED');
  }

  function shouldOpen(): boolean {
    if (failuresInARow >= policy.failuresInARow && now() - succeededAt >= policy.noSuccessMs) return true;
    const all = attempts.count('all');
    return all >= policy.failureVolume && attempts.count('some') >= all * policy.failureShare;
  }

  function createPermit(isProbe: boolean): BreakerPermit {
    const permitPeriod = period;
    const unlessOutdated = (act: () => void) => () => {
      if (permitPeriod === period) act();
    };
    if (isProbe) {
      const release = () => {
        probeUntil = 0;
      };
      return {
        succeeded: unlessOutdated(close),
        failed: unlessOutdated(open),
        answered: unlessOutdated(close),
        released: unlessOutdated(release),
      };
    }
    const succeed = () => {
      failuresInARow = 0;
      succeededAt = now();
      attempts.add('all');
    };
    const fail = () => {
      failuresInARow += 1;
      attempts.add('all');
      attempts.add('some');
      if (shouldOpen()) open();
      else onFailure?.();
    };
    return { succeeded: unlessOutdated(succeed), failed: unlessOutdated(fail), answered() {}, released() {} };
  }

  function rejectsForMs(): number {
    if (state === 'CLOSED') return 0;
    if (state === 'OPEN') return Math.max(0, openUntil - now());
    return Math.min(Math.max(0, probeUntil - now()), policy.openMs);
  }

  return {
    get state() {
      return state;
    },
    rejectsForMs,
    admit() {
      if (rejectsForMs() > 0) return undefined;
      if (state === 'CLOSED') return createPermit(false);
      probeUntil = now() + policy.probeMs;
      period += 1;
      change('HALF_OPEN');
      return createPermit(true);
    },
    recordSuccess() {
      failuresInARow = 0;
      if (state !== 'CLOSED') close();
    },
    believe() {
      if (state === 'CLOSED' && failuresInARow > 0) open();
    },
  };
}
