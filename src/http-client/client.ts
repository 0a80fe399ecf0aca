import type { SourceLabel } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Span } from '../observability/span.ts';
import { createAddress } from './address.ts';
import { createGate } from './admission.ts';
import { type CircuitState, createBreaker } from './circuit-breaker.ts';
import { openConnections } from './connection.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { createLine } from './line.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { createRateBudgets } from './rate-limit.ts';
import { createCalls } from './retry.ts';
import { createJournal } from './telemetry.ts';

/** One HTTP request to an upstream. `path` is a constant of ours or holds only a checked UUID: never a raw value. */
export interface UpstreamCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly body?: unknown;
  /** Credentials and the like, their names in lower case. They go to this upstream's own origin and nowhere else. */
  readonly headers: Readonly<Record<string, string>>;
  /** A constant word for logs, metrics and spans: "search", "indicator", "types". */
  readonly operation: string;
  /** Sent twice, it does no more than sent once: it only reads. What may not be repeated is never retried. */
  readonly isRepeatable: boolean;
  /** What it is a part of; each attempt becomes a span below it. */
  readonly span?: Span | undefined;
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
  /** Whose budget it spends: the credential's partition, never the credential. */
  readonly partition: string;
  /** Another attempt begins. */
  readonly onRetry?: () => void;
  /**
   * Outside everything that protects lookups: takes no place among the concurrent calls, is not retried, waits for no
   * budget, moves neither breaker nor budget (Argus `GET /type`). Not asked while the circuit is not closed.
   */
  readonly isAside?: boolean;
}

export interface UpstreamHealth {
  readonly circuit: CircuitState;
  readonly lastSuccessAt: number | null;
  readonly lastFailureAt: number | null;
  readonly lastFailureKind: UpstreamErrorKind | null;
  readonly rateLimitRemaining: number | null;
  readonly rateLimitResetAt: number | null;
}

export interface Upstream {
  /**
   * Waits for room (fairly, bounded), then calls `prepare` once, sends, retries what may be retried, and gives an answer
   * that `judge` accepted. `prepare` runs only when there is room, so a batch can gather until then; when it returns
   * undefined there is nothing left to ask and the call resolves to undefined. With room, `prepare` runs before `call`
   * returns; it never runs when no place was given, so its work is the caller's to fail.
   * Rejects with UpstreamError and nothing else, but for what `prepare` throws.
   */
  call(prepare: () => UpstreamCall | undefined, options: CallOptions): Promise<UpstreamAnswer | undefined>;
  /** A call would leave at once: no queue, no waiting. */
  hasRoom(): boolean;
  /** The budget is that of `partition`; without one it is told only while a single credential is in use. */
  health(partition?: string): UpstreamHealth;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly source: SourceLabel;
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
  /** The source's own reading of an answer that the common table (`status.ts`) does not settle. */
  readonly judge?: (answer: UpstreamAnswer) => UpstreamError | 'accept' | undefined;
  readonly proxyUrl?: string;
  /** Hosts and suffixes that are reached without the proxy, as in `NO_PROXY`; CIDR blocks are not understood. */
  readonly noProxy?: string;
  /** Other numbers than the starting ones. */
  readonly policy?: Partial<Policy>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

/** Speaks to one HTTP API. It asks nothing by itself: every call upstream was asked for by a caller. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { source, timeoutMs, concurrency, queueSize, maxBodyBytes, judge, now = Date.now } = options;
  const policy: Policy = { ...defaultPolicy, ...options.policy };
  const address = createAddress(options.url);
  const dispatcher = openConnections({
    origin: address.origin,
    connectTimeoutMs: policy.connectTimeoutMs,
    proxyUrl: options.proxyUrl,
    noProxy: options.noProxy,
  });
  const journal = createJournal({ ...options, source: source.name });
  const budgets = createRateBudgets(now);
  const line = createLine({ concurrency, queueSize, budgets, now, onLength: journal.queue });
  const breaker = createBreaker({
    policy,
    now,
    onChange(state) {
      journal.circuit(state);
      if (state === 'OPEN') line.refuseAll();
    },
  });
  const gate = createGate({ source, breaker, line, budgets, now, onFull: journal.full });
  const exchange = { source, dispatcher, address, maxBodyBytes, judge, now, timeoutMs, journal };
  const calls = createCalls({ ...options, policy, now, gate, breaker, line, budgets, exchange });

  return {
    call: (prepare, call) => (call.isAside ? calls.aside(prepare, call) : calls.call(prepare, call)),
    hasRoom: line.hasRoom,
    health(partition) {
      const { successAt, failureAt, failureKind } = journal.last;
      const told = budgets.told(partition);
      return {
        // Open, but due: whoever asks next is let through. Were it told as open, nobody might be sent here to ask.
        circuit: breaker.state === 'OPEN' && breaker.refusesForMs() === 0 ? 'HALF_OPEN' : breaker.state,
        lastSuccessAt: successAt,
        lastFailureAt: failureAt,
        lastFailureKind: failureKind,
        rateLimitRemaining: told?.remaining ?? null,
        rateLimitResetAt: told?.resetAt ?? null,
      };
    },
    async close() {
      line.refuseAll();
      await dispatcher.destroy();
    },
  };
}
