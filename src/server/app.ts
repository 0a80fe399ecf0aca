/** Builds the HTTP server with GraphQL, health, metrics and the pages. It does not listen yet. */
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Authenticator } from '../auth/callers.ts';
import { createRateLimit } from '../auth/rate-limit.ts';
import type { Cache } from '../cache/entry.ts';
import type { MemoryShares } from '../config/memory.ts';
import type { Context, Gateway } from '../graphql/context.ts';
import { formatError } from '../graphql/errors.ts';
import { apolloGateway, createPrepare, type PrepareOperation } from '../graphql/executor.ts';
import { formatErrorHidingSchema } from '../graphql/hidden-schema.ts';
import { apolloLimits } from '../graphql/limits-plugin.ts';
import { stringifyResult } from '../graphql/operation/written-data.ts';
import { noSchemaRule, rootTypeRule } from '../graphql/operation-rules.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import type { SharedState } from '../shared-state.ts';
import { apolloStores } from './apollo-stores.ts';
import { createDrain } from './drain.ts';
import { registerGraphql } from './graphql-route.ts';
import { corsOptions, refuseOtherOrigins } from './headers.ts';
import { registerHealth } from './health.ts';
import { createHttpServer, type HttpServerOptions } from './http-server.ts';
import { createOperationCache } from './operation-cache.ts';
import { type OperationDependencies, operationPlugins } from './operation-hooks.ts';
import { type PagesOptions, registerPages } from './pages.ts';
import { createRequestLog } from './request-log.ts';
import { createRunOperation, type OperationRunner, type RunOperation } from './run-operation.ts';

export interface AppOptions extends HttpServerOptions, PagesOptions {
  readonly gateway: Gateway;
  /** Apollo Server gets the same: it would instrument it, and slow every field, if a plugin had `willResolveField`. */
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly audit: Audit;
  readonly cache: Pick<Cache, 'redisState'>;
  readonly metrics: Metrics;
  readonly memory: MemoryShares;
  readonly corsOrigins: readonly string[];
  readonly corsHeaders: readonly string[];
  readonly introspection: boolean;
  readonly rest: boolean;
  readonly mcp: boolean;
  /** /livez, /readyz and /metrics are on another port. */
  readonly hasAdminPort: boolean;
  /** Although callers have to say who they are. */
  readonly metricsOnPort: boolean;
  readonly tracing: Tracing | undefined;
  /** Undefined: there is no Redis. */
  readonly shared: SharedState | undefined;
}

export interface App {
  readonly server: FastifyInstance;
  /** Writes at once the log lines and audit records that are still to be written. */
  flushLog(): void;
  /** Finishes the requests in progress and closes all connections. */
  close(): Promise<void>;
}

export async function createApp(options: AppOptions): Promise<App> {
  const { gateway, metrics, tracing, audit, authConfig } = options;
  const sources = Object.keys(gateway.sources);
  const { mode: auth } = authConfig.method;
  const requestLog = createRequestLog({ audit, metrics, tracing, log: gateway.log, auth, sources });
  const { schema, memory } = options;
  const prepare = createPrepare(schema, memory.fragments);
  const rateLimit = createRateLimit({
    pointsPerMinute: authConfig.indicatorsPerMinute,
    shared: options.shared,
  });
  const { maxValues, costs, texts, log } = gateway;
  const limits = { maxValues, costs, texts };
  const formatting = { formatError: options.introspection ? formatError : formatErrorHidingSchema };
  const operationCache = createOperationCache(schema, prepare, { ...limits, memory, ...formatting });
  const operations = { requestLog, operationCache, prepare, rateLimit, ...limits, log };
  const apollo = await startApollo({ ...options, ...formatting }, prepare, operations);
  const server = createHttpServer(options);
  const drain = createDrain(server);
  const keyHeaders = Object.values(authConfig.keyHeaders).flat().sort();
  refuseOtherOrigins(server, options.corsOrigins, gateway.log);
  if (options.corsOrigins.length > 0)
    await server.register(cors, corsOptions(options.corsOrigins, [...options.corsHeaders, ...keyHeaders]));
  const run = createRunOperation({ apollo, operations, ...options });
  registerGraphql(server, run, { operations, ...options });
  await registerDoors(server, run, { operations, ...options });
  registerPages(server, options);
  const isOpen = authConfig.method.mode === 'none';
  const access = { details: isOpen, metrics: isOpen || options.metricsOnPort };
  if (!options.hasAdminPort) registerHealth(server, options, access);
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

/** Loaded only where they are on: the library of MCP takes time and memory at every start. */
async function registerDoors(server: FastifyInstance, run: RunOperation, options: DoorOptions): Promise<void> {
  if (options.rest) (await import('./rest/routes.ts')).registerRest(server, run, options);
  if (options.mcp) (await import('./mcp/routes.ts')).registerMcp(server, run, options);
}

type DoorOptions = AppOptions & Pick<OperationRunner, 'operations'>;

interface Formatting {
  readonly formatError: typeof formatError;
}

async function startApollo(
  { schema, introspection, gateway, authConfig, memory, shared, formatError }: AppOptions & Formatting,
  prepare: PrepareOperation,
  operations: OperationDependencies,
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    gateway: apolloGateway(schema, prepare),
    // Where it is off, a rule of our own refuses it, in our own words.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    logger: constantLogger(gateway.log),
    stringifyResult,
    validationRules: introspection ? [rootTypeRule] : [rootTypeRule, noSchemaRule],
    ...apolloStores(memory, shared),
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
