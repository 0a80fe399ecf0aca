/** One HTTP exchange by undici. Status and body are not interpreted here. */
import type { Dispatcher } from 'undici';
import type { WithConnection } from './connection.ts';
import type { ResponseConnection } from './response-connection.ts';
import type { UpstreamResponse } from './upstream.ts';

export type ResponseHeaders = UpstreamResponse['headers'];

export interface RawResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly connection: ResponseConnection | undefined;
  /** The body before decoding; undefined if it was not wanted or did not arrive completely. */
  readonly bytes: Buffer | undefined;
  /** Why a body that was wanted did not arrive completely. */
  readonly problem?: unknown;
}

/**
 * Ends the exchange at once. The connection is kept for `lingerMs` at most, to learn when the upstream has let go of the
 * request: then the promise resolves. Undefined: nothing is under way any more.
 */
export type GiveUp = (lingerMs: number) => Promise<void> | undefined;

export interface TransportOptions {
  readonly dispatcher: Dispatcher;
  /** Decides by status and headers whether the body is read; if not, the connection is closed. */
  readonly isWanted: (status: number, headers: ResponseHeaders) => boolean;
  /** Of the body before decoding; a larger one is cut off and counts as not wanted. */
  readonly maxBytes: number;
  /** Receives the function that gives the request up, which may be called at once or at any later time. */
  readonly onGiveUp: (giveUp: GiveUp) => void;
  /** Called once. A response that has begun has at least its status and headers; without one, `problem` says why. */
  readonly onEnd: (response: RawResponse | undefined, problem: unknown) => void;
}

/**
 * Uses `dispatch` with callbacks, because undici's `request`, with a promise and a stream, takes a quarter more CPU time.
 */
export function dispatchRequest(
  request: Dispatcher.DispatchOptions,
  { dispatcher, isWanted, maxBytes, onGiveUp, onEnd }: TransportOptions,
): void {
  let head: Pick<RawResponse, 'status' | 'headers' | 'connection'> | undefined;
  let connection: () => ResponseConnection | undefined = () => undefined;
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let onLetGo: (() => void) | undefined;
  const chunks: Buffer[] = [];
  let size = 0;

  function end(bytes: Buffer | undefined, problem?: unknown) {
    isOver = true;
    onEnd(head && { ...head, bytes, problem }, problem);
  }

  /** Ignores whatever undici reports from here on. */
  function endEarly(problem?: unknown) {
    if (!isOver) end(undefined, problem);
    controller?.abort(abortedByUs);
  }

  function linger(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(() => controller?.abort(abortedByUs), ms).unref();
      onLetGo = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  onGiveUp(lingerMs => {
    if (isOver) return undefined;
    if (lingerMs === 0 || controller === undefined) return void endEarly(abortedByUs);
    end(undefined, abortedByUs);
    return linger(lingerMs);
  });
  if (isOver) return;
  const traced: Dispatcher.DispatchOptions & WithConnection = {
    ...request,
    onClient(given) {
      connection = given;
    },
  };
  dispatcher.dispatch(traced, {
    onRequestStart(given) {
      controller = given;
      if (isOver) given.abort(abortedByUs);
    },
    onResponseStart(_, status, headers) {
      if (status < 200) return; // an interim response like "103 Early Hints": the final one follows
      if (isOver) return;
      head = { status, headers, connection: connection() };
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
      onLetGo?.();
    },
    onResponseError(_, problem) {
      if (!isOver) end(undefined, problem);
      onLetGo?.();
    },
  });
}

const abortedByUs = new Error('cut short');
