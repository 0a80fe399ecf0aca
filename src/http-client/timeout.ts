/** Why an attempt was cut short: it used up its own time, it was too late for everybody, or nobody waits any more. */
export type Cut = 'ATTEMPT' | 'DEADLINE' | 'LEFT';

/** How long an attempt may take, all of it: connecting, headers, and a body that drips. */
export interface Patience {
  readonly cut: Cut | undefined;
  /** What to do when it is cut; at once, if it is. */
  onCut(stop: () => void): void;
  end(): void;
}

export interface PatienceOptions {
  readonly signal: AbortSignal;
  readonly deadlineAt: () => number;
  readonly timeoutMs: number;
  readonly now: () => number;
}

export function startPatience({ signal, deadlineAt, timeoutMs, now }: PatienceOptions): Patience {
  const attemptEndsAt = now() + timeoutMs;
  let cut: Cut | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;

  function end() {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }

  function cutOff(why: Cut) {
    cut = why;
    end();
    stop?.();
  }

  /** The deadline may have moved: look again when it comes. */
  function watch() {
    const time = now();
    if (time >= attemptEndsAt) return cutOff('ATTEMPT');
    if (time >= deadlineAt()) return cutOff('DEADLINE');
    timer = setTimeout(watch, Math.min(attemptEndsAt, deadlineAt()) - time);
  }

  // Whoever waits aborts at its deadline too, often a moment before our own timer.
  const onAbort = () => cutOff(now() >= deadlineAt() - 5 ? 'DEADLINE' : 'LEFT');
  if (signal.aborted) onAbort();
  else {
    signal.addEventListener('abort', onAbort, { once: true });
    watch();
  }

  return {
    get cut() {
      return cut;
    },
    onCut(given) {
      stop = given;
      if (cut !== undefined) given();
    },
    end,
  };
}

/** Waits, unless nobody waits for it any more. True when the time was waited out. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise(resolve => {
    const end = (isWaited: boolean) => () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(isWaited);
    };
    const onAbort = end(false);
    const timer = setTimeout(end(true), ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
