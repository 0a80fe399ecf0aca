/** What is told of every request to /graphql, however it ends: one audit record, one log line, one count. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthMethod } from '../auth/auth-config.ts';
import type { Caller } from '../auth/callers.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Account, Context } from '../graphql/context.ts';
import type { Measure } from '../graphql/cost.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics, OperationOutcome } from '../observability/metrics.ts';
import { createOperationReport, type ReportOperation } from '../observability/operation-report.ts';
import type { SourceTrace } from '../observability/trace.ts';

/** What became known of an operation on its way; `outcome` is missing until it was answered. */
export interface Told {
  operationName?: string | null;
  operationHash?: string | null;
  measure?: Measure;
  /** From here on its resolvers run. */
  isExecuted?: boolean;
  outcome?: OperationOutcome;
  codes?: readonly string[];
}

/** One request to /graphql, from its first byte. */
export interface Visit {
  /** Aborted when the client hangs up before its answer is out. Made when somebody first asks for it. */
  gone(): AbortSignal;
  readonly told: Told;
  /** Known once it is let in. */
  caller: Caller | undefined;
  context: Account | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request to /graphql. */
    visit: Visit | undefined;
  }
}

export interface VisitsOptions {
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly auth: AuthMethod['mode'];
  /** Of the registry. */
  readonly sources: readonly SourceName[];
}

export interface Visits {
  /** It is the request's `visit` from here on. */
  begin(request: FastifyRequest, reply: FastifyReply): Visit;
  /** Lets Apollo Server's plugins find the visit by the context. */
  introduce(visit: Visit, context: Context): Context;
  /** Throws for a context that was not introduced. */
  ofContext(context: Context): Visit;
}

export function createVisits(options: VisitsOptions): Visits {
  // Apollo hands its plugins a copy of the context; the trace in it stays the same.
  const byTrace = new WeakMap<Context['trace'], Visit>();
  const report = createOperationReport(options.log, options.metrics, options.sources);
  return {
    begin(request, reply) {
      const visit = begin(request, reply, options, report);
      request.visit = visit;
      return visit;
    },
    ofContext(context) {
      const visit = byTrace.get(context.trace);
      if (visit === undefined) throw new Error('an operation without a visit');
      return visit;
    },
    introduce(visit, context) {
      byTrace.set(context.trace, visit);
      return context;
    },
  };
}

function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  options: VisitsOptions,
  reportOperation: ReportOperation,
): Visit {
  const began = performance.now();
  const { socket } = request.raw;
  const isWaiting = reply.raw.socket === null;
  let controller: AbortController | undefined;
  let isGone = false;
  const visit: Visit = {
    gone() {
      controller ??= new AbortController();
      if (isGone) controller.abort();
      return controller.signal;
    },
    told: {},
    caller: undefined,
    context: undefined,
  };
  const record = options.audit.open({ requestId: request.id, auth: options.auth, address: request.ip });

  let isEnded = false;
  function end(): void {
    // Both events may be on their way already, and then unlistening comes too late.
    if (isEnded) return;
    isEnded = true;
    if (isWaiting) socket.off('close', end);
    reply.raw.off('close', end);
    isGone = !reply.raw.writableFinished;
    if (isGone) controller?.abort();
    visit.context?.end();
    const seconds = (performance.now() - began) / 1000;
    later(() => tell(seconds));
  }

  function tell(seconds: number): void {
    const { outcome: answered = 'refused', codes = [] } = visit.told;
    const outcome = isGone ? 'cancelled' : answered;
    const sources = visit.context?.trace.summary() ?? [];
    const caller = visit.caller?.name ?? null;
    record.note({ caller });
    record.note(auditOf(visit, sources));
    record.close(outcome, codes);
    reportOperation({
      requestId: request.id,
      caller,
      name: visit.told.operationName,
      hash: visit.told.operationHash,
      outcome,
      codes,
      seconds,
      trace: visit.context?.trace,
    });
  }

  // A response that waits behind another on its connection hears nothing of the connection's end.
  if (isWaiting) socket.on('close', end);
  reply.raw.on('close', end);
  return visit;
}

/**
 * What is to be told when all that has arrived was answered: side by side, lines cost half of what they cost between
 * answers.
 */
const untold: (() => void)[] = [];

function later(tell: () => void): void {
  untold.push(tell);
  if (untold.length === 1) setImmediate(tellAll);
}

/** One by one: where telling of one is a bug, the others are still there for whoever ends the process. */
export function tellAll(): void {
  for (let tell = untold.shift(); tell !== undefined; tell = untold.shift()) tell();
}

function auditOf({ told, context }: Visit, sources: readonly SourceTrace[]) {
  const { operationName = null, operationHash = null, measure, isExecuted } = told;
  const indicators = isExecuted ? [...(context?.named() ?? []), ...(measure?.filtered ?? [])] : (measure?.named ?? []);
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
