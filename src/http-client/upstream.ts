/** The interface of an upstream: a request, its response, and the client of one HTTP API. */
import type { Span } from '../observability/span.ts';
import type { CircuitState } from './circuit-breaker.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import type { ResponseConnection } from './response-connection.ts';

/** One HTTP request to an upstream. `path` is a constant, or contains a checked UUID, but never a raw value. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: unknown;
  /** Credentials among others; names in lower case. They are sent to this upstream's origin only. */
  readonly headers: Readonly<Record<string, string>>;
  /** A constant name for logs, metrics and spans: "search", "indicator", "types". */
  readonly operation: string;
  /** The request is idempotent: it only reads. Others are never retried. */
  readonly isRepeatable: boolean;
  /** The parent of the spans, of which each attempt has one. */
  readonly span?: Span | undefined;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; integers beyond 2^53-1 arrive as decimal strings. */
  readonly body: unknown;
  /** Undefined where it is not known. */
  readonly connection?: ResponseConnection | undefined;
}

/** The source's own classification of a response. Undefined leaves it to the common one of `status.ts`. */
export type Classify = (response: UpstreamResponse, request: UpstreamRequest) => UpstreamError | 'accept' | undefined;

export interface CallOptions {
  /** Aborted when the last caller has gone, or the last deadline has passed. */
  readonly signal: AbortSignal;
  /** The monotonic time after which a response is of no use. A function, because a caller that joins may move it. */
  readonly deadlineAt: () => number;
  /**
   * Present where the answer is kept: then an attempt that was sent ends by its own timeout alone, though all have left,
   * and is not repeated while nobody waits.
   */
  readonly isAwaited?: () => boolean;
  /** A name, not a secret, by which a full queue is fair between callers. */
  readonly caller: string;
  /** The operation has at most ten values: it goes before larger ones when the rate limit leaves few calls. */
  readonly isSmall: boolean;
  /** Whose rate limit it uses: the partition of the credential, not the credential. */
  readonly partition: string;
  /** Called before each further attempt. */
  readonly onRetry?: () => void;
  /**
   * Bypasses what protects the other calls: takes no slot, waits for no rate limit, is not retried, and its outcome
   * changes neither circuit breaker nor rate limit (Argus `GET /type`). It is sent only while the circuit is closed.
   */
  readonly isUnprotected?: boolean;
}

export interface UpstreamHealth {
  readonly circuit: CircuitState;
  /** Times are epoch milliseconds, for showing. */
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly lastFailureKind: UpstreamErrorKind | null;
  readonly rateLimitRemaining: number | null;
  readonly rateLimitResetAt: number | null;
}

export interface Upstream {
  /**
   * Waits for a slot in a bounded, fair queue, calls `prepare` once, sends the request, retries it if that is allowed,
   * and resolves to a response that was accepted. `prepare` runs when there is a slot, so that a batch can grow until
   * then: at once, before `call` returns, if a slot is free; never, if none is given. If it returns undefined, there is
   * nothing to send and the call resolves to undefined. Rejects with UpstreamError only, or with what `prepare` throws.
   */
  call(prepare: () => UpstreamRequest | undefined, options: CallOptions): Promise<UpstreamResponse | undefined>;
  /** A call would be sent at once, without waiting in the queue. */
  hasRoom(): boolean;
  /** The rate limit is that of `partition`; without one it is given only while a single credential is in use. */
  health(partition?: string): UpstreamHealth;
  close(): Promise<void>;
}
