/** Composes the gateway: config → log → cache → sources → server. The only place where the parts are put together. */
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { createAuthenticator } from './auth/callers.ts';
import { openCache } from './cache/cache.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, readConfig } from './config/config.ts';
import type { Environment } from './config/variables.ts';
import { openGateway } from './gateway.ts';
import { createCosts, createSchema, readSchema } from './graphql/schema.ts';
import { type AuditOptions, createAudit } from './observability/audit.ts';
import { createLog, type Log, openPretty, openStream } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { openTracing, type Tracing } from './observability/tracing.ts';
import { crashQuietly, explainFailedStart, stopOnSignals, tuneEngine } from './process.ts';
import { type App, createApp } from './server/app.ts';
import { type HealthOptions, openAdmin, type Phase } from './server/health.ts';
import { sources as registered } from './sources/index.ts';
import type { Sources } from './sources/source.ts';

export interface RunningGateway {
  /** http://host:port */
  readonly url: string;
  readonly app: App;
  readonly log: Log;
  /** Becomes unready, finishes the requests in progress, closes all connections. Later calls wait for the first. */
  stop(): Promise<void>;
}

const memoryBytes = 64 * 1024 * 1024;
const redisConnectTimeoutMs = 500;

/** Adds routes before the server listens, such as the demo's board. */
export type Extend = (server: App['server']) => void;

export interface StartOptions {
  readonly log?: Log | undefined;
  readonly extend?: Extend | undefined;
  /** Receives audit records, one JSON line each; the default is stderr. */
  readonly auditTo?: AuditOptions['destination'];
  /** The default is the machine's. */
  readonly clock?: Clock;
  /** The default is the registry, `sources/index.ts`. */
  readonly sources?: Sources;
  /** SDL; the default is `schema.graphql`. */
  readonly schema?: string;
}

/** Throws ConfigError, or the error of listening. */
export async function startGateway(environment: Environment, options: StartOptions = {}): Promise<RunningGateway> {
  const { sources = registered, schema = readSchema() } = options;
  for (const [name, source] of Object.entries(sources))
    if (source.name !== name) throw new Error(`${source.name} is registered under ${name}`);
  const config = readConfig(environment, sources);
  const tracing = await openTracing(environment);
  const log = options.log ?? (await openLog(config.logLevel, Object.keys(sources)));
  return run(config, { ...options, sources, schema, tracing, log });
}

interface RunOptions extends StartOptions {
  readonly sources: Sources;
  readonly schema: string;
  readonly log: Log;
  readonly tracing: Tracing | undefined;
}

async function run(config: Config, options: RunOptions): Promise<RunningGateway> {
  const { log, tracing, extend, sources: registry, clock = systemClock } = options;
  const auditTo = options.auditTo ?? openStream(2, () => log.error({}, 'The audit record could not be written'));
  const metrics = createMetrics();
  for (const { warnings } of Object.values(config.sources))
    for (const warning of warnings) log.warn({ warning }, 'configuration');
  const cache = openCache({ redisUrl: config.redisUrl, maxBytes: memoryBytes, log, metrics, clock });
  const createOwnSchema = () => createSchema(registry, options.schema);
  const costs = createCosts(registry, createOwnSchema(), config.sources);
  const gateway = openGateway(config, { registry, costs, cache, log, metrics, clock });
  const authenticator = createAuthenticator(config.auth, {
    log,
    clock,
    dispatcher: proxyAgent(config.proxy),
  });
  const { indicators, hmacKey } = config.auth.audit;
  const audit = createAudit({ destination: auditTo, indicators, hmacKey: hmacKey?.read, log, clock });
  const { corsOrigins, trustProxy, graphiql, introspection, auth: authConfig } = config;
  let phase: Phase = 'starting';
  const health: HealthOptions = { gateway, cache, metrics, phase: () => phase };
  const { host, adminPort } = config;
  const admin = adminPort === undefined ? undefined : await openAdmin(health, { host, port: adminPort });
  const app = await createApp({
    ...{ corsOrigins, trustProxy, graphiql, introspection },
    ...{ authenticator, authConfig, audit, tracing },
    ...health,
    gateway,
    hasAdminPort: !!admin,
    createSchema: createOwnSchema,
  });
  extend?.(app.server);
  // With Redis connected, the first operations already find what other replicas have cached.
  await cache.waitForRedis(redisConnectTimeoutMs);
  const url = await app.server.listen({ host, port: config.port });
  phase = 'serving';
  log.info({ url, admin: admin?.url }, 'listening');
  async function end(): Promise<void> {
    phase = 'draining';
    log.info({}, 'draining');
    await app.close();
    const sources = Object.values(gateway.sources);
    await Promise.all([...sources.map(source => source.close()), cache.close(), tracing?.close()]);
    await admin?.close();
    log.info({}, 'stopped');
  }
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  return { url, app, log, stop };
}

/** For JWKS_URL. All options are set, so that undici does not read the environment itself. */
function proxyAgent({ proxyUrl, noProxy = '' }: Config['proxy']): Dispatcher | undefined {
  return proxyUrl === undefined
    ? undefined
    : new EnvHttpProxyAgent({ httpProxy: proxyUrl, httpsProxy: proxyUrl, noProxy });
}

/** Starts the gateway, or explains on stderr what is wrong and exits with 1. */
export async function startOrExit(environment: Environment, options: StartOptions = {}): Promise<RunningGateway> {
  tuneEngine();
  try {
    return await startGateway(environment, options);
  } catch (problem) {
    process.stderr.write(`${explainFailedStart(problem, environment)}\n`);
    process.exit(1);
  }
}

/** JSON lines; readable ones with `--pretty` (`npm run dev`) on a terminal. */
export async function openLog(
  level: string,
  sources: readonly string[],
  isPretty = process.argv.includes('--pretty'),
): Promise<Log> {
  return createLog({ level, sources, destination: isPretty && process.stdout.isTTY ? await openPretty() : undefined });
}

if (import.meta.main) {
  const gateway = await startOrExit(process.env);
  crashQuietly(gateway.log, gateway.app.flushLog);
  stopOnSignals(gateway.stop);
}
