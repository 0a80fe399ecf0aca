/** Builds the HTTP side: GraphQL, health, metrics, GraphiQL. It does not listen. */
import { randomUUID } from 'node:crypto';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Access, Caller } from '../access/access.ts';
import type { Cache } from '../cache/cache.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import { createErrorFormatter } from '../graphql/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import { registerGraphiql } from './graphiql.ts';
import { registerHealth } from './health.ts';
import { operationPlugin } from './operation.ts';

export interface AppOptions {
  readonly gateway: Gateway;
  readonly schema: GraphQLSchema;
  readonly access: Access;
  readonly cache: Cache;
  readonly metrics: Metrics;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** /livez, /readyz and /metrics stand on a port of their own. */
  readonly hasAdminPort: boolean;
}

export interface App {
  readonly server: FastifyInstance;
  /** From here on /readyz says no and every answer closes its connection. */
  drain(): void;
  close(): Promise<void>;
}

const bodyLimit = 512 * 1024;

export async function createApp(options: AppOptions): Promise<App> {
  const { gateway, metrics } = options;
  let isDraining = false;
  const apollo = await startApollo(options);
  const server = Fastify({
    bodyLimit,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    requestTimeout: 15_000,
    connectionTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000 },
    genReqId: request => requestIdOf(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson);
  server.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (isDraining) reply.header('connection', 'close');
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) gateway.log.error({ stack: error.stack }, 'A bug: a request failed outside GraphQL');
    return sendError(reply, status, 'BAD_REQUEST', status >= 500 ? 'Internal server error' : error.message);
  });
  server.setNotFoundHandler((_request, reply) =>
    sendError(reply, 404, 'BAD_REQUEST', 'There is nothing here: GraphQL is at /graphql.'),
  );
  if (options.corsOrigins.length > 0) await server.register(cors, { origin: [...options.corsOrigins] });
  server.route({ method: ['GET', 'POST'], url: '/graphql', handler: graphqlHandler(apollo, options) });
  if (options.graphiql) {
    await registerGraphiql(server);
    server.get('/', (_request, reply) => reply.redirect('/graphiql'));
  }
  if (!options.hasAdminPort) registerHealth(server, { ...options, metrics, isDraining: () => isDraining });
  return {
    server,
    drain() {
      isDraining = true;
    },
    async close() {
      await server.close();
      await apollo.stop();
    },
  };
}

async function startApollo({ schema, introspection, gateway, metrics }: AppOptions): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter(gateway.log),
    logger: gateway.log as never,
    parseOptions: { maxTokens: 4000 },
    maxRecursiveSelections: 10_000,
    plugins: [
      // Apollo's cache control instruments every field, which costs more than the fields do.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      operationPlugin(metrics),
    ],
  });
  await apollo.start();
  return apollo;
}

function graphqlHandler(apollo: ApolloServer<Context>, { gateway, access }: AppOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const identity = await access.authenticate(request.headers);
    if ('refused' in identity) {
      reply.header('www-authenticate', identity.wwwAuthenticate);
      return sendError(reply, 401, 'UNAUTHENTICATED', identity.message);
    }
    const gone = abortWhenGone(request, reply);
    const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headerMap(request),
        search: new URL(request.url, 'http://gateway').search,
        body: request.body,
      },
      context: async () => createContext(gateway, { caller: identity as Caller, requestId: request.id, signal: gone }),
    });
    for (const [name, value] of headers) reply.header(name, value);
    reply.status(status ?? 200).header('cache-control', 'no-store');
    return reply.send(body.kind === 'complete' ? body.string : '');
  };
}

/** Aborted when the client hangs up before its answer is out. */
function abortWhenGone(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  request.raw.socket.once('close', onClose);
  reply.raw.once('finish', () => request.raw.socket.off('close', onClose));
  function onClose(): void {
    if (!reply.raw.writableFinished) controller.abort();
  }
  return controller.signal;
}

function headerMap(request: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
}

function parseJson(_request: FastifyRequest, text: string, done: (error: Error | null, body?: unknown) => void): void {
  try {
    done(null, JSON.parse(text));
  } catch {
    done(Object.assign(new Error('The body is not JSON.'), { statusCode: 400 }));
  }
}

/** Outside GraphQL an error has the same shape as inside. */
function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

/** A caller's own id is taken over when it is harmless. */
const requestIdOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
