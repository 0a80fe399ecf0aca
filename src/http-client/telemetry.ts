import type { Clock } from '../clock.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics, RefusalReason } from '../observability/metrics.ts';
import type { CircuitState } from './circuit-breaker.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';

export type Telemetry = ReturnType<typeof createTelemetry>;

interface LastOutcomes {
  successAt: number | null;
  failureAt: number | null;
  failureKind: UpstreamErrorKind | null;
}

interface AttemptEntry {
  readonly operation: string;
  readonly tookMs: number;
  readonly status: number | undefined;
  readonly error: UpstreamError | undefined;
  /** Its caller had gone, or its connection had been idle: that says nothing about the upstream. */
  readonly isAbandoned: boolean;
  readonly isUnprotected: boolean;
  /** Where it is sampled. */
  readonly traceId: string | undefined;
}

export interface TelemetryOptions {
  readonly source: SourceName;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

const circuitLines = {
  OPEN: 'upstream circuit opened',
  HALF_OPEN: 'upstream circuit half-open: one call probes',
  CLOSED: 'upstream circuit closed',
} as const satisfies Record<CircuitState, string>;

/** Reports on an upstream: log lines for changes of state, metrics, and the last success and failure. */
export function createTelemetry({ source, log, metrics, clock }: TelemetryOptions) {
  const last: LastOutcomes = { successAt: null, failureAt: null, failureKind: null };
  let isOverloaded = false;
  let exhaustedUntil = 0;
  metrics.upstreamCircuit(source, 'CLOSED');
  metrics.upstreamQueue(source, 0);

  return {
    last: last as Readonly<LastOutcomes>,
    circuit(state: CircuitState) {
      metrics.upstreamCircuit(source, state);
      const level = state === 'OPEN' ? 'warn' : 'info';
      log[level]({ source, state, kind: last.failureKind }, circuitLines[state]);
    },
    concurrency: (limit: number) => metrics.upstreamConcurrency(source, limit),
    queue(waiting: number) {
      metrics.upstreamQueue(source, waiting);
      if (!isOverloaded || waiting > 0) return;
      isOverloaded = false;
      log.info({ source }, 'upstream queue is empty again');
    },
    /** A call was not sent. */
    refused(reason: RefusalReason) {
      metrics.upstreamRefused(source, reason);
      if (reason !== 'overloaded') return;
      if (!isOverloaded) log.warn({ source }, 'upstream queue is too long: calls are turned away');
      isOverloaded = true;
    },
    rateLimit(remaining: number, resetInMs: number) {
      metrics.upstreamBudget(source, remaining);
      // Upstreams state resets in whole seconds, so the same reset differs a little between two responses.
      const resetAt = clock.monotonic() + resetInMs;
      if (remaining > 0 || resetAt - exhaustedUntil < 1500) return;
      exhaustedUntil = resetAt;
      log.warn(
        { source, resetAt: new Date(clock.wall() + resetInMs).toISOString() },
        'upstream budget is spent: calls wait',
      );
    },
    retry: () => metrics.upstreamRetry(source),
    attempt({ operation, tookMs, status, error, isAbandoned, isUnprotected, traceId }: AttemptEntry) {
      const outcome = isAbandoned ? 'cancelled' : (error?.kind ?? (status === 404 ? 'absent' : 'ok'));
      metrics.upstreamCall(source, operation, outcome, tookMs / 1000, traceId);
      if (isAbandoned || isUnprotected) return;
      if (error === undefined) {
        last.successAt = clock.wall();
        return;
      }
      last.failureAt = clock.wall();
      last.failureKind = error.kind;
      log.debug({ source, operation, kind: error.kind, status, reason: reasonOf(error) }, 'upstream attempt failed');
    },
  };
}

/** The code or class of the cause, never its message, which may quote addresses or bodies. */
function reasonOf({ cause }: UpstreamError): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
