import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { SourceName } from '../domain/source-report.ts';
import type { UpstreamErrorKind } from '../http-client/errors.ts';
import type { SourceTrace } from './trace.ts';

/**
 * Every metric of the gateway. Labels come from closed lists of ours: never an indicator, a caller or a key, so the
 * number of series is bounded however much is asked.
 */
export interface Metrics {
  operation(outcome: OperationOutcome, seconds: number): void;
  /** Where the answers of one operation came from, counted in questions to a source. */
  answers(trace: SourceTrace): void;
  /** One attempt on the wire; `operation` is the constant word of an endpoint. */
  upstreamCall(source: SourceName, operation: string, outcome: CallOutcome, seconds: number): void;
  upstreamRetry(source: SourceName): void;
  upstreamCircuit(source: SourceName, state: 'CLOSED' | 'HALF_OPEN' | 'OPEN'): void;
  upstreamBudget(source: SourceName, remaining: number): void;
  upstreamQueue(source: SourceName, waiting: number): void;
  /** Values that travelled in one upstream search. */
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

interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** A counter of what happens with every warm answer: plain additions there, and the library's price at the scrape. */
function createTally(registry: Registry, { name, help, labelNames }: TallyOptions) {
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

/** A gauge of each source that moves with every call: the last level is told at the scrape. */
function createLevel(registry: Registry, { name, help }: Omit<TallyOptions, 'labelNames'>) {
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
  const operations = createTally(registry, {
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
  const answers = createTally(registry, {
    name: 'gateway_source_answers_total',
    help: 'Questions to a source by where their answer came from',
    labelNames: ['source', 'from'],
  });
  const calls = createTally(registry, {
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
  const budget = createLevel(registry, {
    name: 'gateway_upstream_budget_remaining',
    help: 'Calls left in the window, as the upstream last told',
  });
  const queue = createLevel(registry, { name: 'gateway_upstream_queue', help: 'Calls waiting for room' });
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
  const cache = createTally(registry, {
    name: 'gateway_cache_total',
    help: 'Cache outcomes by tier, counted in keys',
    labelNames: ['tier', 'outcome'],
  });
  // Without Redis there is no such series: 0 would be an alarm about something that nobody configured.
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
