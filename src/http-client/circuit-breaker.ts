import type { Policy } from './policy.ts';
import { createWindow } from './rolling-count.ts';

export type CircuitState = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

/** The part of a policy that concerns the circuit. */
export type BreakerPolicy = Pick<
  Policy,
  'failureShare' | 'failureVolume' | 'failureWindowMs' | 'failuresInARow' | 'openMs' | 'openCapMs' | 'openJitter'
>;

/**
 * Stops asking what fails, be it an upstream or Redis. Our own, because the library's (cockatiel 4) closes the circuit
 * when a probe is cancelled, lets everybody wait for the probe, and counts over calls, not over time: failures of this
 * morning would open it tonight.
 */
export interface Breaker {
  readonly state: CircuitState;
  /** Milliseconds until somebody may ask; 0 when now. */
  refusesForMs(): number;
  /**
   * Leave to ask, or undefined. Whoever gets a pass must end it, once, in one of its ways. A probe that is not ended
   * counts for nothing after `openCapMs`, so that one lost pass cannot keep the circuit half-open for ever.
   */
  admit(): Pass | undefined;
  /** It answered something that needed no pass: closes the circuit at once, and ends a row of failures. */
  heard(): void;
}

export interface Pass {
  succeeded(): void;
  failed(): void;
  /** The upstream answered, but not in a way that speaks well: closes a half-open circuit, otherwise moves nothing. */
  answered(): void;
  /** Nothing was learnt, as when the caller left. The next caller may probe. */
  released(): void;
}

export interface BreakerOptions {
  readonly policy: BreakerPolicy;
  readonly now: () => number;
  readonly onChange: (state: CircuitState) => void;
}

export function createBreaker({ policy, now, onChange }: BreakerOptions): Breaker {
  const window = createWindow(policy.failureWindowMs, now);
  let state: CircuitState = 'CLOSED';
  let inARow = 0;
  let openings = 0;
  let openUntil = 0;
  let probeUntil = 0;
  /** Passes of an earlier period tell nothing about this one. */
  let period = 0;

  function change(next: CircuitState) {
    if (next === state) return;
    state = next;
    onChange(next);
  }

  function open() {
    const length = Math.min(policy.openMs * 2 ** openings, policy.openCapMs);
    openUntil = now() + length * (1 - Math.random() * policy.openJitter);
    openings += 1;
    period += 1;
    change('OPEN');
  }

  function close() {
    window.clear();
    inARow = 0;
    openings = 0;
    period += 1;
    change('CLOSED');
  }

  function isTooMuch(): boolean {
    if (inARow >= policy.failuresInARow) return true;
    const all = window.count('all');
    return all >= policy.failureVolume && window.count('some') >= all * policy.failureShare;
  }

  function createPass(isProbe: boolean): Pass {
    const mine = period;
    const end = (act: () => void) => () => {
      if (mine === period) act();
    };
    if (isProbe) {
      const release = () => {
        probeUntil = 0;
      };
      return { succeeded: end(close), failed: end(open), answered: end(close), released: end(release) };
    }
    const succeed = () => {
      inARow = 0;
      window.add('all');
    };
    const fail = () => {
      inARow += 1;
      window.add('all');
      window.add('some');
      if (isTooMuch()) open();
    };
    return { succeeded: end(succeed), failed: end(fail), answered() {}, released() {} };
  }

  function refusesForMs(): number {
    if (state === 'CLOSED') return 0;
    if (state === 'OPEN') return Math.max(0, openUntil - now());
    return Math.min(Math.max(0, probeUntil - now()), policy.openMs);
  }

  return {
    get state() {
      return state;
    },
    refusesForMs,
    admit() {
      if (refusesForMs() > 0) return undefined;
      if (state === 'CLOSED') return createPass(false);
      probeUntil = now() + policy.openCapMs;
      period += 1;
      change('HALF_OPEN');
      return createPass(true);
    },
    heard() {
      inARow = 0;
      if (state !== 'CLOSED') close();
    },
  };
}
