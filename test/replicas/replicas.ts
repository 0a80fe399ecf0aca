/** Several gateways in front of the same emulators, on one Redis. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Environment } from '../../src/config/variables.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { type Answer, postQuery } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';

export interface Replica {
  readonly gateway: RunningGateway;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** What `/metrics` says of a series; 0 where it is not there. */
  metric(series: string): Promise<number>;
}

export interface Replicas {
  readonly all: readonly Replica[];
  readonly emulators: Emulators;
  /** Calls to Datadog about a value, and searches of Argus, since the start or the last `forgetCalls`. */
  calls(): { readonly datadog: number; readonly argus: number };
  forgetCalls(): void;
  stop(): Promise<void>;
}

export async function startReplicas(
  count: number,
  environment: Environment,
  { isRedisUsable = true } = {},
): Promise<Replicas> {
  const emulators = await startEmulators();
  const all = await Promise.all(Array.from({ length: count }, () => startReplica(emulators, environment)));
  for (const { metric } of isRedisUsable ? all : [])
    await until(async () => (await metric('gateway_redis_up')) === 1, 'Redis is found', 20_000);
  // Until then they use no rows of Redis: they have yet to hear what was announced.
  await pause(300);
  return {
    all,
    emulators,
    calls: () => ({
      datadog: emulators.datadog.lookups.length,
      argus: emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length,
    }),
    forgetCalls() {
      emulators.datadog.clearRequests();
      emulators.argus.clearRequests();
    },
    async stop() {
      await Promise.all(all.map(({ gateway }) => gateway.stop()));
      await emulators.close();
    },
  };
}

export async function startReplica(emulators: Emulators, environment: Environment): Promise<Replica> {
  const gateway = await startGateway(
    { PORT: '0', ...emulators.environment, ...environment },
    { log: silentLog, auditTo: { write: () => {} }, shortage: { read: () => undefined, close() {} } },
  );
  return {
    gateway,
    ask: (query, variables) => postQuery(gateway.url, query, variables),
    async metric(series) {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(
        text
          .split('\n')
          .find(line => line.startsWith(`${series} `))
          ?.slice(series.length + 1) ?? 0,
      );
    },
  };
}
