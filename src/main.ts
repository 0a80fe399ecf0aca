/** config → log → cache → sources → server; listens; drains on SIGTERM. The one place where things are wired. */
import { createAccess } from './access/access.ts';
import { openCache } from './cache/cache.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import type { Gateway } from './graphql/context.ts';
import { createSchema } from './graphql/schema.ts';
import { createLog, type Log } from './observability/log.ts';
import { createMetrics } from './observability/metrics.ts';
import { type App, createApp } from './server/app.ts';
import { createArgus, createDatadog } from './sources/index.ts';
import type { House } from './sources/source.ts';
import type { Environment } from './variables.ts';

export interface RunningGateway {
  /** Where it listens: http://host:port. */
  readonly url: string;
  readonly app: App;
  readonly log: Log;
  /** Unready first, then the answers under way, then the connections. */
  stop(): Promise<void>;
}

const memoryBytes = 64 * 1024 * 1024;
const redisPatienceMs = 500;

/** Adds pages of its own before the server listens, as the demo does with its board. */
export type Extend = (server: App['server']) => void;

/** Throws ConfigError, or what listening throws. */
export async function startGateway(environment: Environment, log?: Log, extend?: Extend): Promise<RunningGateway> {
  const config = readConfig(environment);
  return run(config, log ?? createLog({ level: config.logLevel }), extend);
}

async function run(config: Config, log: Log, extend?: Extend): Promise<RunningGateway> {
  const metrics = createMetrics();
  const now = Date.now;
  for (const warning of config.datadog.warnings) log.warn({ warning }, 'configuration');
  const cache = openCache({ redisUrl: config.redisUrl, maxBytes: memoryBytes, log, metrics, now });
  const house: House = {
    cache,
    log,
    metrics,
    now,
    windows: config.windows,
    revalidates: config.revalidates,
    deadlineMs: config.deadlineMs,
    maxValues: config.maxValues,
    keyFrom: { DATADOG: config.access.datadogKeyFrom, ARGUS: config.access.argusKeyFrom },
    proxy: config.proxy,
  };
  const gateway: Gateway = {
    datadog: createDatadog(config.datadog, house),
    argus: createArgus(config.argus, house),
    verdictPolicy: config.verdict,
    scopes: config.access.scopes,
    deadlineMs: config.deadlineMs,
    maxValues: config.maxValues,
    log,
    now,
  };
  const access = createAccess(config.access, { log, now });
  const { corsOrigins, trustProxy, graphiql, introspection } = config;
  const hasAdminPort = config.adminPort !== undefined;
  const options = { gateway, access, cache, metrics, corsOrigins, trustProxy, graphiql, introspection, hasAdminPort };
  const app = await createApp({ ...options, schema: createSchema() });
  extend?.(app.server);
  // What other replicas have asked is not asked again by the first operations of a new one.
  await cache.settled(redisPatienceMs);
  const url = await app.server.listen({ host: config.host, port: config.port });
  log.info({ url }, 'listening');
  return {
    url,
    app,
    log,
    async stop() {
      app.drain();
      await app.close();
      await Promise.all([gateway.datadog.close(), gateway.argus.close(), cache.close()]);
    },
  };
}

function explain(problem: unknown, environment: Environment): string {
  if (problem instanceof ConfigError)
    return ['The configuration cannot be used:', ...problem.problems.map(line => `  - ${line}`)].join('\n');
  if (problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE')
    return `The port ${environment.PORT ?? 4000} is in use: stop what listens there, or set PORT to a free one.`;
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
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

/** Starts from the environment, or says on stderr what is wrong and ends with 1. */
export async function startOrExit(environment: Environment, log?: Log, extend?: Extend): Promise<RunningGateway> {
  try {
    return await startGateway(environment, log, extend);
  } catch (problem) {
    process.stderr.write(`${explain(problem, environment)}\n`);
    process.exit(1);
  }
}

if (import.meta.main) {
  const gateway = await startOrExit(process.env);
  stopOnSignals(gateway.stop);
}
