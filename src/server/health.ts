/** /livez: the process runs. /readyz: it may receive traffic. /metrics: for Prometheus. None calls an upstream. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Cache } from '../cache/entry.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { SourceState } from '../graphql/generated.ts';
import { sourceHealth } from '../graphql/health.ts';
import type { Metrics } from '../observability/metrics.ts';
import { refuse } from './refuse.ts';
import { timeouts } from './timeouts.ts';

/** Only `serving` is ready. */
export type Phase = 'starting' | 'serving' | 'draining';

export interface HealthOptions {
  readonly gateway: { readonly sources: Readonly<Record<SourceName, Parameters<typeof sourceHealth>[1]>> };
  readonly cache: Pick<Cache, 'redisState'>;
  readonly metrics: Metrics;
  phase(): Phase;
}

const isImpaired: Readonly<Record<SourceState, boolean>> = {
  UP: false,
  DEGRADED: true,
  DOWN: true,
  UNCONFIGURED: false,
};

/**
 * Sources and Redis are in the reasons alone: without them, cached facts are served and the rest is INCONCLUSIVE, which is more
 * than nobody's answer.
 */
function readiness({ gateway, cache, phase }: HealthOptions) {
  const sources = Object.entries(gateway.sources).map(([name, source]) => sourceHealth(name, source));
  const impaired = sources.filter(({ state }) => isImpaired[state]);
  const redis = cache.redisState();
  const status = phase() === 'serving' ? 'ready' : phase();
  return {
    status,
    reasons: [
      ...(phase() === 'serving' ? [] : [`the gateway is ${phase()}`]),
      ...impaired.map(({ source, state, lastFailureCode }) => `${source} is ${state}: ${lastFailureCode}`),
      ...(redis === 'down' ? ['Redis cannot be used: caching in memory'] : []),
    ],
    sources: Object.fromEntries(sources.map(({ source, state }) => [source, state])),
    redis,
  };
}

/** What anybody may read who reaches the port: all of it, or the status alone, and perhaps no metrics. */
export interface HealthAccess {
  readonly details: boolean;
  readonly metrics: boolean;
}

export function registerHealth(server: FastifyInstance, options: HealthOptions, access: HealthAccess): void {
  const { metrics } = options;
  const route = { onRequest: async (_: FastifyRequest, reply: FastifyReply) => void reply.header(...noStore) };
  server.get('/livez', route, async () => ({ status: 'alive' }));
  server.get('/readyz', route, async (_request, reply) => {
    const state = readiness(options);
    reply.status(state.status === 'ready' ? 200 : 503);
    return access.details ? state : { status: state.status };
  });
  server.get('/metrics', route, async ({ headers }, reply) => {
    if (!access.metrics) return refuse(reply, 403, 'FORBIDDEN', metricsHidden);
    const { contentType, text } = await metrics.expose(headers.accept);
    return reply.type(contentType).send(text);
  });
}

const metricsHidden =
  'Metrics are not shown on the port of callers while AUTH is on: set ADMIN_PORT, or METRICS_ON_PORT=on.';

const noStore = ['cache-control', 'no-store'] as const;

export interface Admin {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves them on their own port. Close it last, so that /readyz reports the draining. */
export async function openAdmin(options: HealthOptions, address: { host: string; port: number }): Promise<Admin> {
  const server = Fastify({ ...timeouts, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  registerHealth(server, options, { details: true, metrics: true });
  return { url: await server.listen(address), close: () => server.close() };
}
