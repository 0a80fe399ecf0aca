/** One HTTP exchange by undici. Status and body are not interpreted here. */
import type { Dispatcher } from 'undici';
import type { UpstreamResponse } from './upstream.ts';

export type ResponseHeaders = UpstreamResponse['headers'];

export interface RawResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The body before decoding; undefined if it was not wanted or did not arrive completely. */
  readonly bytes: Buffer | undefined;
  /** Why a body that was wanted did not arrive completely. */
  readonly problem?: unknown;
}

export interface TransportOptions {
  readonly dispatcher: Dispatcher;
  /** Decides by status and headers whether the body is read; if not, the connection is closed. */
  readonly isWanted: (status: number, headers: ResponseHeaders) => boolean;
  /** Of the body before decoding; a larger one is cut off and counts as not wanted. */
  readonly maxBytes: number;
  /** Receives the function that aborts the request, which may be called at once or at any later time. */
  readonly onAbort: (abort: () => void) => void;
  /** Called once. A response that has begun has at least its status and headers; without one, `problem` says why. */
  readonly onEnd: (response: RawResponse | undefined, problem: unknown) => void;
}

/**
 * Uses `dispatch` with callbacks, because undici's `request`, with a promise and a stream, takes a quarter more CPU time.
 */
export function dispatchRequest(
  request: Dispatcher.DispatchOptions,
  { dispatcher, isWanted, maxBytes, onAbort, onEnd }: TransportOptions,
): void {
  let head: Pick<RawResponse, 'status' | 'headers'> | undefined;
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  const chunks: Buffer[] = [];
  let size = 0;

  function end(bytes: Buffer | undefined, problem?: unknown) {
    isOver = true;
    onEnd(head && { status: head.status, headers: head.headers, bytes, problem }, problem);
  }

  /** Ignores whatever undici reports from here on. */
  function endEarly(problem?: unknown) {
    if (!isOver) end(undefined, problem);
    controller?.abort(abortedByUs);
  }

  onAbort(() => endEarly(abortedByUs));
  if (isOver) return;
  dispatcher.dispatch(request, {
    onRequestStart(given) {
      controller = given;
      if (isOver) given.abort(abortedByUs);
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return; // an interim response like "103 Early Hints": the final one follows
      head = { status, headers };
      if (isWanted(status, headers)) return;
      end(undefined);
      // Not synchronously: a body that has arrived already is then read to its end, and the connection can be reused.
      queueMicrotask(endEarly);
    },
    onResponseData(_, chunk) {
      if (isOver) return;
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) endEarly();
    },
    onResponseEnd() {
      const [only] = chunks;
      if (!isOver) end(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size));
    },
    onResponseError(_, problem) {
      if (!isOver) end(undefined, problem);
    },
  });
}

const abortedByUs = new Error('cut short');
