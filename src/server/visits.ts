/** What is told of every request to /graphql, however it ends: one audit record, one log line, one count. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../access/config.ts';
import type { Context } from '../graphql/context.ts';
import type { Measure } from '../graphql/cost.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics, OperationOutcome } from '../observability/metrics.ts';
import { reportOperation } from '../observability/operation-report.ts';
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
  /** Aborted when the client hangs up before its answer is out. */
  readonly gone: AbortSignal;
  readonly told: Told;
  caller: string | null;
  context: Context | undefined;
}

export interface VisitsOptions {
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly auth: AuthConfig['mode'];
}

export interface Visits {
  begin(request: FastifyRequest, reply: FastifyReply): Visit;
  of(request: FastifyRequest): Visit | undefined;
  /** Throws for a context that did not come through `enter`. */
  ofContext(context: Context): Visit;
  enter(visit: Visit, context: Context): Context;
}

export function createVisits(options: VisitsOptions): Visits {
  const byRequest = new WeakMap<FastifyRequest, Visit>();
  // Apollo hands its plugins a copy of the context; the trace in it stays the same.
  const byTrace = new WeakMap<Context['trace'], Visit>();
  return {
    begin(request, reply) {
      const visit = begin(request, reply, options);
      byRequest.set(request, visit);
      return visit;
    },
    of: request => byRequest.get(request),
    ofContext(context) {
      const visit = byTrace.get(context.trace);
      if (visit === undefined) throw new Error('an operation without a visit');
      return visit;
    },
    enter(visit, context) {
      visit.context = context;
      byTrace.set(context.trace, visit);
      return context;
    },
  };
}

function begin(request: FastifyRequest, reply: FastifyReply, options: VisitsOptions): Visit {
  const began = performance.now();
  const controller = new AbortController();
  const { socket } = request.raw;
  const visit: Visit = { gone: controller.signal, told: {}, caller: null, context: undefined };
  const record = options.audit.open({ requestId: request.id, auth: options.auth, address: request.ip });

  let isEnded = false;
  function end(): void {
    // Both events may be on their way already, and then unlistening comes too late.
    if (isEnded) return;
    isEnded = true;
    socket.off('close', end);
    reply.raw.off('close', end);
    const isGone = !reply.raw.writableFinished;
    if (isGone) controller.abort();
    visit.context?.end();
    const seconds = (performance.now() - began) / 1000;
    const { outcome: answered = 'refused', codes = [] } = visit.told;
    const outcome = isGone ? 'cancelled' : answered;
    const sources = visit.context?.trace.summary() ?? [];
    record.note({ caller: visit.caller, ...auditOf(visit, sources) });
    record.close(outcome, codes);
    reportOperation(options.log, options.metrics, {
      requestId: request.id,
      caller: visit.caller,
      name: visit.told.operationName,
      hash: visit.told.operationHash,
      outcome,
      codes,
      seconds,
      trace: visit.context?.trace,
    });
  }

  // A response that waits behind another on its connection hears nothing of the connection's end.
  socket.once('close', end);
  reply.raw.once('close', end);
  return visit;
}

function auditOf({ told, context }: Visit, sources: readonly SourceTrace[]) {
  const { operationName = null, operationHash = null, measure, isExecuted } = told;
  const indicators = isExecuted ? [...(context?.named() ?? []), ...(measure?.filtered ?? [])] : (measure?.named ?? []);
  const contacted = sources.filter(({ calls, coalesced }) => calls + coalesced > 0).map(({ source }) => source);
  return { operationName, operationHash, indicators, contacted, servedFrom: servedFrom(sources) };
}

function servedFrom(sources: readonly SourceTrace[]): readonly string[] {
  const isAny = (count: (trace: SourceTrace) => number) => sources.some(trace => count(trace) > 0);
  return [
    ...(isAny(({ calls, coalesced }) => calls + coalesced) ? ['LIVE'] : []),
    ...(isAny(({ hits }) => hits.memory + hits.redis) ? ['CACHE'] : []),
    ...(isAny(({ hits }) => hits.stale) ? ['STALE_CACHE'] : []),
  ];
}
