import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SharedState } from '../shared-state.ts';
import { createAddress } from './address.ts';
import { createAdmission } from './admission.ts';
import { createBulkhead } from './bulkhead.ts';
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';
import { openConnections } from './connection.ts';
import { createDeadlines } from './deadlines.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { createRateLimitTracker, type RateLimitTracker } from './rate-limit.ts';
import { createRecentLatency } from './recent-latency.ts';
import { createRefusals } from './refusals.ts';
import { createRetry } from './retry.ts';
import { createSharedBudget, type SharedBudgetOptions } from './shared-budget.ts';
import { createSharedCircuit } from './shared-circuit.ts';
import { createTelemetry } from './telemetry.ts';
import type { Classify, Upstream, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface UpstreamOptions {
  readonly source: SourceLabel;
  /** Base address; its path, if any, becomes a prefix. */
  readonly url: string;
  /** For one attempt: connecting, headers and body together. */
  readonly timeoutMs: number;
  /** The most calls at once; how many there are follows the upstream. */
  readonly concurrency: number;
  /** Decoded bytes; a larger body is MALFORMED. */
  readonly maxBodyBytes: number;
  /** First backoff after a 503 or 504 (Argus demands a second). */
  readonly unavailableBackoffMs: number;
  readonly classify?: Classify;
  /** The response refuses the credential itself, whatever was asked with it. The default: its status is 401. */
  readonly refusesCredential?: (response: UpstreamResponse, request: UpstreamRequest) => boolean;
  readonly proxyUrl?: string;
  /** Hosts and suffixes that are reached without the proxy, as in `NO_PROXY`; CIDR blocks are not supported. */
  readonly noProxy?: string;
  /** Overrides the defaults. */
  readonly policy?: Partial<Policy>;
  /** By which replicas share what the upstream allows them; undefined: there is only this one. */
  readonly shared?: SharedState | undefined;
  /** Calls that wait are joined into fewer, so that replicas do better with fewer slots each. */
  readonly sharesSlots?: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** The time that this thread has spent waiting for events, in milliseconds. */
const idleMs = () => performance.nodeTiming.idleTime;

/** The client of one HTTP API. It sends nothing on its own, only what `call` is given. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { source, timeoutMs, concurrency, maxBodyBytes, classify, clock, proxyUrl, noProxy } = options;
  const now = clock.monotonic;
  const policy: Policy = { ...defaultPolicy, ...options.policy };
  const address = createAddress(options.url);
  const { connectTimeoutMs, openMs } = policy;
  const { origin } = address;
  const connections = openConnections({ proxyUrl, noProxy, origin, connectTimeoutMs, now });
  const deadlines = createDeadlines(now);
  const telemetry = createTelemetry({ ...options, source: source.name });
  const sharing = openSharing(options, { origin, openMs, now, onMore: () => bulkhead.reevaluate() });
  const rateLimits = createRateLimitTracker(now, sharing?.budget);
  const refusals = createRefusals(now);
  const limit = createConcurrencyLimit({
    start: Math.min(concurrency, policy.startConcurrency),
    most: concurrency,
    timeoutMs,
    onChange: telemetry.concurrency,
  });
  const latency = createRecentLatency(now);
  const bulkhead = createBulkhead({
    ...{ limit, latency, rateLimits, deadlines, timeoutMs, now, idleMs },
    replicas: sharing?.replicas ?? (() => 1),
    onLength: telemetry.queue,
  });
  const breaker = createCircuitBreaker({
    policy,
    now,
    onFailure: () => sharing?.circuit.onFailure(breaker),
    onChange(state) {
      telemetry.circuit(state);
      sharing?.circuit.onChange(state);
      if (state !== 'OPEN') return;
      limit.restart();
      bulkhead.rejectAll();
    },
  });
  const admission = createAdmission({ source, breaker, bulkhead, refusals, now, onRefused: telemetry.refused });
  const attempt = {
    ...{ source, latency, ...connections, address, maxBodyBytes },
    ...{ classify, clock, timeoutMs, deadlines, telemetry },
  };
  const retry = createRetry({ ...options, policy, admission, breaker, bulkhead, rateLimits, refusals, attempt });

  return {
    call: (prepare, call) => (call.isUnprotected ? retry.callUnprotected : retry.callWithRetry)(prepare, call),
    hasRoom: bulkhead.hasRoom,
    health: partition => healthOf({ breaker, telemetry, rateLimits, clock }, partition),
    async close() {
      bulkhead.rejectAll();
      await connections.dispatcher.destroy();
    },
  };
}

interface HealthParts extends Pick<UpstreamOptions, 'clock'> {
  readonly breaker: CircuitBreaker;
  readonly telemetry: Pick<ReturnType<typeof createTelemetry>, 'last'>;
  readonly rateLimits: RateLimitTracker;
}

function healthOf({ breaker, telemetry, rateLimits, clock }: HealthParts, partition: string | undefined) {
  const { successAt, failureAt, failureKind } = telemetry.last;
  const rateLimit = rateLimits.current(partition);
  return {
    // HALF_OPEN once the open period has passed: readiness must not keep the call away that would be the probe.
    circuit: breaker.state === 'OPEN' && breaker.rejectsForMs() === 0 ? ('HALF_OPEN' as const) : breaker.state,
    lastSuccessAt: successAt,
    lastFailureAt: failureAt,
    lastFailureKind: failureKind,
    rateLimitRemaining: rateLimit?.remaining ?? null,
    rateLimitResetAt: rateLimit === undefined ? null : Math.round(clock.wall() + rateLimit.resetAt - clock.monotonic()),
  };
}

interface SharingOptions extends Pick<SharedBudgetOptions, 'now' | 'onMore'> {
  readonly origin: string;
  readonly openMs: number;
}

/** Undefined: there is only this replica. */
function openSharing(
  { shared, source, sharesSlots }: UpstreamOptions,
  { origin, openMs, now, onMore }: SharingOptions,
) {
  if (shared === undefined) return undefined;
  return {
    budget: createSharedBudget({ shared, name: source.name, now, onMore }),
    circuit: createSharedCircuit({ shared, name: `${source.name} ${origin}`, openMs }),
    replicas: sharesSlots ? shared.replicas : undefined,
  };
}
