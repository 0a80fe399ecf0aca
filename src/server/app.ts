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
import { z } from 'zod';
import { type Access, type Caller, callerKeyHeaders, type Refusal } from '../access/access.ts';
import type { AccessConfig } from '../access/config.ts';
import { createRateLimit } from '../access/rate-limit.ts';
import { sightOf } from '../access/scopes.ts';
import type { Cache } from '../cache/cache.ts';
import type { Grounds } from '../cache/read-through.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import { bugIn, type ErrorCode, formatError, formatErrorWithoutHints } from '../graphql/errors.ts';
import { apolloGateway, createExecutor, type Executor } from '../graphql/executor.ts';
import { apolloLimits } from '../graphql/limits-plugin.ts';
import { noServiceRule } from '../graphql/no-service-rule.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import { createDrain } from './drain.ts';
import { registerGraphiql } from './graphiql.ts';
import { corsOptions, secure } from './headers.ts';
import { type Phase, registerHealth } from './health.ts';
import { tellCaches } from './http-cache.ts';
import { createKnownOperations, type KnownAnswer, type SentRequest } from './known-operations.ts';
import { type OperationOptions, operationPlugins, surround } from './operation.ts';
import { timeouts } from './timeouts.ts';
import { trustedRequest } from './trusted-request.ts';
import { createVisits, type Told } from './visits.ts';

export interface AppOptions {
  readonly gateway: Gateway;
  /** Makes one of its own for each who needs it: Apollo Server changes the one that it is given. */
  readonly createSchema: () => GraphQLSchema;
  readonly access: Access;
  readonly accessConfig: AccessConfig;
  readonly audit: Audit;
  readonly cache: Pick<Cache, 'redisState'>;
  readonly metrics: Metrics;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** /livez, /readyz and /metrics stand on a port of their own. */
  readonly hasAdminPort: boolean;
  /** While draining, every answer closes its connection. */
  phase(): Phase;
  readonly tracing: Tracing | undefined;
}

export interface App {
  readonly server: FastifyInstance;
  /** Finishes the answers under way, and no more. */
  close(): Promise<void>;
}

/** The longest text of `extractIndicators`, each of its letters written as JSON's \u escape, and some room. */
const bodyLimit = 1024 * 1024;

export async function createApp(options: AppOptions): Promise<App> {
  const { gateway, metrics, audit, accessConfig } = options;
  const visits = createVisits({ audit, metrics, log: gateway.log, auth: accessConfig.auth.mode });
  const executor = createExecutor(options.createSchema());
  const known = createKnownOperations(executor, gateway);
  const rateLimit = createRateLimit({ pointsPerMinute: accessConfig.indicatorsPerMinute });
  const { maxValues, log, now } = gateway;
  const operations = { visits, known, rateLimit, maxValues, log, metrics, now };
  const apollo = await startApollo(options, executor, operations);
  const server = Fastify({
    bodyLimit,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    ...timeouts,
    genReqId: request => requestIdOf(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.decorateRequest('visit', undefined);
  const drain = createDrain(server);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson);
  server.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    secure(reply);
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
  const keyHeaders = callerKeyHeaders(accessConfig);
  if (options.corsOrigins.length > 0) await server.register(cors, corsOptions(options.corsOrigins, keyHeaders));
  registerGraphql(server, { apollo, operations, ...options });
  if (options.graphiql) {
    registerGraphiql(server, { headers: headersToType(accessConfig) });
    server.get('/', (_request, reply) => reply.redirect('/graphiql'));
  }
  if (!options.hasAdminPort) registerHealth(server, options);
  return {
    server,
    async close() {
      await drain.close(gateway.deadlineMs);
      await apollo.stop();
    },
  };
}

async function startApollo(
  { createSchema, introspection, gateway, accessConfig }: AppOptions,
  executor: Executor,
  operations: OperationOptions,
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    gateway: apolloGateway(createSchema(), executor),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: introspection ? formatError : formatErrorWithoutHints,
    logger: constantLogger(gateway.log),
    validationRules: introspection ? [] : [noServiceRule],
    ...(accessConfig.trustedDocuments && { persistedQueries: false }),
    ...apolloLimits,
    plugins: [
      // Apollo's cache control instruments every field, which costs more than the fields do.
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

/** Apollo puts whole errors into its messages; ours come from the plugins' hooks, without their texts. */
function constantLogger(log: Log) {
  const tell = () => log.error({}, 'Apollo Server reported an error');
  return { debug() {}, info() {}, warn: tell, error: tell };
}

interface GraphqlRoute extends AppOptions {
  readonly apollo: ApolloServer<Context>;
  readonly operations: OperationOptions;
}

/** Who asks is known before the body is read. */
function registerGraphql(server: FastifyInstance, { operations, ...options }: GraphqlRoute): void {
  const { visits, known } = operations;
  const { access, apollo, gateway, accessConfig, tracing } = options;
  const { trustedDocuments } = accessConfig;
  const sightFor = sightNamer(accessConfig);
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest(request, reply, done) {
      const visit = visits.begin(request, reply);
      const settle = (caller: Caller | Refusal) => {
        if (!('refused' in caller)) {
          visit.caller = caller;
          return done();
        }
        // Its body is not read, so nothing can follow it on this connection.
        reply.header('www-authenticate', caller.wwwAuthenticate).header('connection', 'close');
        refuse(reply, 401, 'UNAUTHENTICATED', caller.message);
      };
      const caller = access.authenticate(request.headers, request.ip);
      if (caller instanceof Promise) caller.then(settle).catch(done);
      else settle(caller);
    },
    // Without a promise where none is needed: each costs what a field does.
    handler(request, reply): FastifyReply | Promise<FastifyReply> | undefined {
      const { visit } = request;
      const caller = visit?.caller;
      if (!visit || !caller) throw new Error('a request without its beginning');
      const sent = sentRequest(request);
      const asked = trustedDocuments ? trustedRequest(sent, trustedDocuments) : sent;
      if (!asked) return refuse(reply, 400, 'PERSISTED_QUERY_REQUIRED', notTrusted);
      const span = tracing?.operation(request.headers);
      const enter = (grounds?: Grounds) => {
        const context = createContext(gateway, { caller, requestId: request.id, gone: visit.gone, span, grounds });
        visit.context = context;
        return context;
      };
      const { headers: sentHeaders } = request;
      const { lane } = caller;
      const around = { visit, lane, headers: sentHeaders, sight: sightFor(caller), span, enter };
      const askApollo = async () => {
        const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
          httpGraphQLRequest: { ...asked, headers: headerMap(request) },
          context: async () => visits.introduce(visit, enter()),
        });
        const type = headers.get('content-type');
        if (visit.told.outcome === 'ok' && type) known.learnType(request.headers.accept, type);
        for (const [name, value] of headers) reply.header(name, value);
        const text = body.kind === 'complete' ? body.string : '';
        if (!visit.told.outcome) visit.told.codes = codesIn(text);
        tellCaches(reply, visit, accessConfig);
        return reply.status(status ?? 200).send(text);
      };
      const send = (answer: KnownAnswer | undefined) => {
        if (!answer) return askApollo();
        tellCaches(reply, visit, accessConfig);
        reply.header('content-type', answer.contentType).send(answer.text);
        return undefined;
      };
      const answer = known.answer(asked, surround(around, operations));
      return answer instanceof Promise ? answer.then(found => send(found) ?? reply) : send(answer);
    },
  });
}

/** Callers of one sight see the same, but for those who bring keys of their own: nobody has the sight of another. */
function sightNamer({ datadogKeyFrom, argusKeyFrom, scopes }: AccessConfig): (caller: Caller) => string | undefined {
  if (datadogKeyFrom === 'caller' || argusKeyFrom === 'caller') return () => undefined;
  return caller => {
    const { datadog, argus, datadogPersonal } = sightOf(scopes, caller.scopes);
    return `${datadog} ${argus} ${datadogPersonal}`;
  };
}

const notTrusted = 'Only operations on the list of trusted documents run here: send the id of one of them.';

const errorBody = z.object({ errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })) });

/** Of an answer that Apollo gave before it looked at an operation. */
function codesIn(text: string): readonly string[] {
  const parsed = errorBody.safeParse(JSON.parse(text || '{}'));
  return parsed.data?.errors.map(({ extensions }) => extensions.code) ?? [];
}

function sentRequest({ url, method, headers, body }: FastifyRequest): SentRequest {
  const mark = url.indexOf('?');
  return { method, headers, search: mark < 0 ? '' : url.slice(mark), body };
}

/** Names laid ready in GraphiQL, for its user to fill in. */
function headersToType(config: AccessConfig): Readonly<Record<string, string>> {
  const keys = Object.fromEntries(callerKeyHeaders(config).map(name => [name, '']));
  return config.auth.mode === 'none' ? keys : { Authorization: 'Bearer ', ...keys };
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

type Refuse = (reply: FastifyReply, status: number, code: ErrorCode, message: string) => FastifyReply;

/** Outside GraphQL an error has the same shape as inside, and stands in the same audit. */
const refuse: Refuse = (reply, status, code, message) => {
  const told = reply.request.visit?.told;
  if (told) Object.assign(told, { outcome: status >= 500 ? 'failed' : 'refused', codes: [code] } satisfies Told);
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
};

/** A caller's own id is taken over when it is harmless. */
const requestIdOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
