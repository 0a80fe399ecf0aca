import type { SourceLabel } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Span } from '../observability/span.ts';
import { createAddress } from './address.ts';
import { createAdmission } from './admission.ts';
import { type CircuitState, createCircuitBreaker } from './circuit-breaker.ts';
import { openConnections } from './connection.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { createLine } from './line.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { createRateLimitTracker } from './rate-limit.ts';
import { createRetry } from './retry.ts';
import { createTelemetry } from './telemetry.ts';

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
}

export interface CallOptions {
  /** Aborted when the last caller has gone, or the last deadline has passed. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which a response is of no use. A function, because a caller that joins may move it. */
  readonly deadlineAt: () => number;
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

export interface UpstreamOptions {
  readonly source: SourceLabel;
  /** Base address; its path, if any, becomes a prefix. */
  readonly url: string;
  /** For one attempt: connecting, headers and body together. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly queueSize: number;
  /** Decoded bytes; a larger body is MALFORMED. */
  readonly maxBodyBytes: number;
  /** First backoff after a 503 or 504 (Argus demands a second). */
  readonly unavailableBackoffMs: number;
  /** The source's own classification of a response. Undefined leaves it to the common one of `status.ts`. */
  readonly classify?: (response: UpstreamResponse) => UpstreamError | 'accept' | undefined;
  readonly proxyUrl?: string;
  /** Hosts and suffixes that are reached without the proxy, as in `NO_PROXY`; CIDR blocks are not supported. */
  readonly noProxy?: string;
  /** Overrides the defaults. */
  readonly policy?: Partial<Policy>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

/** The client of one HTTP API. It sends nothing on its own, only what `call` is given. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { source, timeoutMs, concurrency, queueSize, maxBodyBytes, classify, now = Date.now } = options;
  const policy: Policy = { ...defaultPolicy, ...options.policy };
  const address = createAddress(options.url);
  const dispatcher = openConnections({
    origin: address.origin,
    connectTimeoutMs: policy.connectTimeoutMs,
    proxyUrl: options.proxyUrl,
    noProxy: options.noProxy,
  });
  const telemetry = createTelemetry({ ...options, source: source.name });
  const rateLimits = createRateLimitTracker(now);
  const line = createLine({ concurrency, queueSize, budgets: rateLimits, now, onLength: telemetry.queue });
  const breaker = createCircuitBreaker({
    policy,
    now,
    onChange(state) {
      telemetry.circuit(state);
      if (state === 'OPEN') line.refuseAll();
    },
  });
  const admission = createAdmission({ source, breaker, line, rateLimits, now, onFull: telemetry.full });
  const attempt = { source, dispatcher, address, maxBodyBytes, classify, now, timeoutMs, telemetry };
  const retry = createRetry({ ...options, policy, now, admission, breaker, line, rateLimits, attempt });

  return {
    call: (prepare, call) => (call.isUnprotected ? retry.callUnprotected : retry.callWithRetry)(prepare, call),
    hasRoom: line.hasRoom,
    health(partition) {
      const { successAt, failureAt, failureKind } = telemetry.last;
      const rateLimit = rateLimits.current(partition);
      return {
        // HALF_OPEN once the open period has passed: readiness must not keep the call away that would be the probe.
        circuit: breaker.state === 'OPEN' && breaker.rejectsForMs() === 0 ? 'HALF_OPEN' : breaker.state,
        lastSuccessAt: successAt,
        lastFailureAt: failureAt,
        lastFailureKind: failureKind,
        rateLimitRemaining: rateLimit?.remaining ?? null,
        rateLimitResetAt: rateLimit?.resetAt ?? null,
      };
    },
    async close() {
      line.refuseAll();
      await dispatcher.destroy();
    },
  };
}
