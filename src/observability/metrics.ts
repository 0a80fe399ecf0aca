import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { SourceName } from '../domain/source-report.ts';
import type { UpstreamErrorKind } from '../http-client/errors.ts';
import type { SourceTrace } from './trace.ts';

/** All metrics. Label values come from closed lists, never from callers, so that the number of series is bounded. */
export interface Metrics {
  operation(outcome: OperationOutcome, seconds: number): void;
  /** Counts the requests of one operation to a source by where their answer came from. */
  answers(trace: SourceTrace): void;
  /** One HTTP attempt; `operation`: a constant name of the endpoint. */
  upstreamCall(source: SourceName, operation: string, outcome: CallOutcome, seconds: number): void;
  upstreamRetry(source: SourceName): void;
  upstreamCircuit(source: SourceName, state: 'CLOSED' | 'HALF_OPEN' | 'OPEN'): void;
  upstreamBudget(source: SourceName, remaining: number): void;
  upstreamQueue(source: SourceName, waiting: number): void;
  /** The number of values in one upstream search. */
  batchSize(source: SourceName, values: number): void;
  coalesced(source: SourceName, questions: number): void;
  cache(tier: 'memory' | 'redis', outcome: CacheOutcome, times?: number): void;
  redisUp(isUp: boolean): void;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

type CallOutcome = 'ok' | 'absent' | 'cancelled' | UpstreamErrorKind;
export type OperationOutcome = 'ok' | 'partial' | 'failed' | 'refused' | 'cancelled';
export type CacheOutcome = 'hit' | 'miss' | 'garbage' | 'timeout' | 'error' | 'write' | 'write_error' | 'dropped';

const circuitLevels: Readonly<Record<'CLOSED' | 'HALF_OPEN' | 'OPEN', number>> = { CLOSED: 0, HALF_OPEN: 0.5, OPEN: 1 };

const tiers = ['memory', 'redis', 'stale'] as const;

interface DeferredCounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A counter for hot paths: adds to a plain map, which is copied to the library's counter at the scrape. */
function createDeferredCounter(registry: Registry, { name, help, labelNames }: DeferredCounterOptions) {
  const uncollected = new Map<string, number>();
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const [labels, times] of uncollected)
        this.inc(Object.fromEntries(labels.split(' ').map((label, index) => [labelNames[index], label])), times);
      uncollected.clear();
    },
  });
  return (times: number, ...values: readonly string[]): void => {
    const labels = values.join(' ');
    if (times > 0) uncollected.set(labels, (uncollected.get(labels) ?? 0) + times);
  };
}

/** A gauge per source for hot paths: the last level is copied to the library's gauge at the scrape. */
function createSourceGauge(registry: Registry, { name, help }: Omit<DeferredCounterOptions, 'labelNames'>) {
  const levels = new Map<SourceName, number>();
  new Gauge({
    name,
    help,
    labelNames: ['source'],
    registers: [registry],
    collect() {
      for (const [source, level] of levels) this.set({ source }, level);
    },
  });
  return (source: SourceName, level: number): void => {
    levels.set(source, level);
  };
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'gateway_' });
  const registers = [registry];
  const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const operations = createDeferredCounter(registry, {
    name: 'gateway_operations_total',
    help: 'GraphQL operations by outcome',
    labelNames: ['outcome'],
  });
  const operationSeconds = new Histogram({
    name: 'gateway_operation_duration_seconds',
    help: 'Time to answer a GraphQL operation',
    labelNames: ['outcome'],
    buckets: seconds,
    registers,
  });
  const answers = createDeferredCounter(registry, {
    name: 'gateway_source_answers_total',
    help: 'Questions to a source by where their answer came from',
    labelNames: ['source', 'from'],
  });
  const calls = createDeferredCounter(registry, {
    name: 'gateway_upstream_calls_total',
    help: 'Upstream HTTP attempts by outcome',
    labelNames: ['source', 'operation', 'outcome'],
  });
  const callSeconds = new Histogram({
    name: 'gateway_upstream_call_duration_seconds',
    help: 'Time of one upstream HTTP attempt',
    labelNames: ['source', 'operation'],
    buckets: seconds,
    registers,
  });
  const retries = new Counter({
    name: 'gateway_upstream_retries_total',
    help: 'Attempts after the first',
    labelNames: ['source'],
    registers,
  });
  const circuit = new Gauge({
    name: 'gateway_upstream_circuit_open',
    help: '0 closed, 0.5 half-open, 1 open',
    labelNames: ['source'],
    registers,
  });
  const budget = createSourceGauge(registry, {
    name: 'gateway_upstream_budget_remaining',
    help: 'Calls left in the window, as the upstream last told',
  });
  const queue = createSourceGauge(registry, { name: 'gateway_upstream_queue', help: 'Calls waiting for room' });
  const batches = new Histogram({
    name: 'gateway_upstream_batch_values',
    help: 'Values that travelled in one upstream search',
    labelNames: ['source'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
    registers,
  });
  const coalesced = new Counter({
    name: 'gateway_coalesced_total',
    help: 'Questions answered by a call that was already under way',
    labelNames: ['source'],
    registers,
  });
  const cache = createDeferredCounter(registry, {
    name: 'gateway_cache_total',
    help: 'Cache outcomes by tier, counted in keys',
    labelNames: ['tier', 'outcome'],
  });
  // Created at first use: without Redis a series of 0 would raise an alarm.
  let redis: Gauge | undefined;
  const redisGauge = () => new Gauge({ name: 'gateway_redis_up', help: '1 while Redis answers', registers });

  return {
    operation(outcome, time) {
      operations(1, outcome);
      operationSeconds.observe({ outcome }, time);
    },
    answers({ source, hits, live, failures }) {
      for (const tier of tiers) answers(hits[tier], source, tier);
      answers(live, source, 'live');
      for (const kind in failures) answers(failures[kind] ?? 0, source, 'failed');
    },
    upstreamCall(source, operation, outcome, time) {
      calls(1, source, operation, outcome);
      callSeconds.observe({ source, operation }, time);
    },
    upstreamRetry: source => retries.inc({ source }),
    upstreamCircuit: (source, state) => circuit.set({ source }, circuitLevels[state]),
    upstreamBudget: budget,
    upstreamQueue: queue,
    batchSize: (source, values) => batches.observe({ source }, values),
    coalesced: (source, questions) => coalesced.inc({ source }, questions),
    cache: (tier, outcome, times = 1) => cache(times, tier, outcome),
    redisUp(isUp) {
      redis ??= redisGauge();
      redis.set(isUp ? 1 : 0);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
