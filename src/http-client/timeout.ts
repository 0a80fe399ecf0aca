import type { Deadline, Deadlines } from './deadlines.ts';

/** Why an attempt was aborted: its own time was up, the deadline of the call has passed, or its caller has gone. */
export type AbortReason = 'ATTEMPT' | 'DEADLINE' | 'CALLER_GONE';

export interface AttemptTimeoutOptions {
  /** Undefined: it does not matter who leaves. */
  readonly signal: AbortSignal | undefined;
  /** Monotonic; may move to later. */
  readonly deadlineAt: () => number;
  /** When the attempt's own time is up, monotonic. */
  readonly endsAt: number;
  readonly deadlines: Deadlines;
  readonly now: () => number;
}

/** Callers abort at their deadline too, often a moment before our own timer: that is still the deadline. */
const deadlineToleranceMs = 5;

/** Limits the time of one whole attempt: connecting, headers, and a body that arrives slowly. */
export function startAttemptTimeout({ signal, deadlineAt, endsAt, deadlines, now }: AttemptTimeoutOptions) {
  let reason: AbortReason | undefined;
  let isRunning = true;
  let giveUp: ((why: AbortReason) => void) | undefined;

  function abortFor(why: AbortReason) {
    reason = why;
    stop();
    giveUp?.(why);
  }

  const end: Deadline = {
    at: () => Math.min(endsAt, deadlineAt()),
    onPassed: () => abortFor(now() >= endsAt ? 'ATTEMPT' : 'DEADLINE'),
    place: 0,
  };
  const onSignal = () => abortFor(now() >= deadlineAt() - deadlineToleranceMs ? 'DEADLINE' : 'CALLER_GONE');

  function stop() {
    if (!isRunning) return;
    isRunning = false;
    deadlines.remove(end);
    signal?.removeEventListener('abort', onSignal);
  }

  if (signal?.aborted) onSignal();
  else if (end.at() <= now()) end.onPassed();
  else {
    signal?.addEventListener('abort', onSignal, { once: true });
    deadlines.add(end);
  }

  return {
    /** Undefined as long as the attempt was not aborted. No getter: V8 would keep the attempt (docs/decisions/transport.md). */
    reason: () => reason,
    /** Calls `given` when the attempt is to be given up; at once, if it already is. */
    onAbort(given: (why: AbortReason) => void) {
      giveUp = given;
      if (reason !== undefined) given(reason);
    },
    stop,
  };
}
