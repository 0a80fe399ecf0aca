/** A replica that stops asking an upstream says so. The others still try for themselves, but need one failure instead of several. */
import type { SharedState } from '../shared-state.ts';
import type { CircuitBreaker, CircuitState } from './circuit-breaker.ts';

export interface SharedCircuit {
  onChange(state: CircuitState): void;
  /** One more failure here, which leaves the circuit closed. */
  onFailure(breaker: Pick<CircuitBreaker, 'believe'>): void;
}

export interface SharedCircuitOptions {
  readonly shared: Pick<SharedState, 'readText' | 'writeText'>;
  /** Of which upstream. */
  readonly name: string;
  /** For how long a circuit is open at first. */
  readonly openMs: number;
}

export function createSharedCircuit({ shared, name, openMs }: SharedCircuitOptions): SharedCircuit {
  const key = `{circuit ${name}}`;
  let isAsking = false;
  let isBelieving = false;
  return {
    onChange(state) {
      // What is only believed is not passed on, or replicas would believe each other for ever.
      if (!isBelieving && state !== 'HALF_OPEN') shared.writeText(key, state, openMs);
    },
    onFailure(breaker) {
      if (isAsking) return;
      isAsking = true;
      void shared.readText(key).then(state => {
        isAsking = false;
        isBelieving = true;
        if (state === 'OPEN') breaker.believe();
        isBelieving = false;
      });
    },
  };
}
