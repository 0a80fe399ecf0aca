/** When an operation ends: the client has gone, the deadline has passed, or it is answered. */
export interface Lifetime {
  /** Aborted when the operation has ended for any of these reasons. */
  signal(): AbortSignal;
  /** Whether nobody waits for its answer any more, or it has long been due. */
  isForgone(): boolean;
  /** Throws `forgone` where it is. */
  check(): void;
  end(): void;
}

/** Thrown in the middle of what is made for an operation that nobody waits for any more. */
export const forgone = Symbol('forgone');

/** What is here at the deadline is still written: a source that answered too late must not cost the other's facts. */
const writingMs = 1000;

/** One object for all operations, because creating one captures a stack. */
const ended = new DOMException('The operation has ended.', 'AbortError');

/** Timer and signal are created when the signal is first needed: an operation that memory answers needs neither. */
export function createLifetime(clientGone: () => AbortSignal, deadlineAt: number, now: () => number): Lifetime {
  let controller: AbortController | undefined;
  let client: AbortSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const abort = () => controller?.abort(ended);
  const isForgone = () => clientGone().aborted || now() >= deadlineAt + writingMs;
  return {
    signal() {
      if (controller) return controller.signal;
      controller = new AbortController();
      timer = setTimeout(abort, Math.max(0, deadlineAt - now()));
      client = clientGone();
      client.addEventListener('abort', abort, { once: true });
      if (client.aborted || isEnded) abort();
      return controller.signal;
    },
    isForgone,
    check() {
      if (isForgone()) throw forgone;
    },
    end() {
      isEnded = true;
      clearTimeout(timer);
      client?.removeEventListener('abort', abort);
      abort();
    },
  };
}
