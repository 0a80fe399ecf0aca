/** GraphQL over HTTP: authenticates the caller, then responds in the cheapest way that is possible. */
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { AuthenticationFailure, Authenticator, Caller } from '../auth/callers.ts';
import type { Permissions } from '../auth/scopes.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import type { Tracing } from '../observability/tracing.ts';
import { setCacheControl } from './http-cache.ts';
import type { GraphqlResponse } from './operation-cache.ts';
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
  readonly tracing: Tracing | undefined;
}

/** There is no promise where none is needed, because one costs as much time as a field. */
export function registerGraphql(server: FastifyInstance, options: GraphqlRoute): void {
  const { operations, authenticator, authConfig, gateway, tracing } = options;
  const { requestLog, operationCache } = operations;
  const { trustedDocuments } = authConfig;
  const permissionsKeyOf = createPermissionsKeys(authConfig, gateway.permissionsOf);

  function send(reply: FastifyReply, record: RequestRecord, { contentType, text }: GraphqlResponse): void {
    setCacheControl(reply, record, authConfig);
    reply.header('content-type', contentType).send(text);
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
    handler(request, reply): FastifyReply | Promise<FastifyReply> | undefined {
      const { requestRecord: record } = request;
      const caller = record?.caller;
      if (!record || !caller) throw new Error('a request without a record or a caller');
      const span = tracing?.operation(request.headers);
      const { headers } = request;
      const { clientKey } = caller;
      const permissionsKey = wantsExtensions(headers) ? undefined : permissionsKeyOf(caller);
      const sent = sentText(request);
      const createRequestContext = () => {
        const { clientGone } = record;
        const context = createContext(gateway, { caller, requestId: request.id, clientGone, permissionsKey, span });
        record.context = context;
        return context;
      };
      const parsed = parseRequest(request, sent);
      const allowed = trustedDocuments ? trustedRequest(parsed, trustedDocuments) : parsed;
      if (!allowed) return refuse(reply, 400, 'PERSISTED_QUERY_REQUIRED', notTrusted);
      const settle = (response: GraphqlResponse | undefined) => {
        if (!response) return executeByApollo(options, allowed, { reply, record, createContext: createRequestContext });
        send(reply, record, response);
        return reply;
      };
      const authenticated = { record, clientKey, headers, createContext: createRequestContext };
      const response = operationCache.execute(allowed, operationHooks(authenticated, operations));
      return response instanceof Promise ? response.then(settle) : settle(response);
    },
  });
}

interface PendingRequest {
  readonly reply: FastifyReply;
  readonly record: RequestRecord;
  createContext(): Context;
}

async function executeByApollo(
  { apollo, authConfig, operations: { requestLog, operationCache } }: GraphqlRoute,
  request: SentRequest,
  { reply, record, createContext }: PendingRequest,
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
  setCacheControl(reply, record, authConfig);
  return reply.status(status ?? 200).send(text);
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
