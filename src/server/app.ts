/** Builds the HTTP server with GraphQL, health, metrics and GraphiQL. It does not listen yet. */
import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import cors from '@fastify/cors';
import Fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { Authenticator } from '../auth/callers.ts';
import { createRateLimit } from '../auth/rate-limit.ts';
import type { Cache } from '../cache/entry.ts';
import type { Context, Gateway } from '../graphql/context.ts';
import { bugIn, formatError, formatErrorWithoutHints } from '../graphql/errors.ts';
import { apolloGateway, createPrepare, type PrepareOperation } from '../graphql/executor.ts';
import { apolloLimits } from '../graphql/limits-plugin.ts';
import { noServiceRule } from '../graphql/no-service-rule.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import { createDrain } from './drain.ts';
import { registerGraphiql } from './graphiql.ts';
import { registerGraphql } from './graphql-route.ts';
import { addSecurityHeaders, corsOptions } from './headers.ts';
import { type Phase, registerHealth } from './health.ts';
import { createOperationCache } from './operation-cache.ts';
import { type OperationDependencies, operationPlugins } from './operation-hooks.ts';
import { refuse } from './refuse.ts';
import { createRequestLog } from './request-log.ts';
import { timeouts } from './timeouts.ts';

export interface AppOptions {
  readonly gateway: Gateway;
  /** Creates a new schema each time: Apollo Server changes the one that it gets. */
  readonly createSchema: () => GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly authConfig: AuthConfig;
  readonly audit: Audit;
  readonly cache: Pick<Cache, 'redisState'>;
  readonly metrics: Metrics;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** /livez, /readyz and /metrics are on another port. */
  readonly hasAdminPort: boolean;
  /** While draining, every response closes its connection. */
  phase(): Phase;
  readonly tracing: Tracing | undefined;
}

export interface App {
  readonly server: FastifyInstance;
  /** Writes at once the log lines and audit records that are still to be written. */
  flushLog(): void;
  /** Finishes the requests in progress and closes all connections. */
  close(): Promise<void>;
}

/** Fits the longest text of `extractIndicators` with all characters as \u escapes. */
const bodyLimit = 1024 * 1024;

export async function createApp(options: AppOptions): Promise<App> {
  const { gateway, metrics, audit, authConfig } = options;
  const sources = Object.keys(gateway.sources);
  const requestLog = createRequestLog({ audit, metrics, log: gateway.log, auth: authConfig.method.mode, sources });
  const schema = options.createSchema();
  const prepare = createPrepare(schema);
  const rateLimit = createRateLimit({ pointsPerMinute: authConfig.indicatorsPerMinute });
  const { maxValues, costs, log } = gateway;
  const operationCache = createOperationCache(schema, prepare, { maxValues, costs });
  const operations = { requestLog, operationCache, prepare, rateLimit, maxValues, costs, log };
  const apollo = await startApollo(options, prepare, operations);
  const server = Fastify({
    bodyLimit,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    ...timeouts,
    genReqId: request => requestIdOf(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.decorateRequest('requestRecord', undefined);
  const drain = createDrain(server);
  server.removeAllContentTypeParsers();
  // Not parsed here: a repeated request is recognised by its text.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  server.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    addSecurityHeaders(reply);
    if (options.phase() === 'draining') reply.header('connection', 'close');
    done(null, payload);
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500)
      return refuse(reply, status, status === 413 ? 'OPERATION_TOO_LARGE' : 'BAD_REQUEST', error.message);
    gateway.log.error({ requestId: reply.request.id, ...bugIn(error) }, 'A bug: a request failed outside GraphQL');
    return refuse(reply, status, 'INTERNAL_SERVER_ERROR', 'Internal server error');
  });
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, 'BAD_REQUEST', 'There is nothing here: GraphQL is at /graphql.'),
  );
  server.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    onRequest: async (_request, reply) =>
      refuse(reply.header('allow', 'GET, POST'), 405, 'BAD_REQUEST', 'GraphQL is asked with GET or POST.'),
    handler: async () => {},
  });
  const keyHeaders = Object.values(authConfig.keyHeaders).flat().sort();
  if (options.corsOrigins.length > 0) await server.register(cors, corsOptions(options.corsOrigins, keyHeaders));
  registerGraphql(server, { apollo, operations, ...options });
  if (options.graphiql) {
    registerGraphiql(server, { headers: graphiqlHeaders(authConfig) });
    server.get('/', (_request, reply) => reply.redirect('/graphiql'));
  }
  if (!options.hasAdminPort) registerHealth(server, options);
  return {
    server,
    flushLog: requestLog.flush,
    async close() {
      await drain.close(gateway.deadlineMs);
      requestLog.flush();
      await apollo.stop();
    },
  };
}

async function startApollo(
  { createSchema, introspection, gateway, authConfig }: AppOptions,
  prepare: PrepareOperation,
  operations: OperationDependencies,
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    gateway: apolloGateway(createSchema(), prepare),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: introspection ? formatError : formatErrorWithoutHints,
    logger: constantLogger(gateway.log),
    validationRules: introspection ? [] : [noServiceRule],
    ...(authConfig.trustedDocuments && { persistedQueries: false }),
    ...apolloLimits,
    plugins: [
      // Apollo's cache control instruments every field, which takes longer than resolving them.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...operationPlugins(operations),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Replaces Apollo's messages, which contain whole errors; the plugins' hooks log these without their texts. */
function constantLogger(log: Log) {
  const logError = () => log.error({}, 'Apollo Server reported an error');
  return { debug() {}, info() {}, warn: logError, error: logError };
}

/** Header names in GraphiQL's headers editor, for users to fill in. */
function graphiqlHeaders(config: AuthConfig): Readonly<Record<string, string>> {
  const keys = Object.fromEntries(
    Object.values(config.keyHeaders)
      .flat()
      .sort()
      .map(name => [name, '']),
  );
  return config.method.mode === 'none' ? keys : { Authorization: 'Bearer ', ...keys };
}

/** Uses the client's id if it is short and has no special characters. */
const requestIdOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
