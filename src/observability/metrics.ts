import { Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { SourceName } from '../domain/source-report.ts';
import type { OverloadReason } from '../graphql/operation/work-budget.ts';
import type { CircuitState } from '../http-client/circuit-breaker.ts';
import type { UpstreamErrorKind } from '../http-client/errors.ts';
import { createCounter, createSourceGauge } from './deferred-metrics.ts';
import { type Exposition, expose } from './exposition.ts';
import { describeProcess } from './process-metrics.ts';
import type { SourceTrace } from './trace.ts';

/** All metrics. Label values come from closed lists, never from callers, so that the number of series is bounded. */
export interface Metrics {
  /** `traceId`: of its trace, where that is kept; shown as an exemplar. */
  operation(outcome: OperationOutcome, seconds: number, traceId?: string): void;
  /** Counts the requests of one operation to a source by where their answer came from. */
  answers(trace: SourceTrace): void;
  /** One HTTP attempt; `operation`: a constant name of the endpoint. */
  upstreamCall(source: SourceName, operation: string, outcome: CallOutcome, seconds: number, traceId?: string): void;
  upstreamRetry(source: SourceName): void;
  upstreamCircuit(source: SourceName, state: CircuitState): void;
  upstreamBudget(source: SourceName, remaining: number): void;
  upstreamQueue(source: SourceName, waiting: number): void;
  /** How many calls may be under way now. */
  upstreamConcurrency(source: SourceName, limit: number): void;
  /** A call that was not sent. */
  upstreamRefused(source: SourceName, reason: RefusalReason): void;
  /** A field of an answer that could not be read, by its name in our schema, and is null. */
  upstreamFieldUnreadable(source: SourceName, field: string): void;
  /** The number of values in one upstream search. */
  batchSize(source: SourceName, values: number): void;
  coalesced(source: SourceName, questions: number): void;
  cache(tier: 'memory' | 'redis', outcome: CacheOutcome, times?: number): void;
  redisUp(isUp: boolean): void;
  /** An operation that was refused before anything was asked. */
  overloadRefused(reason: OverloadReason): void;
  /** `read`: the part of the budget for work under way that is taken, read at each scrape. */
  watchWork(read: () => number): void;
  /** Spans that the collector has taken, or has not; nothing without tracing. */
  tracedSpans(outcome: (typeof exportOutcomes)[number], spans: number): void;
  /** In the format that the scrape's Accept header asks for. */
  expose(accept?: string): Promise<Exposition>;
}

/** The circuit is open; less time is left than calls take; too many go first; the rate limit; a refused credential. */
const refusalReasons = ['circuit', 'late', 'overloaded', 'rate_limit', 'credential'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

type CallOutcome = 'ok' | 'absent' | 'cancelled' | UpstreamErrorKind;
/** Those that alerts are about. */
const callOutcomes: readonly CallOutcome[] = [
  ...(['ok', 'absent', 'DENIED', 'RATE_LIMITED', 'REJECTED', 'MALFORMED', 'TIMED_OUT', 'UNAVAILABLE'] as const),
];
const operationOutcomes = ['ok', 'partial', 'failed', 'refused', 'cancelled'] as const;
export type OperationOutcome = (typeof operationOutcomes)[number];
/** `garbage`: an unreadable row; `foreign`: one about something else; `unsigned`: one without a valid signature. */
export type CacheOutcome =
  | 'hit'
  | 'miss'
  | 'garbage'
  | 'foreign'
  | 'unsigned'
  | 'timeout'
  | 'error'
  | 'write'
  | 'write_error'
  | 'dropped';

const exportOutcomes = ['sent', 'failed'] as const;

const redisOutcomes = ['hit', 'miss', 'timeout', 'error', 'write', 'write_error', 'dropped'] as const;

const circuitLevels: Readonly<Record<CircuitState, number>> = { CLOSED: 0, HALF_OPEN: 0.5, OPEN: 1 };

const tiers = ['memory', 'redis', 'stale'] as const;

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const described = {
  operations: { name: 'gateway_operations_total', help: 'GraphQL operations by outcome', labelNames: ['outcome'] },
  operationSeconds: {
    name: 'gateway_operation_duration_seconds',
    help: 'Time to answer a GraphQL operation',
    labelNames: ['outcome'],
    buckets: seconds,
  },
  answers: {
    name: 'gateway_source_answers_total',
    help: 'Questions to a source by where their answer came from',
    labelNames: ['source', 'from'],
  },
  calls: {
    name: 'gateway_upstream_calls_total',
    help: 'Upstream HTTP attempts by outcome',
    labelNames: ['source', 'operation', 'outcome'],
  },
  callSeconds: {
    name: 'gateway_upstream_call_duration_seconds',
    help: 'Time of one upstream HTTP attempt',
    labelNames: ['source', 'operation'],
    buckets: seconds,
  },
  retries: { name: 'gateway_upstream_retries_total', help: 'Attempts after the first', labelNames: ['source'] },
  circuit: { name: 'gateway_upstream_circuit_open', help: '0 closed, 0.5 half-open, 1 open' },
  budget: {
    name: 'gateway_upstream_budget_remaining',
    help: 'Calls left in the window, as the upstream last sent it',
  },
  queue: { name: 'gateway_upstream_queue', help: 'Calls waiting for room' },
  concurrency: {
    name: 'gateway_upstream_concurrency',
    help: 'Calls that may be under way at once, as the upstream allows',
  },
  refused: {
    name: 'gateway_upstream_refused_total',
    help: 'Calls that were not sent, by reason',
    labelNames: ['source', 'reason'],
  },
  unreadable: {
    name: 'gateway_upstream_fields_unreadable_total',
    help: 'Fields of answers that could not be read and are null',
    labelNames: ['source', 'field'],
  },
  batches: {
    name: 'gateway_upstream_batch_values',
    help: 'Values that travelled in one upstream search',
    labelNames: ['source'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
  },
  coalesced: {
    name: 'gateway_coalesced_total',
    help: 'Questions answered by a call that was already under way',
    labelNames: ['source'],
  },
  cache: {
    name: 'gateway_cache_total',
    help: 'Cache outcomes by tier, counted in keys',
    labelNames: ['tier', 'outcome'],
  },
  redis: { name: 'gateway_redis_up', help: '1 while Redis answers' },
  overload: {
    name: 'gateway_overload_refused_total',
    help: 'Operations that were refused because the gateway had no room',
    labelNames: ['reason'],
  },
  spans: {
    name: 'gateway_trace_spans_total',
    help: 'Spans that the collector has taken, or has not',
    labelNames: ['outcome'],
  },
  work: { name: 'gateway_overload_budget_taken', help: 'Part of the budget for work under way that is taken' },
};

const exemplarOf = (traceId: string | undefined) =>
  traceId === undefined ? {} : { exemplarLabels: { trace_id: traceId } };

export interface MetricsOptions {
  /** Whose series are shown from the start, at 0: a rate sees no first error of a series that begins with it. */
  readonly sources?: readonly SourceName[];
  readonly hasRedis?: boolean;
  readonly hasTracing?: boolean;
}

export function createMetrics({ sources = [], hasRedis, hasTracing }: MetricsOptions = {}): Metrics {
  // With the other content type the library refuses exemplars.
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers = [registry];
  describeProcess(registry);
  const operations = createCounter(registry, described.operations, operationOutcomes);
  const operationSeconds = new Histogram({ ...described.operationSeconds, enableExemplars: true, registers });
  const answers = createCounter(registry, described.answers);
  const calls = createCounter(registry, described.calls);
  const callSeconds = new Histogram({ ...described.callSeconds, enableExemplars: true, registers });
  const retries = createCounter(registry, described.retries);
  const circuit = createSourceGauge(registry, described.circuit);
  const unreadable = createCounter(registry, described.unreadable);
  const refused = createCounter(registry, described.refused);
  const batches = new Histogram({ ...described.batches, registers });
  const coalesced = createCounter(registry, described.coalesced);
  const cache = createCounter(registry, described.cache);
  const overload = createCounter(registry, described.overload);
  for (const source of sources) {
    for (const from of [...tiers, 'live', 'failed']) answers.begin(source, from);
    for (const reason of refusalReasons) refused.begin(source, reason);
  }
  const spans = hasTracing ? createCounter(registry, described.spans, exportOutcomes) : undefined;
  for (const outcome of hasRedis ? redisOutcomes : []) cache.begin('redis', outcome);
  let readWork = () => 0;
  new Gauge({
    ...described.work,
    registers,
    collect() {
      this.set(readWork());
    },
  });
  const seen = new Set<string>();
  // Created at first use: without Redis a series of 0 would raise an alarm.
  let redis: Gauge | undefined;

  return {
    operation(outcome, value, traceId) {
      operations(1, outcome);
      operationSeconds.observe({ labels: { outcome }, value, ...exemplarOf(traceId) });
    },
    answers({ source, hits, live, failures }) {
      for (const tier of tiers) answers(hits[tier], source, tier);
      answers(live, source, 'live');
      for (const kind in failures) answers(failures[kind] ?? 0, source, 'failed');
    },
    upstreamCall(source, operation, outcome, value, traceId) {
      if (!seen.has(`${source} ${operation}`)) {
        seen.add(`${source} ${operation}`);
        for (const one of callOutcomes) calls.begin(source, operation, one);
      }
      calls(1, source, operation, outcome);
      callSeconds.observe({ labels: { source, operation }, value, ...exemplarOf(traceId) });
    },
    upstreamRetry: source => retries(1, source),
    upstreamCircuit: (source, state) => circuit(source, circuitLevels[state]),
    upstreamBudget: createSourceGauge(registry, described.budget),
    upstreamQueue: createSourceGauge(registry, described.queue),
    upstreamConcurrency: createSourceGauge(registry, described.concurrency),
    upstreamRefused: (source, reason) => refused(1, source, reason),
    upstreamFieldUnreadable: (source, field) => unreadable(1, source, field),
    batchSize: (source, values) => batches.observe({ source }, values),
    coalesced: (source, questions) => coalesced(questions, source),
    cache: (tier, outcome, times = 1) => cache(times, tier, outcome),
    redisUp(isUp) {
      redis ??= new Gauge({ ...described.redis, registers });
      redis.set(isUp ? 1 : 0);
    },
    overloadRefused: reason => overload(1, reason),
    watchWork(read) {
      readWork = read;
    },
    tracedSpans: (outcome, times) => spans?.(times, outcome),
    expose: accept => expose(registry, accept),
  };
}
