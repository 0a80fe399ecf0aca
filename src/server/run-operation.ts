/** Runs one operation for a caller who is known, in the cheapest way that is possible. Whatever asks, asks here. */
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { Caller } from '../auth/callers.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Permissions } from '../auth/scopes.ts';
import { readTlp, type Tlp, tlpExpected } from '../domain/egress/tlp.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import { isOverloaded } from '../graphql/error-codes.ts';
import type { Later } from '../slices.ts';
import { setCacheControl } from './http-cache.ts';
import type { GraphqlResponse } from './operation-cache.ts';
import { chargeAnswer, chargeRefused, giveBack, isRateLimited, spentMessage } from './operation-charge.ts';
import { type OperationDependencies, operationHooks, wantsExtensions } from './operation-hooks.ts';
import type { RefusedRequest } from './refuse.ts';
import type { RequestRecord } from './request-log.ts';
import type { SentRequest } from './sent-request.ts';

export interface OperationRunner {
  readonly apollo: ApolloServer<Context>;
  readonly operations: OperationDependencies;
  readonly authConfig: AuthConfig;
  readonly gateway: Gateway;
}

/**
 * Runs what `sent` asks for, and sets Cache-Control. The response, or why nothing was asked, is for the route to send. The
 * request must have a record with a caller.
 */
export type RunOperation = (
  request: FastifyRequest,
  reply: FastifyReply,
  sent: SentRequest,
) => Later<GraphqlResponse | RefusedRequest>;

/** There is no promise where none is needed, because one costs as much time as a field. */
export function createRunOperation(options: OperationRunner): RunOperation {
  const { operations, authConfig, gateway } = options;
  const { operationCache, rateLimit } = operations;
  const permissionsKeyOf = createPermissionsKeys(authConfig, gateway.permissionsOf);

  return (request, reply, sent) => {
    const { record, caller } = authenticated(request);
    const { clientKey } = caller;
    const { headers } = sent;
    const tlp = tlpIn(headers);
    if (tlp === null) return { status: 400, code: 'BAD_REQUEST', message: `X-TLP must be ${tlpExpected}.` };
    const permissionsKey = wantsExtensions(headers) || tlp ? undefined : permissionsKeyOf(caller);
    const createRequestContext = () => {
      const { clientGone } = record;
      const span = record.span?.child('GraphQL Operation', {});
      const options = { caller, requestId: request.id, clientGone, permissionsKey, tlp, span };
      const context = createContext(gateway, options);
      record.context = context;
      // Its client has gone while the caller was authenticated.
      if (record.isEnded) endContext(context);
      return context;
    };
    const pending = { reply, record, clientKey, createContext: createRequestContext };
    const settle = (response: GraphqlResponse | undefined) => {
      if (!response) return refusalOfSpent(rateLimit, clientKey) ?? executeByApollo(options, sent, pending);
      chargeAnswer(rateLimit, clientKey, record.operation, response.text);
      setCacheControl(reply, record, authConfig);
      return response;
    };
    const refuseForNow = (problem: unknown): RefusedRequest => {
      const isSpent = isRateLimited(problem);
      if (!isSpent && !isOverloaded(problem)) throw problem;
      const { message, extensions } = problem;
      if (!isSpent) giveBack(rateLimit, clientKey, record.operation, problem);
      const [status, code] = isSpent ? ([429, 'RATE_LIMITED'] as const) : ([503, 'OVERLOADED'] as const);
      return { status, code, message, retryAfterSeconds: Number(extensions.retryAfterSeconds) };
    };
    const hooks = operationHooks({ record, clientKey, headers, createContext: createRequestContext }, operations);
    try {
      const response = operationCache.execute(sent, hooks);
      return response instanceof Promise ? response.then(settle, refuseForNow) : settle(response);
    } catch (problem) {
      return refuseForNow(problem);
    }
  };
}

/** Throws where the route has not authenticated. */
export function authenticated({ requestRecord: record }: FastifyRequest): {
  readonly record: RequestRecord;
  readonly caller: Caller;
} {
  const caller = record?.caller;
  if (!record || !caller) throw new Error('a request without a record or a caller');
  return { record, caller };
}

/** What Apollo Server refuses costs time as well: who has spent everything is refused before it. */
export function refusalOfSpent(rateLimit: RateLimit, clientKey: string): RefusedRequest | undefined {
  const retryAfterSeconds = rateLimit.spentFor(clientKey);
  if (retryAfterSeconds === undefined) return undefined;
  return { status: 429, code: 'RATE_LIMITED', message: spentMessage(retryAfterSeconds), retryAfterSeconds };
}

/** How the caller has marked what it asks; null: in no way that is known, so that nobody knows what may be sent. */
function tlpIn({ 'x-tlp': marking }: FastifyRequest['headers']): Tlp | null | undefined {
  return marking === undefined ? undefined : (readTlp(String(marking)) ?? null);
}

function endContext(context: Context): void {
  context.end();
  context.leave();
}

interface PendingRequest {
  readonly reply: FastifyReply;
  readonly record: RequestRecord;
  readonly clientKey: string;
  createContext(): Context;
}

async function executeByApollo(
  { apollo, authConfig, operations: { requestLog, operationCache, rateLimit } }: OperationRunner,
  request: SentRequest,
  { reply, record, clientKey, createContext }: PendingRequest,
): Promise<GraphqlResponse> {
  const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { ...request, headers: headerMap(request.headers) },
    context: async () => requestLog.link(record, createContext()),
  });
  const { operation } = record;
  const type = headers.get('content-type');
  if (operation.outcome === 'ok' && type) operationCache.addContentType(request.headers.accept, type);
  for (const [name, value] of headers) reply.header(name, value);
  const text = body.kind === 'complete' ? body.string : '';
  if (!operation.outcome) operation.codes = codesIn(text);
  if (operation.isExecuted) chargeAnswer(rateLimit, clientKey, operation, text);
  else if (!operation.codes?.includes('RATE_LIMITED') && operation.paidForSearch === undefined)
    chargeRefused(rateLimit, clientKey, request.text);
  setCacheControl(reply, record, authConfig);
  return { status: status ?? 200, contentType: type ?? 'application/json; charset=utf-8', text };
}

/**
 * Names what a caller may see: callers with the same key may see the same. Undefined if callers bring keys of their own,
 * which may see different things at the upstream.
 */
function createPermissionsKeys(
  { keyHeaders }: AuthConfig,
  permissionsOf: Gateway['permissionsOf'],
): (caller: Caller) => string | undefined {
  if (Object.keys(keyHeaders).length > 0) return () => undefined;
  const keys = new WeakMap<Permissions, string>();
  return ({ scopes }) => {
    const permissions = permissionsOf(scopes);
    const key = keys.get(permissions) ?? JSON.stringify(permissions);
    keys.set(permissions, key);
    return key;
  };
}

const errorBody = z.object({ errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })) });

/** The error codes of a response that Apollo Server sent before its plugins saw an operation. */
function codesIn(text: string): readonly string[] {
  const parsed = errorBody.safeParse(JSON.parse(text || '{}'));
  return parsed.data?.errors.map(({ extensions }) => extensions.code) ?? [];
}

function headerMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
}
