/** Stops asking what does not answer in time, and lets one question through now and then to see whether it does again. */
export interface Breaker {
  /** True when a question may be asked. While open, that is one each `openMs`. */
  admits(): boolean;
  timedOut(): void;
  answered(): void;
  isOpen(): boolean;
}

export interface BreakerOptions {
  /** Timeouts in a row that open it. */
  readonly threshold: number;
  readonly openMs: number;
  readonly now: () => number;
}

/** Own code, for cockatiel's breaker makes what comes during its probe wait for it: here, waiting is the very harm. */
export function createBreaker({ threshold, openMs, now }: BreakerOptions): Breaker {
  let timeouts = 0;
  let probeAt = 0;
  const isOpen = () => timeouts >= threshold;
  return {
    admits() {
      if (!isOpen()) return true;
      if (now() < probeAt) return false;
      probeAt = now() + openMs;
      return true;
    },
    timedOut() {
      timeouts += 1;
      if (isOpen()) probeAt = now() + openMs;
    },
    answered() {
      timeouts = 0;
    },
    isOpen,
  };
}
