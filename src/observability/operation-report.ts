/** Reports an operation that has ended: one log line, its metrics, the end of its spans. */
import type { SourceName } from '../domain/source-report.ts';
import type { ErrorCode } from '../graphql/error-codes.ts';
import { costField, costFields, type Log, type LogFields } from './log.ts';
import type { Metrics, OperationOutcome } from './metrics.ts';
import type { Span } from './span.ts';
import type { SourceTrace, Trace } from './trace.ts';

interface EndedOperation {
  readonly requestId: string;
  readonly caller: string | null;
  /** Undefined where its text was not read. */
  readonly type: string | undefined;
  /** The operation name in the document. */
  readonly name: string | null | undefined;
  /** SHA-256 of the document. */
  readonly hash: string | null | undefined;
  readonly outcome: OperationOutcome;
  /** The codes of its errors, each once. */
  readonly codes: readonly string[];
  readonly seconds: number;
  /** Of the request; undefined while tracing is off. */
  readonly span: Span | undefined;
  /** Undefined when the operation was refused before execution. */
  readonly trace: Pick<Trace, 'span' | 'summary'> | undefined;
}

export type ReportOperation = (ended: EndedOperation) => void;

export function createOperationReport(log: Log, metrics: Metrics, sourceNames: readonly SourceName[]): ReportOperation {
  const names: CostNames = new Map(
    sourceNames.map(source => [source, costFields.map(field => costField(source, field))] as const),
  );
  return ended => {
    const { trace, outcome, seconds, span } = ended;
    const sources = trace?.summary() ?? [];
    metrics.operation(outcome, seconds, span?.sampledTraceId);
    for (const source of sources) metrics.answers(source);
    log.info(fieldsOf(ended, sources, names), 'operation');
    span?.set({ 'gateway.outcome': outcome, 'gateway.request_id': ended.requestId });
    if (trace?.span) endSpan(trace.span, ended);
  };
}

/** By OpenTelemetry's conventions for GraphQL servers. */
function endSpan(span: Span, { type, name, hash, outcome, codes }: EndedOperation): void {
  const isFailure = outcome === 'failed' || outcome === 'partial';
  const failure = isFailure ? codes.find(code => !asMeant.has(code)) : undefined;
  span.set({
    'graphql.operation.type': type,
    'graphql.operation.name': name ?? undefined,
    'gateway.operation.hash': hash ?? undefined,
    'error.type': failure,
  });
  if (type !== undefined) span.rename(name ? `${type} ${name}` : type);
  span.end(failure);
}

/** What a caller got wrong or may not see, and what the egress policy withholds, is no failure. */
const asMeant: ReadonlySet<string> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'OPERATION_TOO_LARGE',
  'FORBIDDEN',
  'EGRESS_FORBIDDEN',
]);

/** Source → its log fields, in the order of `costFields`. */
type CostNames = ReadonlyMap<SourceName, readonly ReturnType<typeof costField>[]>;

function fieldsOf(ended: EndedOperation, sources: readonly SourceTrace[], names: CostNames): LogFields {
  const { requestId, caller, name, hash, outcome, codes, seconds, span } = ended;
  const fields: { -readonly [Name in keyof LogFields]: LogFields[Name] } = {
    requestId,
    traceId: span?.traceId,
    caller,
    operation: name ?? null,
    hash: hash ?? null,
    outcome,
    codes: codes.length > 0 ? codes : undefined,
    milliseconds: Math.round(seconds * 1000),
  };
  for (const source of sources) {
    const cost = costOf(source);
    names.get(source.source)?.forEach((name, index) => {
      const value = cost[costFields[index] as (typeof costFields)[number]];
      if (value) fields[name] = value;
    });
  }
  return fields;
}

/** Flat, so that every log store can sum and search it. Zeros are left out of the line. */
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
  } satisfies Record<(typeof costFields)[number], unknown>;
}

function failedOf(failures: SourceTrace['failures']): number {
  let sum = 0;
  for (const kind in failures) sum += failures[kind] ?? 0;
  return sum;
}
