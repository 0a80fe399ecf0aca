/** One request over undici and what came back of it, bare of any meaning. */
import type { Dispatcher } from 'undici';
import type { UpstreamAnswer } from './upstream.ts';

type Headers = UpstreamAnswer['headers'];

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it was on the wire; undefined where it was not wanted or did not come whole. */
  readonly bytes: Buffer | undefined;
  /** Why it did not come whole, where it was wanted. */
  readonly problem?: unknown;
}

export interface TransferOptions {
  readonly dispatcher: Dispatcher;
  /** Whether the body is to be read, by its head; if not, the connection is closed instead. */
  readonly isWanted: (status: number, headers: Headers) => boolean;
  /** Of the body on the wire; a larger one is cut off, and is not wanted. */
  readonly mostBytes: number;
  /** Is given how to end the transfer early, at once or at any later time. */
  readonly onCut: (stop: () => void) => void;
}

/** Rejects only when no answer began. Once settled, nothing more of it is on its way to anybody. */
export function transfer(request: Dispatcher.DispatchOptions, options: TransferOptions): Promise<Received> {
  return new Promise((resolve, reject) => {
    const reading = new Reading(options, resolve, reject);
    options.onCut(() => reading.stop());
    if (!reading.isOver) options.dispatcher.dispatch(request, reading);
  });
}

/** What undici reports to. (`request` with its stream for the body takes half as much again of the processor.) */
class Reading implements Dispatcher.DispatchHandler {
  isOver = false;
  readonly #options: TransferOptions;
  readonly #resolve: (received: Received) => void;
  readonly #reject: (problem: unknown) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Pick<Received, 'status' | 'headers'> | undefined;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(options: TransferOptions, resolve: (received: Received) => void, reject: (problem: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  stop() {
    this.#fail(cutShort);
    this.#controller?.abort(cutShort);
  }

  onRequestStart(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
    if (this.isOver) controller.abort(cutShort);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers) {
    if (status < 200) return; // "103 Early Hints" and the like: the answer follows
    this.#head = { status, headers };
    if (!this.#options.isWanted(status, headers)) this.#endUnread();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#options.mostBytes) this.#endUnread();
  }

  onResponseEnd() {
    const [only, ...others] = this.#chunks;
    this.#end(only !== undefined && others.length === 0 ? only : Buffer.concat(this.#chunks, this.#size));
  }

  onResponseError(_: Dispatcher.DispatchController, problem: unknown) {
    this.#fail(problem);
  }

  #endUnread() {
    this.#end(undefined);
    this.#controller?.abort(cutShort);
  }

  #fail(problem: unknown) {
    if (this.#head !== undefined) return this.#end(undefined, problem);
    this.isOver = true;
    this.#reject(problem);
  }

  #end(bytes: Buffer | undefined, problem?: unknown) {
    if (this.isOver || this.#head === undefined) return;
    this.isOver = true;
    this.#resolve({ ...this.#head, bytes, problem });
  }
}

const cutShort = new Error('cut short');
