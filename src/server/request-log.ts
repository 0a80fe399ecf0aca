/** Writes an audit record, a log line and metrics for every request that may run an operation, however it ends. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthMethod } from '../auth/auth-config.ts';
import type { Caller } from '../auth/callers.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Context, ReportedContext } from '../graphql/context.ts';
import type { OperationCost } from '../graphql/cost.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics, OperationOutcome } from '../observability/metrics.ts';
import { createOperationReport, type ReportOperation } from '../observability/operation-report.ts';
import type { Span } from '../observability/span.ts';
import type { SourceTrace } from '../observability/trace.ts';
import type { Tracing } from '../observability/tracing.ts';
import { beginRequestSpan, endRequestSpan } from './request-span.ts';

/** What is known of the operation in a request; more is added while it is handled. */
export interface OperationRecord {
  /** Undefined where its text was not read. */
  operationType?: string | undefined;
  operationName?: string | null;
  operationHash?: string | null;
  cost?: OperationCost;
  /** Points that were taken before its texts were searched. */
  paidForSearch?: number;
  /** How many records were gathered for it. */
  rows?: number;
  /** It is within all limits, so its resolvers run. */
  isExecuted?: boolean;
  /** Undefined until there is a response. */
  outcome?: OperationOutcome;
  codes?: readonly string[];
}

/** What is known of one such request. */
export interface RequestRecord {
  /** Aborted when the client closes the connection before it has the response. Created when it is first needed. */
  clientGone(): AbortSignal;
  readonly operation: OperationRecord;
  /** Undefined until the caller is authenticated. */
  caller: Caller | undefined;
  context: ReportedContext | undefined;
  /** Undefined while tracing is off. */
  readonly span: Span | undefined;
  /** The response is out, or its client has gone. */
  isEnded: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined for requests to paths that run no operation. */
    requestRecord: RequestRecord | undefined;
  }
}

export interface RequestLogOptions {
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly auth: AuthMethod['mode'];
  readonly tracing: Tracing | undefined;
  /** The names of all sources. */
  readonly sources: readonly SourceName[];
}

export interface RequestLog {
  /** To be called once, when a request arrives. From then on it is written when the request ends. */
  begin(request: FastifyRequest, reply: FastifyReply): RequestRecord;
  /** Makes the record known to `recordOf`, for the plugins of Apollo Server. Returns the context. */
  link(record: RequestRecord, context: Context): Context;
  /** Throws if the context was not linked. */
  recordOf(context: Context): RequestRecord;
  /** Writes at once what is still to be written. */
  flush(): void;
}

export function createRequestLog(options: RequestLogOptions): RequestLog {
  // Apollo Server gives its plugins a copy of the context, but the trace in it is the same object.
  const recordByTrace = new WeakMap<Context['trace'], RequestRecord>();
  const reportOperation = createOperationReport(options.log, options.metrics, options.sources);
  const queue = createWriteQueue();
  return {
    begin: (request, reply) => beginRecord(request, reply, options, write => queue.add(write), reportOperation),
    link(record, context) {
      recordByTrace.set(context.trace, record);
      return context;
    },
    recordOf(context) {
      const record = recordByTrace.get(context.trace);
      if (record === undefined) throw new Error('the context of no request');
      return record;
    },
    flush: queue.flush,
  };
}

/**
 * Writes after all requests that have arrived were answered: lines that are written together take half the time of lines
 * between responses.
 */
function createWriteQueue() {
  const writes: (() => void)[] = [];
  /** Removes each before it runs: if one throws, the others can still be flushed. */
  function flush(): void {
    for (let write = writes.shift(); write !== undefined; write = writes.shift()) write();
  }
  return {
    add(write: () => void): void {
      writes.push(write);
      if (writes.length === 1) setImmediate(flush);
    },
    flush,
  };
}

function beginRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  options: RequestLogOptions,
  writeLater: (write: () => void) => void,
  reportOperation: ReportOperation,
): RequestRecord {
  const startedAt = performance.now();
  const { socket } = request.raw;
  const isPipelined = reply.raw.socket === null;
  let controller: AbortController | undefined;
  let isGone = false;
  const record: RequestRecord = {
    isEnded: false,
    clientGone() {
      controller ??= new AbortController();
      if (isGone) controller.abort();
      return controller.signal;
    },
    operation: {},
    caller: undefined,
    context: undefined,
    span: beginRequestSpan(options.tracing, request),
  };
  request.requestRecord = record;
  const auditRecord = options.audit.open({ requestId: request.id, auth: options.auth, address: request.ip });

  function end(): void {
    // Both events may be emitted, and the second one even after its listener was removed.
    if (record.isEnded) return;
    record.isEnded = true;
    if (isPipelined) socket.off('close', end);
    reply.raw.off('close', end);
    isGone = !reply.raw.writableFinished;
    if (isGone) controller?.abort();
    record.context?.end();
    record.context?.leave();
    const seconds = (performance.now() - startedAt) / 1000;
    writeLater(() => write(seconds));
  }

  function write(seconds: number): void {
    const { outcome: answered = 'refused', codes = [], operationName: name, operationHash: hash } = record.operation;
    const outcome = isGone ? 'cancelled' : answered;
    const trace = record.context?.trace;
    const caller = record.caller?.name ?? null;
    auditRecord.note({ caller, ...auditFields(record, trace?.summary() ?? []) });
    auditRecord.close(outcome, codes);
    const { id: requestId } = request;
    const { operationType: type } = record.operation;
    reportOperation({ requestId, caller, type, name, hash, outcome, codes, seconds, trace, span: record.span });
    if (record.span) endRequestSpan(record.span, reply, isGone);
  }

  // A response that waits behind another one on its connection has no socket yet, and does not see it close.
  if (isPipelined) socket.on('close', end);
  reply.raw.on('close', end);
  return record;
}

function auditFields({ operation, context }: RequestRecord, sources: readonly SourceTrace[]) {
  const { operationName = null, operationHash = null, cost, isExecuted } = operation;
  const indicators = isExecuted ? [...(context?.named() ?? []), ...(cost?.filtered ?? [])] : (cost?.named ?? []);
  const contacted = sources.flatMap(({ source, calls, coalesced }) => (calls + coalesced > 0 ? [source] : []));
  return { operationName, operationHash, indicators, contacted, servedFrom: servedFrom(sources) };
}

function servedFrom(sources: readonly SourceTrace[]): readonly string[] {
  const from: string[] = [];
  if (sources.some(({ calls, coalesced }) => calls + coalesced > 0)) from.push('LIVE');
  if (sources.some(({ hits }) => hits.memory + hits.redis > 0)) from.push('CACHE');
  if (sources.some(({ hits }) => hits.stale > 0)) from.push('STALE_CACHE');
  return from;
}
