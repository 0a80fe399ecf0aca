/** What the server does around every operation: limits, the caller's rate limit, records, and the requested extensions. */
import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServerPlugin, type GraphQLRequestContextWillSendResponse, HeaderMap } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Context } from '../graphql/context.ts';
import type { OperationCost } from '../graphql/cost.ts';
import type { CostLimits } from '../graphql/cost-limits.ts';
import { isOverloaded } from '../graphql/error-codes.ts';
import { bugIn } from '../graphql/errors.ts';
import type { PrepareOperation } from '../graphql/executor.ts';
import { createLimitsPlugin } from '../graphql/limits-plugin.ts';
import type { Log } from '../observability/log.ts';
import type { OperationOutcome } from '../observability/metrics.ts';
import type { OperationCache, OperationHooks, OperationIdentity } from './operation-cache.ts';
import { charge, giveBack } from './operation-charge.ts';
import type { OperationRecord, RequestLog, RequestRecord } from './request-log.ts';

export interface OperationDependencies extends CostLimits {
  readonly requestLog: RequestLog;
  readonly operationCache: OperationCache;
  readonly prepare: PrepareOperation;
  readonly rateLimit: RateLimit;
  readonly log: Log;
}

/** A request whose caller is known. */
export interface AuthenticatedRequest {
  readonly record: RequestRecord;
  /** Whose rate limit it uses. */
  readonly clientKey: string;
  readonly headers: IncomingHttpHeaders;
  createContext(): Context;
}

/** For operations that Apollo Server executes. */
export function operationPlugins(dependencies: OperationDependencies) {
  const { requestLog, operationCache, prepare, rateLimit, maxValues, costs, texts, log } = dependencies;
  const limits = createLimitsPlugin<Context>({
    maxValues,
    costs,
    texts,
    prepare,
    beforeSearch(cost, context) {
      charge(rateLimit, context.operation.caller, cost);
      requestLog.recordOf(context).operation.paidForSearch = cost.points;
      return context.slices();
    },
    onAccepted(cost, context) {
      const { operation } = requestLog.recordOf(context);
      operation.cost = cost;
      // Not if the operation cache has charged it already, and left it to Apollo Server then.
      if (!operation.isExecuted) charge(rateLimit, context.operation.caller, cost, operation.paidForSearch);
      operation.isExecuted = true;
      prepareContext(context, cost);
    },
    onRejected(cost, context) {
      requestLog.recordOf(context).operation.cost = cost;
    },
  });
  return [limits, recordingPlugin({ requestLog, operationCache, rateLimit, log })];
}

/** For operations that the operation cache executes: does the same as the plugins. */
export function operationHooks(
  { record, clientKey, headers, createContext }: AuthenticatedRequest,
  { rateLimit, log }: OperationDependencies,
): OperationHooks {
  return {
    charge(cost) {
      record.operation.cost = cost;
      charge(rateLimit, clientKey, cost);
    },
    begin(identity) {
      recordExecution(record.operation, identity);
      const context = createContext();
      prepareContext(context, identity.cost);
      return context;
    },
    end(context, { errors, data }, formatted) {
      logBugs(log, errors, context.requestId);
      context.end();
      record.operation.rows = context.rows.gathered();
      return recordOutcome(record.operation, context, headers, {
        errors: formatted,
        data: data === 'null' ? null : data,
      });
    },
  };
}

/** Throws `overloaded`. */
function prepareContext(context: Context, cost: OperationCost): void {
  context.texts = cost.texts;
  context.rows.expectProperties(cost.properties);
  context.room.reserve(roomOf(cost));
}

/**
 * What an operation takes before it begins: where some of its calls are made in any case, as much as it could ask for. All
 * else is taken when it is known what memory lacks.
 */
const roomOf = ({ uncached, points }: OperationCost): number => (uncached === 0 ? 0 : points);

function recordExecution(operation: OperationRecord, { hash, name, cost }: OperationIdentity): void {
  const identity = { operationType: 'query', operationHash: hash, operationName: name };
  Object.assign(operation, { ...identity, cost, isExecuted: true } satisfies OperationRecord);
}

/** Such a response is about one execution, and must not be cached. */
export const wantsExtensions = (headers: IncomingHttpHeaders): boolean =>
  wants(headers, 'trace') || wants(headers, 'estimate');

/** Those of Node, or those of Apollo Server. */
type RequestHeaders = IncomingHttpHeaders | HeaderMap;

function wants(headers: RequestHeaders, extension: 'trace' | 'estimate'): boolean {
  const name = `x-enrichment-${extension}`;
  return (headers instanceof HeaderMap ? headers.get(name) : headers[name]) === '1';
}

function logBugs(log: Log, errors: readonly unknown[], requestId: string | undefined): void {
  for (const bug of errors.map(bugIn))
    if (bug) log.error({ requestId, ...bug }, 'A bug: an error that is not on the list');
}

type RecordingDependencies = Pick<OperationDependencies, 'requestLog' | 'operationCache' | 'rateLimit' | 'log'>;

function recordingPlugin({
  requestLog,
  operationCache,
  rateLimit,
  log,
}: RecordingDependencies): ApolloServerPlugin<Context> {
  return {
    async contextCreationDidFail({ error }) {
      logBugs(log, [error], undefined);
    },
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      logBugs(log, [error], requestContext.contextValue.requestId);
    },
    async requestDidStart({ contextValue }) {
      const record = requestLog.recordOf(contextValue).operation;
      return {
        async didResolveSource({ queryHash }) {
          record.operationHash = queryHash;
        },
        async didResolveOperation({ operation, operationName }) {
          record.operationType = operation?.operation;
          record.operationName = operationName;
          // The response to a mutation must not be reused, whatever it contains.
          if (operation?.operation !== 'query') contextValue.operation.reduceMaxAge(0);
        },
        async didEncounterErrors({ errors }) {
          logBugs(log, errors, contextValue.requestId);
        },
        async willSendResponse(requestContext) {
          contextValue.end();
          record.rows = contextValue.rows.gathered();
          finish(requestContext, record, operationCache);
          const refusal = refusalForRoom(requestContext);
          if (refusal) giveBack(rateLimit, contextValue.operation.caller, record, refusal);
        },
      };
    },
  };
}

/** Undefined: it was answered. */
function refusalForRoom({ errors, response: { body } }: GraphQLRequestContextWillSendResponse<Context>) {
  const isAnswered = body.kind !== 'single' || body.singleResult.data !== undefined;
  return isAnswered ? undefined : errors?.find(isOverloaded);
}

/** Completes record and response, and adds an operation that was executed to the cache. */
function finish(
  { request, response, contextValue, source, document, queryHash }: GraphQLRequestContextWillSendResponse<Context>,
  record: OperationRecord,
  operationCache: OperationCache,
): void {
  if (response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  const extensions = recordOutcome(record, contextValue, request.http?.headers ?? {}, singleResult);
  if (extensions) singleResult.extensions = { ...singleResult.extensions, ...extensions };
  if (!record.isExecuted || !document || !source || !queryHash || singleResult.data === undefined) return;
  const isPersisted = request.extensions?.persistedQuery !== undefined;
  operationCache.add({ source, document, hash: queryHash, isPersisted });
}

/** Returns the extensions that the client wants. */
function recordOutcome(
  record: OperationRecord,
  context: Context,
  headers: RequestHeaders,
  { errors = [], data }: { readonly errors?: readonly GraphQLFormattedError[]; readonly data?: unknown },
): object | undefined {
  record.outcome = outcomeOf(errors, data);
  record.codes = errors.length === 0 ? [] : [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
  const wantsTrace = wants(headers, 'trace');
  const wantsEstimate = wants(headers, 'estimate') && record.cost !== undefined;
  if (!wantsTrace && !wantsEstimate) return undefined;
  return {
    ...(wantsTrace && { enrichment: context.trace.summary() }),
    ...(wantsEstimate && record.cost && { estimate: estimateOf(record.cost) }),
  };
}

const estimateOf = ({ calls, points }: OperationCost) => ({ upstreamCalls: calls, indicators: points });

/** The caller's mistakes, and an answer that became too large, are refused, as they would have been before if they had been known. */
function outcomeOf(errors: readonly GraphQLFormattedError[], data: unknown): OperationOutcome {
  if (errors.length === 0) return 'ok';
  if (data === undefined) return 'refused';
  if (data !== null) return 'partial';
  const isCallers = ({ extensions }: GraphQLFormattedError) =>
    extensions?.code === 'BAD_USER_INPUT' || extensions?.code === 'OPERATION_TOO_LARGE';
  return errors.every(isCallers) ? 'refused' : 'failed';
}
