import type { Clock } from '../clock.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createAddress } from './address.ts';
import { createAdmission } from './admission.ts';
import { createBulkhead } from './bulkhead.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { openConnections } from './connection.ts';
import { createDeadlines } from './deadlines.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { createRateLimitTracker } from './rate-limit.ts';
import { createRefusals } from './refusals.ts';
import { createRetry } from './retry.ts';
import { createTelemetry } from './telemetry.ts';
import type { Classify, Upstream, UpstreamResponse } from './upstream.ts';

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
  readonly classify?: Classify;
  /** The response refuses the credential itself, whatever was asked with it. The default: its status is 401. */
  readonly refusesCredential?: (response: UpstreamResponse) => boolean;
  readonly proxyUrl?: string;
  /** Hosts and suffixes that are reached without the proxy, as in `NO_PROXY`; CIDR blocks are not supported. */
  readonly noProxy?: string;
  /** Overrides the defaults. */
  readonly policy?: Partial<Policy>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** The client of one HTTP API. It sends nothing on its own, only what `call` is given. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { source, timeoutMs, concurrency, queueSize, maxBodyBytes, classify, clock } = options;
  const now = clock.monotonic;
  const policy: Policy = { ...defaultPolicy, ...options.policy };
  const address = createAddress(options.url);
  const connections = openConnections({
    origin: address.origin,
    connectTimeoutMs: policy.connectTimeoutMs,
    proxyUrl: options.proxyUrl,
    noProxy: options.noProxy,
  });
  const deadlines = createDeadlines(now);
  const telemetry = createTelemetry({ ...options, source: source.name });
  const rateLimits = createRateLimitTracker(now);
  const refusals = createRefusals(now);
  const bulkhead = createBulkhead({
    ...{ concurrency, queueSize, rateLimits, deadlines, now },
    onLength: telemetry.queue,
  });
  const breaker = createCircuitBreaker({
    policy,
    now,
    onChange(state) {
      telemetry.circuit(state);
      if (state === 'OPEN') bulkhead.rejectAll();
    },
  });
  const admission = createAdmission({ source, breaker, bulkhead, rateLimits, refusals, now, onFull: telemetry.full });
  const attempt = { source, ...connections, address, maxBodyBytes, classify, clock, timeoutMs, deadlines, telemetry };
  const retry = createRetry({ ...options, policy, admission, breaker, bulkhead, rateLimits, refusals, attempt });

  return {
    call: (prepare, call) => (call.isUnprotected ? retry.callUnprotected : retry.callWithRetry)(prepare, call),
    hasRoom: bulkhead.hasRoom,
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
        rateLimitResetAt: rateLimit === undefined ? null : Math.round(clock.wall() + rateLimit.resetAt - now()),
      };
    },
    async close() {
      bulkhead.rejectAll();
      await connections.dispatcher.destroy();
    },
  };
}
