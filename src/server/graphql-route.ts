/** GraphQL over HTTP: authenticates the caller, then responds in the cheapest way that is possible. */
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { AuthenticationFailure, Authenticator, Caller } from '../auth/callers.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { Permissions } from '../auth/scopes.ts';
import { readTlp, type Tlp, tlpExpected } from '../domain/egress/tlp.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import { isOverloaded } from '../graphql/error-codes.ts';
import { inTurn } from '../slices.ts';
import { sendAnswer, setCacheControl } from './http-cache.ts';
import type { GraphqlResponse } from './operation-cache.ts';
import { chargeAnswer, chargeRefused, giveBack, isRateLimited, spentMessage } from './operation-charge.ts';
import { type OperationDependencies, operationHooks, wantsExtensions } from './operation-hooks.ts';
import { refuse } from './refuse.ts';
import type { RequestRecord } from './request-log.ts';
import { parseRequest, type SentRequest, sentText } from './sent-request.ts';
import { trustedRequest } from './trusted-request.ts';

export interface GraphqlRoute {
  readonly apollo: ApolloServer<Context>;
  readonly operations: OperationDependencies;
  readonly authenticator: Authenticator;
  readonly authConfig: AuthConfig;
  readonly gateway: Gateway;
}

/** There is no promise where none is needed, because one costs as much time as a field. */
export function registerGraphql(server: FastifyInstance, options: GraphqlRoute): void {
  const { operations, authenticator, authConfig, gateway } = options;
  const { requestLog, operationCache, rateLimit } = operations;
  const { trustedDocuments } = authConfig;
  const permissionsKeyOf = createPermissionsKeys(authConfig, gateway.permissionsOf);

  function send(reply: FastifyReply, record: RequestRecord, { status, contentType, text }: GraphqlResponse): void {
    setCacheControl(reply, record, authConfig);
    sendAnswer(reply.status(status).header('content-type', contentType), text);
  }

  /** What Apollo Server refuses costs time as well: who has spent everything is refused before it. */
  function refuseSpent(reply: FastifyReply, clientKey: string): FastifyReply | undefined {
    const seconds = rateLimit.spentFor(clientKey);
    if (seconds === undefined) return undefined;
    return refuse(reply, 429, 'RATE_LIMITED', spentMessage(seconds), seconds);
  }

  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    /** Authenticates before the body is read. */
    onRequest(request, reply, done) {
      const record = requestLog.begin(request, reply);
      const settle = (caller: Caller | AuthenticationFailure) => {
        if (!('refused' in caller)) {
          record.caller = caller;
          return done();
        }
        // The body is not read, so the connection cannot be used for another request.
        reply.header('www-authenticate', caller.wwwAuthenticate).header('connection', 'close');
        refuse(reply, 401, 'UNAUTHENTICATED', caller.message);
      };
      const caller = authenticator.authenticate(request.headers, request.ip);
      if (caller instanceof Promise) caller.then(settle).catch(done);
      else settle(caller);
    },
    onSend(request, reply, payload, done) {
      const clientKey = request.requestRecord?.caller?.clientKey;
      if (clientKey !== undefined) tellRateLimit(reply, rateLimit.left(clientKey), authConfig.indicatorsPerMinute);
      done(null, payload);
    },
    handler(request, reply): FastifyReply | Promise<FastifyReply> | undefined {
      // Of many requests in one turn of the event loop the later ones wait for turns of their own, large ones behind small ones.
      const isSmall = String(request.body ?? '').length < smallBody;
      return inTurn(isSmall, () => answer(request, reply));
    },
  });

  function answer(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    const { requestRecord: record } = request;
    const caller = record?.caller;
    if (!record || !caller) throw new Error('a request without a record or a caller');
    const { headers } = request;
    const { clientKey } = caller;
    const tlp = tlpIn(headers);
    if (tlp === null) return refuse(reply, 400, 'BAD_REQUEST', `X-TLP must be ${tlpExpected}.`);
    const permissionsKey = wantsExtensions(headers) || tlp ? undefined : permissionsKeyOf(caller);
    const sent = sentText(request);
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
    const parsed = parseRequest(request, sent);
    const allowed = trustedDocuments ? trustedRequest(parsed, trustedDocuments) : parsed;
    if (!allowed) return refuse(reply, 400, 'PERSISTED_QUERY_REQUIRED', notTrusted);
    const settle = (response: GraphqlResponse | undefined) => {
      if (!response) return refuseSpent(reply, clientKey) ?? executeByApollo(options, allowed, pending);
      chargeAnswer(rateLimit, clientKey, record.operation, response.text);
      send(reply, record, response);
      return reply;
    };
    const refuseForNow = (problem: unknown) => {
      const isSpent = isRateLimited(problem);
      if (!isSpent && !isOverloaded(problem)) throw problem;
      const { message, extensions } = problem;
      if (!isSpent) giveBack(rateLimit, clientKey, record.operation, problem);
      const [status, code] = isSpent ? ([429, 'RATE_LIMITED'] as const) : ([503, 'OVERLOADED'] as const);
      return refuse(reply, status, code, message, Number(extensions.retryAfterSeconds));
    };
    const authenticated = { record, clientKey, headers, createContext: createRequestContext };
    const hooks = operationHooks(authenticated, operations);
    try {
      const response = operationCache.execute(allowed, hooks);
      return response instanceof Promise ? response.then(settle, refuseForNow) : settle(response);
    } catch (problem) {
      return refuseForNow(problem);
    }
  }
}

/** How the caller has marked what it asks; null: in no way that is known, so that nobody knows what may be sent. */
function tlpIn({ 'x-tlp': marking }: FastifyRequest['headers']): Tlp | null | undefined {
  return marking === undefined ? undefined : (readTlp(String(marking)) ?? null);
}

/** As in the IETF's draft of RateLimit header fields. */
function tellRateLimit(reply: FastifyReply, left: ReturnType<RateLimit['left']>, perMinute: number): void {
  if (left === undefined) return;
  reply.header('ratelimit-policy', `"points";q=${perMinute};w=60`);
  reply.header('ratelimit', `"points";r=${left.points};t=${left.fullInSeconds}`);
}

function endContext(context: Context): void {
  context.end();
  context.leave();
}

/** Characters: what names dozens of values is large. */
const smallBody = 2_048;

interface PendingRequest {
  readonly reply: FastifyReply;
  readonly record: RequestRecord;
  readonly clientKey: string;
  createContext(): Context;
}

async function executeByApollo(
  { apollo, authConfig, operations: { requestLog, operationCache, rateLimit } }: GraphqlRoute,
  request: SentRequest,
  { reply, record, clientKey, createContext }: PendingRequest,
): Promise<FastifyReply> {
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
  return sendAnswer(reply.status(status ?? 200), text);
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

const notTrusted = 'Only operations on the list of trusted documents run here: send the id of one of them.';

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
