/** Composes the gateway: config → log → cache → sources → server. The only place where the parts are put together. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { createAuthenticator } from './auth/callers.ts';
import { openCache } from './cache/cache.ts';
import type { Redis, RedisOptions } from './cache/redis/redis.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, readConfig } from './config/config.ts';
import { defaultLimitMb, memoryWarnings, readProcessMemory, shareMemory } from './config/memory.ts';
import type { Environment } from './config/variables.ts';
import { openGateway } from './gateway.ts';
import { createWorkBudget } from './graphql/operation/work-budget.ts';
import { createCosts, createSchema, readSchema } from './graphql/schema.ts';
import { type AuditOptions, createAudit } from './observability/audit.ts';
import { describeBug } from './observability/bug.ts';
import { createLog, type Log, openPretty, openStream } from './observability/log.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import type { Tracing } from './observability/tracing.ts';
import { crashQuietly, exit, explainFailedStart, stopOnSignals, tuneEngine } from './process.ts';
import { type App, createApp } from './server/app.ts';
import { type HealthOptions, openAdmin, type Phase } from './server/health.ts';
import type { PageFolders } from './server/pages.ts';
import { openShortage, type Shortage } from './server/shortage.ts';
import { sources as registered } from './sources/index.ts';
import type { Sources } from './sources/source.ts';

export interface RunningGateway {
  /** http://host:port */
  readonly url: string;
  readonly app: App;
  readonly log: Log;
  /**
   * Becomes unready, finishes the requests in progress, closes all connections. Later calls wait for the first. Rejects
   * when that takes three seconds longer than the longest answer.
   */
  stop(): Promise<void>;
}

const redisConnectTimeoutMs = 500;
/** For all that is closed after the last answer. With `exit`'s second it is less than the five that the chart allows. */
const closeMs = 3_000;

export interface StartOptions {
  readonly log?: Log | undefined;
  readonly pages?: PageFolders | undefined;
  /** Receives audit records, one JSON line each; the default is stderr. */
  readonly auditTo?: AuditOptions['destination'];
  /** The default is the machine's. */
  readonly clock?: Clock;
  /** The default watches this process. */
  readonly shortage?: Shortage;
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
  const log = options.log ?? (await openLog(config.logLevel, Object.keys(sources)));
  const metrics = createMetrics({
    sources: Object.keys(sources),
    hasRedis: config.redis !== undefined,
    hasTracing: config.tracing !== undefined,
  });
  const tracing = await openTracingOf(config, { log, metrics });
  return run(config, { ...options, sources, schema, metrics, tracing, log });
}

interface RunOptions extends StartOptions {
  readonly sources: Sources;
  readonly schema: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

async function run(config: Config, options: RunOptions): Promise<RunningGateway> {
  const { log, metrics, tracing, pages, sources: registry, clock = systemClock, shortage = openShortage() } = options;
  const auditTo = options.auditTo ?? openStream(2, () => log.error({}, 'The audit record could not be written'));
  const { memory, warnings } = memoryOf(config);
  for (const warning of [...config.warnings, ...warnings]) log.warn({ warning }, 'configuration');
  const redis = await openRedisOf(config, { log, metrics, clock });
  const cache = openCache({ redis, maxBytes: memory.facts, metrics, clock });
  const workBudget = createWorkBudget({
    ...{ bytes: memory.work, shortage: shortage.read, now: clock.monotonic },
    onRefused: metrics.overloadRefused,
  });
  metrics.watchWork(workBudget.taken);
  const schema = createSchema(registry, options.schema);
  const costs = createCosts(registry, schema, config.sources);
  const { shared } = redis ?? {};
  const { indicators, hmacKey } = config.auth.audit;
  const audit = createAudit({ destination: auditTo, indicators, hmacKey: hmacKey?.read, log, clock });
  const parts = { registry, costs, workBudget, audit, cache, log, metrics, clock, shared };
  const gateway = openGateway(config, parts);
  const authenticator = createAuthenticator(config.auth, {
    log,
    clock,
    dispatcher: proxyAgent(config.proxy),
  });
  const { corsOrigins, corsHeaders, basePath, keepAliveMs, trustProxy } = config;
  let phase: Phase = 'starting';
  const health: HealthOptions = { gateway, cache, metrics, phase: () => phase };
  const { host, adminPort } = config;
  const admin = adminPort === undefined ? undefined : await openAdmin(health, { host, port: adminPort });
  const app = await createApp({
    ...{ corsOrigins, corsHeaders, basePath, keepAliveMs, trustProxy, pages, ...addressesOf(config) },
    ...{ authenticator, authConfig: config.auth, audit, tracing },
    ...health,
    ...{ gateway, memory, shared },
    hasAdminPort: !!admin,
    metricsOnPort: config.metricsOnPort,
    schema,
  });
  // With Redis connected, the first operations already find what other replicas have cached.
  await cache.waitForRedis(redisConnectTimeoutMs);
  const url = await app.server.listen({ host, port: config.port });
  phase = 'serving';
  log.info({ url, admin: admin?.url }, 'listening');
  async function closeAll(): Promise<void> {
    await app.close();
    const sources = Object.values(gateway.sources);
    await Promise.all([...sources.map(source => source.close()), cache.close(), tracing?.close()]);
    await admin?.close();
    shortage.close();
  }
  async function end(): Promise<void> {
    phase = 'draining';
    app.flushLog(); // of what was answered before
    log.info({}, 'draining');
    // Those in front see that it is unready, and send no more, before it stops listening.
    await pause(config.shutdownDelayMs);
    try {
      await Promise.race([closeAll(), tooLate(config.deadlineMs + closeMs)]);
    } catch (problem) {
      log.error({ ...describeBug(problem) }, 'A bug: the gateway does not close');
      throw problem;
    }
    log.info({}, 'stopped');
  }
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    ended ??= end();
    return ended;
  };
  return { url, app, log, stop };
}

/** Which of the addresses are served that may be off, and whether they tell the schema. */
const addressesOf = ({ graphiql, board, rest, mcp, introspection }: Config) => ({
  ...{ graphiql, board, rest, mcp, introspection },
});

async function tooLate(ms: number): Promise<never> {
  await pause(ms, undefined, { ref: false });
  throw new Error(`not closed after ${ms} ms`);
}

function memoryOf({ memoryLimitMb, sources }: Config) {
  const available = readProcessMemory();
  const limitMb = memoryLimitMb ?? defaultLimitMb(available);
  const warnings = Object.values(sources).flatMap(source => source.warnings);
  return { memory: shareMemory(limitMb), warnings: [...warnings, ...memoryWarnings(limitMb, available)] };
}

// Loaded only where they are configured: their libraries take time and memory at every start (docs/decisions/start.md).

async function openTracingOf(
  { tracing }: Config,
  reporting: { readonly log: Log; readonly metrics: Metrics },
): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { openTracing } = await import('./observability/tracing.ts');
  return openTracing(tracing, reporting);
}

async function openRedisOf(
  { redis: config, redisHmacKey: hmacKey }: Config,
  dependencies: Omit<RedisOptions, 'config' | 'hmacKey'>,
): Promise<Redis | undefined> {
  if (config === undefined) return undefined;
  const { openRedis } = await import('./cache/redis/redis.ts');
  return openRedis({ config, hmacKey, ...dependencies });
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
    openStream(2).write(`${explainFailedStart(problem, environment)}\n`);
    return exit(1);
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

/** `npm start`: until a signal stops it. */
export async function serve(): Promise<void> {
  const starting = startOrExit(process.env);
  // From the beginning: as the first process of a container, without a listener, the signals would do nothing.
  stopOnSignals(async () => (await starting).stop());
  const gateway = await starting;
  crashQuietly(gateway.log, gateway.app.flushLog);
}

if (import.meta.main) await serve();
