/** What is told of an operation once it has ended: one log line, its metrics, the end of its span. */
import type { SourceName } from '../domain/report.ts';
import { type CostField, costFields, type Log, type LogField, type LogFields } from './log.ts';
import type { Metrics, OperationOutcome } from './metrics.ts';
import type { SourceTrace, Trace } from './trace.ts';

export interface EndedOperation {
  readonly requestId: string;
  readonly caller: string | null;
  /** As the caller named it. */
  readonly name: string | null | undefined;
  /** SHA-256 of its text. */
  readonly hash: string | null | undefined;
  readonly outcome: OperationOutcome;
  /** The codes of its errors, each once. */
  readonly codes: readonly string[];
  readonly seconds: number;
  /** Missing where the operation never began. */
  readonly trace: Pick<Trace, 'span' | 'summary'> | undefined;
}

export function reportOperation(log: Log, metrics: Metrics, ended: EndedOperation): void {
  const { trace, outcome, seconds } = ended;
  const sources = trace?.summary() ?? [];
  metrics.operation(outcome, seconds);
  for (const source of sources) metrics.answers(source);
  log.info(fieldsOf(ended, sources), 'operation');
  trace?.span?.set({
    'graphql.operation.name': ended.name ?? undefined,
    'gateway.operation.hash': ended.hash ?? undefined,
    'gateway.outcome': outcome,
    'gateway.request_id': ended.requestId,
  });
  trace?.span?.end(outcome === 'ok' ? undefined : outcome);
}

function fieldsOf(ended: EndedOperation, sources: readonly SourceTrace[]): LogFields {
  const { requestId, caller, name, hash, outcome, codes, seconds, trace } = ended;
  const fields: { -readonly [Name in keyof LogFields]: LogFields[Name] } = {
    requestId,
    traceId: trace?.span?.traceId,
    caller,
    operation: name ?? null,
    hash: hash ?? null,
    outcome,
    codes: codes.length > 0 ? codes : undefined,
    milliseconds: Math.round(seconds * 1000),
  };
  for (const source of sources) {
    const names = costNames[source.source];
    const cost = costOf(source);
    for (const field of costFields) if (cost[field]) fields[names[field]] = cost[field];
  }
  return fields;
}

type CostNames = Readonly<Record<CostField, LogField>>;
const namesOf = (source: 'datadog' | 'argus') =>
  Object.fromEntries(costFields.map(field => [field, `${source}${field}`])) as CostNames;
const costNames: Readonly<Record<SourceName, CostNames>> = { DATADOG: namesOf('datadog'), ARGUS: namesOf('argus') };

/** Flat, so that every log store can sum and search it. What is nothing is left out: a warm answer's line stays short. */
function costOf({ calls, live, hits, coalesced, failures, milliseconds }: SourceTrace) {
  const failed = failedOf(failures);
  return {
    Calls: calls,
    Live: live,
    Cached: hits.memory + hits.redis,
    Stale: hits.stale,
    Joined: coalesced,
    Failed: failed,
    Failures: failed > 0 ? Object.keys(failures) : undefined,
    Milliseconds: Math.round(milliseconds),
  } satisfies Record<CostField, unknown>;
}

function failedOf(failures: SourceTrace['failures']): number {
  let sum = 0;
  for (const kind in failures) sum += failures[kind] ?? 0;
  return sum;
}
