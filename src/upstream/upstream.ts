import type { SourceName } from '../domain/report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { UpstreamError } from './errors.ts';

/** One HTTP request to an upstream. `path` is a constant of ours or holds only a checked UUID: never a raw value. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: unknown;
  /** Credentials and the like. They go to this upstream's own origin and nowhere else. */
  readonly headers: Readonly<Record<string, string>>;
  /** A constant word for logs, metrics and spans: "search", "indicator", "types". */
  readonly operation: string;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; integers beyond 2^53-1 arrive as decimal strings. */
  readonly body: unknown;
}

export interface CallOptions {
  /** Aborted when nobody waits any more, or the last deadline has passed. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which an answer is of no use. A function, for a later waiter may move it. */
  readonly deadlineAt: () => number;
  /** Who asks, for fairness between callers in a full queue. A name, never a secret. */
  readonly caller: string;
  /** Asked by an operation of at most ten values: goes before larger ones when the budget is short. */
  readonly isSmall: boolean;
  /**
   * Outside everything that protects lookups: takes no place among the concurrent calls, is not retried, waits for no
   * budget, moves neither breaker nor budget (Argus `GET /type`).
   */
  readonly isAside?: boolean;
}

export type CircuitState = 'CLOSED' | 'HALF_OPEN' | 'OPEN';

export interface UpstreamHealth {
  readonly circuit: CircuitState;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly lastFailureKind: string | null;
  readonly rateLimitRemaining: number | null;
  readonly rateLimitResetAt: number | null;
}

export interface Upstream {
  /**
   * Waits for room (fairly, bounded), then calls `prepare` once, sends, retries what may be retried, and gives an answer
   * that `judge` accepted. `prepare` runs only when there is room, so a batch can gather until then; when it returns
   * undefined there is nothing left to ask and the call resolves to undefined.
   * Rejects with UpstreamError and nothing else.
   */
  call(prepare: () => UpstreamCall | undefined, options: CallOptions): Promise<UpstreamAnswer | undefined>;
  /** A call would leave at once: no queue, no waiting. */
  hasRoom(): boolean;
  health(): UpstreamHealth;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly source: SourceName;
  /** Base address; its path, if any, is kept as a prefix. */
  readonly url: string;
  /** One attempt: connect, headers and body together. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly queueSize: number;
  /** Decoded bytes; a larger body is MALFORMED. */
  readonly maxBodyBytes: number;
  /** First backoff after a 503 (Argus asks for a second). */
  readonly unavailableBackoffMs: number;
  /** The source's own reading of an answer that the common table (contract.md) does not settle. */
  readonly judge?: (answer: UpstreamAnswer) => UpstreamError | 'accept' | undefined;
  readonly proxyUrl?: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

export declare function createUpstream(options: UpstreamOptions): Upstream;
