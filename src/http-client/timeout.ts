/** Why an attempt was aborted: its own time was up, the deadline of the call has passed, or its caller has gone. */
export type AbortReason = 'ATTEMPT' | 'DEADLINE' | 'CALLER_GONE';

export type AttemptTimeout = ReturnType<typeof startAttemptTimeout>;

export interface AttemptTimeoutOptions {
  /** Undefined: it does not matter who leaves. */
  readonly signal: AbortSignal | undefined;
  /** Monotonic; may move to later. */
  readonly deadlineAt: () => number;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Callers abort at their deadline too, often a moment before our own timer: that is still the deadline. */
const deadlineToleranceMs = 5;

/** Limits the time of one whole attempt: connecting, headers, and a body that arrives slowly. */
export function startAttemptTimeout({ signal, deadlineAt, timeoutMs, now }: AttemptTimeoutOptions) {
  const attemptEndsAt = now() + timeoutMs;
  let reason: AbortReason | undefined;
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;

  function stop() {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onSignal);
  }

  function abortFor(why: AbortReason) {
    reason = why;
    stop();
    abort?.();
  }

  /** Runs again when the deadline comes, because it may have moved by then. */
  function watch() {
    const time = now();
    if (time >= attemptEndsAt) return abortFor('ATTEMPT');
    if (time >= deadlineAt()) return abortFor('DEADLINE');
    timer = setTimeout(watch, Math.min(attemptEndsAt, deadlineAt()) - time);
  }

  const onSignal = () => abortFor(now() >= deadlineAt() - deadlineToleranceMs ? 'DEADLINE' : 'CALLER_GONE');
  if (signal?.aborted) onSignal();
  else {
    signal?.addEventListener('abort', onSignal, { once: true });
    watch();
  }

  return {
    /** Undefined as long as the attempt was not aborted. */
    get reason() {
      return reason;
    },
    /** Calls `abort` when the attempt is to be aborted; at once, if it already is. */
    onAbort(given: () => void) {
      abort = given;
      if (reason !== undefined) given();
    },
    stop,
  };
}
