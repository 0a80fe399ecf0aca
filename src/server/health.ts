/** /livez: the process. /readyz: may it be sent callers. /metrics: for Prometheus. None of them goes upstream. */
import type { FastifyInstance } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import type { Gateway } from '../graphql/context.ts';
import { sourceHealth } from '../graphql/health.ts';
import type { Metrics } from '../observability/metrics.ts';

export interface HealthOptions {
  readonly gateway: Gateway;
  readonly cache: Cache;
  readonly metrics: Metrics;
  isDraining(): boolean;
}

export function registerHealth(server: FastifyInstance, { gateway, cache, metrics, isDraining }: HealthOptions): void {
  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const sources = [sourceHealth(gateway.datadog), sourceHealth(gateway.argus)];
    const isUsable = sources.some(({ state }) => state === 'UP' || state === 'DEGRADED');
    const isReady = isUsable && !isDraining();
    const states = Object.fromEntries(sources.map(({ source, state }) => [source, state]));
    reply.status(isReady ? 200 : 503);
    return {
      status: isReady ? 'ready' : isDraining() ? 'draining' : 'no usable source',
      sources: states,
      redis: cache.redisState(),
    };
  });
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
