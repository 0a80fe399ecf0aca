import { argus, datadog, type Outage } from './outage.ts';

const inconclusive = (...missing: readonly string[]) =>
  `"verdict":{"level":"INCONCLUSIVE","missing":${JSON.stringify(missing)}}`;

const calls = (outcome: string) =>
  new RegExp(
    `^gateway_upstream_calls_total\\{source="DATADOG",operation="indicator",outcome="${outcome}"\\} [1-9]`,
    'm',
  );
const refusedFor = (reason: string) =>
  new RegExp(`^gateway_upstream_refused_total\\{source="DATADOG",reason="${reason}"\\} [1-9]`, 'm');
const isOpen = /^gateway_upstream_circuit_open\{source="DATADOG"\} (1|0\.5)$/m;
export const ofSources: Readonly<Record<string, Outage>> = {
  'every call fails': {
    begin: datadog({ kind: 'status', status: 503 }),
    answer: inconclusive('DATADOG'),
    log: { message: 'upstream circuit opened', source: 'DATADOG' },
    metric: isOpen,
    readiness: 'DATADOG is DOWN: UPSTREAM_UNAVAILABLE',
    alerts: ['AnswersPartial', 'SourceDown'],
  },
  'every call of all sources fails': {
    begin({ emulators }) {
      for (const source of [emulators.datadog, emulators.argus]) source.faults.add({ kind: 'cut' });
    },
    answer: inconclusive('DATADOG', 'ARGUS'),
    metric: isOpen,
    readiness: '"sources":{"DATADOG":"DOWN","ARGUS":"DOWN"}',
    alerts: ['AnswersPartial', 'SourceDown'],
  },
  'one call of two fails': {
    begin: datadog({ kind: 'status', status: 500, probability: 0.5 }),
    answer: inconclusive('DATADOG'),
    metric: calls('UNAVAILABLE'),
    alerts: ['AnswersPartial'],
    perhaps: ['SourceDown'],
  },
  'one call of five fails, and is repeated': {
    begin: datadog({ kind: 'status', status: 500, probability: 0.2 }),
    preload: '',
    metric: /^gateway_upstream_retries_total\{source="DATADOG"\} [1-9]/m,
    alerts: [],
  },
  'the keys are refused': {
    begin: datadog({ kind: 'status', status: 403 }),
    answer: inconclusive('DATADOG'),
    metric: calls('DENIED'),
    readiness: 'DATADOG is DEGRADED: UPSTREAM_DENIED',
    alerts: ['SourceDenied', 'AnswersPartial'],
  },
  'the limit is spent': {
    begin: datadog({ kind: 'tooManyRequests', reset: 1 }),
    answer: inconclusive('DATADOG'),
    metric: calls('RATE_LIMITED'),
    alerts: ['SourceRateLimited', 'AnswersPartial'],
    perhaps: ['BudgetLow'],
  },
  'few calls are left': {
    begin: datadog({ kind: 'rateLimit', limit: 15, periodSeconds: 1 }),
    metric: /^gateway_upstream_budget_remaining\{source="DATADOG"\} (1?\d)$/m,
    alerts: ['BudgetLow'],
    perhaps: ['SourceRateLimited', 'AnswersPartial'],
  },
  'answers cannot be read': {
    begin: datadog({ kind: 'html' }),
    answer: inconclusive('DATADOG'),
    metric: calls('MALFORMED'),
    alerts: ['SourceMalformed', 'AnswersPartial'],
    perhaps: ['SourceDown'],
  },
  'nothing is known for an hour': {
    everyMs: 500,
    begin: datadog({ kind: 'status', status: 404, match: { path: '/indicator' } }),
    metric: calls('absent'),
    alerts: ['SourceFindsNothing'],
  },
  'questions are refused': {
    begin: datadog({ kind: 'status', status: 422 }),
    answer: inconclusive('DATADOG'),
    metric: calls('REJECTED'),
    alerts: ['SourceRejected', 'AnswersPartial'],
  },
  'a source takes half of the deadline': {
    environment: { ARGUS_TIMEOUT_MS: '9000', REQUEST_DEADLINE_MS: '9500', ARGUS_CONCURRENCY: '64' },
    begin: argus({ kind: 'latency', ms: 4_500 }),
    metric: /^gateway_upstream_call_duration_seconds_bucket\{le="5",source="ARGUS",operation="search"\} [1-9]/m,
    alerts: ['Slow'],
    perhaps: ['AnswersPartial', 'SourceDown', 'Overloaded'],
  },
  'more is asked than a source can answer': {
    preload: '',
    environment: { DATADOG_CONCURRENCY: '40' },
    everyMs: 250,
    asked: `{ indicators(values: [${Array.from({ length: 25 }, (_, at) => `"v${at}-@"`)}]) { verdict { level missing } } }`,
    begin: datadog({ kind: 'latency', ms: 400 }),
    answer: inconclusive('DATADOG'),
    log: { message: 'upstream queue is too long: calls are turned away', source: 'DATADOG' },
    metric: refusedFor('overloaded|late'),
    alerts: ['Overloaded', 'QueueLong'],
    perhaps: ['AnswersPartial', 'SourceDown', 'SourceFindsNothing'],
  },
};
