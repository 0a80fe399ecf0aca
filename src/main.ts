/** config → log → cache → sources → server; listens; drains on SIGTERM. The one place where things are wired. */
import { setFlagsFromString } from 'node:v8';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { createAccess } from './auth/callers.ts';
import { createPermissions } from './auth/scopes.ts';
import { openCache } from './cache/cache.ts';
import type { AuditConfig } from './config/auth.ts';
import { type Config, ConfigError, readConfig } from './config/config.ts';
import type { Environment } from './config/variables.ts';
import type { Gateway } from './graphql/context.ts';
import { createCosts, createSchema, readSchema } from './graphql/schema.ts';
import { type Audit, type AuditOptions, createAudit } from './observability/audit.ts';
import { describeBug } from './observability/bug.ts';
import { createLog, type Log, openPretty, openStream } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { openTracing, type Tracing } from './observability/tracing.ts';
import { type App, createApp } from './server/app.ts';
import { type HealthOptions, openAdmin, type Phase } from './server/health.ts';
import { tellAll } from './server/visits.ts';
import { sources as registered } from './sources/index.ts';
import type { SourceSettings } from './sources/settings.ts';
import type { Source, SourceDependencies, Sources } from './sources/source.ts';

export interface RunningGateway {
  /** Where it listens: http://host:port. */
  readonly url: string;
  readonly app: App;
  readonly log: Log;
  /** Unready first, then the answers under way, then the connections. Once, however often it is called. */
  stop(): Promise<void>;
}

const memoryBytes = 64 * 1024 * 1024;
const redisPatienceMs = 500;

/** Adds pages of its own before the server listens, as the demo does with its board. */
export type Extend = (server: App['server']) => void;

export interface StartOptions {
  readonly log?: Log | undefined;
  readonly extend?: Extend | undefined;
  /** Where audit records go, one JSON line each; stderr unless told. */
  readonly auditTo?: AuditOptions['destination'];
  /** What the gateway is made of; the registry unless told. */
  readonly sources?: Sources;
  /** The text of the schema, where it is not `schema.graphql` alone. */
  readonly schema?: string;
}

/** Throws ConfigError, or what listening throws. */
export async function startGateway(environment: Environment, options: StartOptions = {}): Promise<RunningGateway> {
  const { sources = registered, schema = readSchema() } = options;
  for (const [name, source] of Object.entries(sources))
    if (source.name !== name) throw new Error(`${source.name} is registered under ${name}`);
  const config = readConfig(environment, sources);
  const tracing = await openTracing(environment);
  const log = options.log ?? (await openLog(config.logLevel, Object.keys(sources)));
  return run(config, { ...options, sources, schema, tracing, log });
}

interface Means extends StartOptions {
  readonly sources: Sources;
  readonly schema: string;
  readonly log: Log;
  readonly tracing: Tracing | undefined;
}

async function run(config: Config, options: Means): Promise<RunningGateway> {
  const { log, tracing, extend, sources: registry } = options;
  const auditTo = options.auditTo ?? openStream(2, () => log.error({}, 'The audit record could not be written'));
  const metrics = createMetrics();
  const now = Date.now;
  for (const { warnings } of Object.values(config.sources))
    for (const warning of warnings) log.warn({ warning }, 'configuration');
  const cache = openCache({ redisUrl: config.redisUrl, maxBytes: memoryBytes, log, metrics, now });
  const schemaOfItsOwn = () => createSchema(registry, options.schema);
  const costs = createCosts(registry, schemaOfItsOwn());
  const gateway = openGateway(config, { registry, costs, cache, log, metrics, now });
  const access = createAccess(config.access, { log, now, dispatcher: proxyAgent(config.proxy) });
  const audit = openAudit(config.access.audit, log, auditTo);
  const { corsOrigins, trustProxy, graphiql, introspection, access: accessConfig } = config;
  let phase: Phase = 'starting';
  const health: HealthOptions = { gateway, cache, metrics, phase: () => phase };
  const { host, adminPort } = config;
  const admin = adminPort === undefined ? undefined : await openAdmin(health, { host, port: adminPort });
  const door = { access, accessConfig, audit, corsOrigins, trustProxy, graphiql, introspection };
  const app = await createApp({
    ...door,
    ...health,
    gateway,
    tracing,
    hasAdminPort: !!admin,
    createSchema: schemaOfItsOwn,
  });
  extend?.(app.server);
  // What other replicas have asked is not asked again by the first operations of a new one.
  await cache.waitForRedis(redisPatienceMs);
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

export type GatewayParts = Pick<Gateway, 'registry' | 'costs'> &
  Pick<SourceDependencies, 'cache' | 'log' | 'metrics' | 'now'>;

/** Every source of the registry, and what they share. The caller closes the sources and the cache. */
export function openGateway(config: Config, { registry, costs, ...lent }: GatewayParts): Gateway {
  const { windows, revalidates, deadlineMs, maxValues, proxy } = config;
  const dependencies = { ...lent, windows, revalidates, deadlineMs, maxValues, proxy };
  const open = Object.entries(registry).map(([name, source]): [string, Source] => [
    name,
    source.open(config.sources[name] as SourceSettings, dependencies),
  ]);
  return {
    registry,
    costs,
    sources: Object.fromEntries(open),
    verdictPolicy: config.verdict,
    permissionsOf: createPermissions(config.access.scopes),
    deadlineMs,
    maxValues,
    log: lent.log,
    now: lent.now,
  };
}

/** The way to JWKS_URL; all is given, so that undici does not look into the environment itself. */
function proxyAgent({ proxyUrl, noProxy = '' }: Config['proxy']): Dispatcher | undefined {
  return proxyUrl === undefined
    ? undefined
    : new EnvHttpProxyAgent({ httpProxy: proxyUrl, httpsProxy: proxyUrl, noProxy });
}

function openAudit({ indicators, hmacKey }: AuditConfig, log: Log, destination: AuditOptions['destination']): Audit {
  if (indicators === 'hmac' && hmacKey === undefined) {
    const warning =
      'AUDIT_INDICATORS=hmac without AUDIT_HMAC_KEY: hashes can not be compared across restarts or replicas';
    log.warn({ warning }, 'configuration');
  }
  return createAudit({ destination, indicators, hmacKey: hmacKey && (() => hmacKey.read()), log });
}

function explain(problem: unknown, environment: Environment): string {
  if (problem instanceof ConfigError)
    return ['The configuration cannot be used:', ...problem.problems.map(line => `  - ${line}`)].join('\n');
  if (problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE' && 'port' in problem) {
    const name = String(problem.port) === environment.ADMIN_PORT?.trim() ? 'ADMIN_PORT' : 'PORT';
    return `The port ${problem.port} is in use: stop what listens there, or set ${name} to a free one.`;
  }
  // Node's own words about the system; of anything else only where it happened.
  if (problem instanceof Error && 'syscall' in problem) return `The gateway cannot start: ${problem.message}`;
  return `The gateway cannot start: ${JSON.stringify(describeBug(problem), null, 2)}`;
}

/** Node would print the whole error with all that hangs on it, keys included. What was answered is still told. */
export function crashQuietly(log: Log): void {
  process.on('uncaughtException', problem => {
    log.error({ ...describeBug(problem) }, 'A bug: the process ends');
    try {
      tellAll();
    } finally {
      process.exit(1);
    }
  });
}

/** Ends the process once, with the answers under way finished. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) return;
    isStopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

/**
 * V8 puts what often survived a small collection into the old space at once. Here that is what hangs on every request,
 * which then keeps all that hangs on it alive until the next full collection: half of the memory and a fifth of the speed.
 * And it lets the old space grow by the room that the machine has, to four times what is alive or to 1.3 times in a small
 * container, before it looks again: 1.6 times is a third less memory under load than the one, and less work than the other.
 * The bound of the heap stays what it is.
 */
function tuneEngine(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--heap-growing-percent=60');
}

/** Starts from the environment, or says on stderr what is wrong and ends with 1. */
export async function startOrExit(environment: Environment, options: StartOptions = {}): Promise<RunningGateway> {
  tuneEngine();
  try {
    return await startGateway(environment, options);
  } catch (problem) {
    process.stderr.write(`${explain(problem, environment)}\n`);
    process.exit(1);
  }
}

/** JSON for machines; with `--pretty` (`npm run dev`) and on a terminal, lines for a person. */
export async function openLog(
  level: string,
  sources: readonly string[],
  isPretty = process.argv.includes('--pretty'),
): Promise<Log> {
  return createLog({ level, sources, destination: isPretty && process.stdout.isTTY ? await openPretty() : undefined });
}

if (import.meta.main) {
  const gateway = await startOrExit(process.env);
  crashQuietly(gateway.log);
  stopOnSignals(gateway.stop);
}
