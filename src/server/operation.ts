/** What happens around every operation, whatever it asks: ages, limits, what the caller wants told, the end. */
import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServerPlugin, type GraphQLRequestContextWillSendResponse, HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Validators } from '../cache/fact-kind.ts';
import type { Context } from '../graphql/context.ts';
import type { CostTable, Measure } from '../graphql/cost.ts';
import { bugIn } from '../graphql/errors.ts';
import { createLimitsPlugin } from '../graphql/limits-plugin.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics, OperationOutcome } from '../observability/metrics.ts';
import type { Span } from '../observability/span.ts';
import type { KeptAnswer } from './kept-answers.ts';
import type { KnownOperations, OperationIdentity, Surroundings } from './known-operations.ts';
import type { Told, Visit, Visits } from './visits.ts';

export interface OperationOptions {
  readonly visits: Visits;
  readonly known: KnownOperations;
  readonly rateLimit: RateLimit;
  readonly maxValues: number;
  readonly costs: CostTable;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** One visit, as those see it who answer. */
export interface Surrounded {
  readonly visit: Visit;
  /** The caller's, whose rate limit it is. */
  readonly clientKey: string;
  readonly headers: IncomingHttpHeaders;
  readonly sight: string | undefined;
  readonly span: Span | undefined;
  enter(grounds?: Validators): Context;
}

export function operationPlugins({ visits, known, rateLimit, maxValues, costs, log }: OperationOptions) {
  const limits = createLimitsPlugin<Context>({
    maxValues,
    costs,
    onMeasured(measure, context) {
      const { told } = visits.ofContext(context);
      told.measure = measure;
      if (!told.isExecuted) charge(rateLimit, context.operation.caller, measure);
      told.isExecuted = true;
    },
    onRefused(measure, context) {
      visits.ofContext(context).told.measure = measure;
    },
  });
  return [limits, tellingPlugin(visits, known, log)];
}

/** What the known operations need around them, for one visit: the same as the plugins do for Apollo Server. */
export function surround(
  { visit, clientKey, headers, sight, enter }: Surrounded,
  options: OperationOptions,
): Surroundings {
  return {
    sight,
    mayAsk: ({ points }) => options.rateLimit.take(clientKey, points).allowed,
    enter(asked, grounds) {
      begin(visit.told, asked);
      return enter(grounds);
    },
    conclude(context, { errors = [], data }, formatted) {
      logBugs(options.log, errors, context.requestId);
      context.end();
      return conclude(visit.told, context, headers, { errors: formatted, data });
    },
  };
}

function begin(told: Told, { hash, name, measure }: OperationIdentity): void {
  Object.assign(told, { operationHash: hash, operationName: name, measure, isExecuted: true } satisfies Told);
}

/** False: the caller has no more to spend. Counted as what it is: so many facts from memory. */
export function giveAgain(
  kept: KeptAnswer,
  { visit, clientKey, span }: Pick<Surrounded, 'visit' | 'clientKey' | 'span'>,
  { rateLimit, metrics, now }: OperationOptions,
): boolean {
  if (!rateLimit.take(clientKey, kept.measure.points).allowed) return false;
  begin(visit.told, kept);
  visit.told.outcome = 'ok';
  const { sources, named, until } = kept;
  for (const { hits } of sources) metrics.cache('memory', 'hit', hits.memory);
  const trace = { span, summary: () => sources };
  visit.context = { trace, named: () => named, lastsMs: () => Math.max(0, until - now()), end() {} };
  return true;
}

/** What is told of this one operation can not be told again. */
export const wantsToBeTold = (headers: IncomingHttpHeaders): boolean =>
  wants(headers, 'trace') || wants(headers, 'estimate');

/** One asks with the headers as Node has them, the other with Apollo's. */
type SentHeaders = IncomingHttpHeaders | HeaderMap;

function wants(headers: SentHeaders, what: 'trace' | 'estimate'): boolean {
  const name = `x-enrichment-${what}`;
  return (headers instanceof HeaderMap ? headers.get(name) : headers[name]) === '1';
}

function logBugs(log: Log, errors: readonly unknown[], requestId: string | undefined): void {
  for (const bug of errors.map(bugIn))
    if (bug) log.error({ requestId, ...bug }, 'A bug: an error that is not on the list');
}

/** Before anything is asked. The caller comes back when told and is let in. */
function charge(rateLimit: RateLimit, caller: string, { points }: Measure): void {
  const taken = rateLimit.take(caller, points);
  if (taken.allowed) return;
  const { retryAfterSeconds } = taken;
  const headers = new HeaderMap([['retry-after', String(retryAfterSeconds)]]);
  throw new GraphQLError(`Too many indicators in a minute: come back in ${retryAfterSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429, headers } },
  });
}

function tellingPlugin(visits: Visits, known: KnownOperations, log: Log): ApolloServerPlugin<Context> {
  return {
    async contextCreationDidFail({ error }) {
      logBugs(log, [error], undefined);
    },
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      logBugs(log, [error], requestContext.contextValue.requestId);
    },
    async requestDidStart({ contextValue }) {
      const { told } = visits.ofContext(contextValue);
      return {
        async didResolveSource({ queryHash }) {
          told.operationHash = queryHash;
        },
        async didResolveOperation({ source, operation, operationName }) {
          told.operationName = operationName;
          // What a write answers holds for this one time, whatever else stands beside it.
          if (operation?.operation !== 'query') contextValue.operation.reduceMaxAge(0);
          if (source.includes('maxAgeSeconds')) contextValue.expectAges();
        },
        async didEncounterErrors({ errors }) {
          logBugs(log, errors, contextValue.requestId);
        },
        async willSendResponse(requestContext) {
          contextValue.end();
          finish(requestContext, told, known);
        },
      };
    },
  };
}

function finish(
  { request, response, contextValue, source, document, queryHash }: GraphQLRequestContextWillSendResponse<Context>,
  told: Told,
  known: KnownOperations,
): void {
  if (response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  const extensions = conclude(told, contextValue, request.http?.headers ?? {}, singleResult);
  if (extensions) singleResult.extensions = { ...singleResult.extensions, ...extensions };
  if (!told.isExecuted || !document || !source || !queryHash || singleResult.data === undefined) return;
  const isPersisted = request.extensions?.persistedQuery !== undefined;
  known.learn({ source, document, hash: queryHash, isPersisted });
}

/** Says what came of an operation, and gives the extensions that its client asked for. */
function conclude(
  told: Told,
  context: Context,
  headers: SentHeaders,
  { errors = [], data }: { readonly errors?: readonly GraphQLFormattedError[]; readonly data?: unknown },
): object | undefined {
  told.outcome = outcomeOf(errors.length, data);
  told.codes = errors.length === 0 ? [] : [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
  const wantsTrace = wants(headers, 'trace');
  const wantsEstimate = wants(headers, 'estimate') && told.measure !== undefined;
  if (!wantsTrace && !wantsEstimate) return undefined;
  return {
    ...(wantsTrace && { enrichment: context.trace.summary() }),
    ...(wantsEstimate && told.measure && { estimate: estimateOf(told.measure) }),
  };
}

/** What the operation could cost with nothing cached, and what it is charged. */
const estimateOf = ({ calls, points }: Measure) => ({ upstreamCalls: calls, indicators: points });

function outcomeOf(errors: number, data: unknown): OperationOutcome {
  if (errors === 0) return 'ok';
  if (data === undefined) return 'refused';
  return data === null ? 'failed' : 'partial';
}
