/** Two gateways before the same upstreams, on one Redis, each with a clock of its own. */
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import type { Random } from '../../src/emulators/random.ts';
import { startGateway } from '../../src/main.ts';
import { type Answer, postQuery } from '../setup/gateway.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { twoSources } from '../setup/two-sources.ts';
import { patient } from '../verdicts/bed.ts';
import { type MovedRedis, startMovedRedis } from './moved-redis.ts';
import { keysOf, type Operation, textOf } from './operations.ts';
import { type Caller, type ChangingWorld, callers, createWorld, lists } from './world.ts';

export interface ModelBed {
  readonly emulators: Emulators;
  readonly world: ChangingWorld;
  /** Milliseconds, moved with the gateways. */
  now(): number;
  ask(operation: Operation): Promise<Answer>;
  /** For everybody. */
  pass(milliseconds: number): void;
  /** The wall clock of one gateway is set anew. */
  step(gateway: 0 | 1, milliseconds: number): void;
  /** What was written to Redis is there. */
  settled(): Promise<void>;
  /** Reads of Redis that did not come in time, so far. */
  lateReads(): Promise<number>;
  stop(): Promise<void>;
}

export interface SharedRedis {
  readonly server: RedisServer;
  readonly moved: MovedRedis;
  stop(): Promise<void>;
}

export async function startSharedRedis(): Promise<SharedRedis> {
  const server = await startRedis();
  const moved = await startMovedRedis(server.port);
  return {
    server,
    moved,
    async stop() {
      moved.close();
      await server.stop();
    },
  };
}

export async function startModelBed({ server, moved }: SharedRedis, random: Random): Promise<ModelBed> {
  await server.cli('flushall');
  const dataSet = createDataSet({ seed: random.below(1e6), now: Date.now() });
  const emulators = await startEmulators({ dataSet });
  const world = createWorld(dataSet, random);
  for (const caller of callers) dataSet.argus.keys.set(keysOf[caller]['argus-api-key'] ?? '', permissionsOf(caller));
  const environment = {
    ...emulators.environment,
    ...patient,
    PORT: '0',
    REDIS_URL: moved.url,
    ...Object.fromEntries(['DD_API_KEY', 'DD_APP_KEY', 'ARGUS_API_KEY'].map(name => [name, undefined])),
    DATADOG_KEY_FROM: 'caller',
    ARGUS_KEY_FROM: 'caller',
  };
  const own = createTestClock();
  const clocks = [createTestClock(), createTestClock(random.pick([0, -3_600_000, 30_000]))] as const;
  const gateways = await Promise.all(
    clocks.map(clock =>
      startGateway(environment, { sources: twoSources, log: silentLog, auditTo: { write() {} }, clock }),
    ),
  );
  const isConnected = async ({ url }: { readonly url: string }) =>
    /^gateway_redis_up 1$/m.test(await (await fetch(`${url}/metrics`)).text());
  for (const gateway of gateways) await until(() => isConnected(gateway), 'Redis is found');
  const urlOf = (gateway: number): string => gateways[gateway]?.url ?? '';
  return {
    emulators,
    world,
    now: own.monotonic,
    ask: operation => postQuery(urlOf(operation.gateway), textOf(operation), {}, keysOf[operation.caller]),
    pass(milliseconds) {
      for (const clock of [own, ...clocks]) clock.pass(milliseconds);
      moved.pass(milliseconds);
    },
    step: (gateway, milliseconds) => clocks[gateway].step(milliseconds),
    settled: moved.settled,
    async lateReads() {
      const pages = await Promise.all(gateways.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
      const counts = pages.flatMap(page => [
        ...page.matchAll(/tier="redis",outcome="(?:timeout|error|dropped)"\} (\d+)/g),
      ]);
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    },
    async stop() {
      await Promise.all(gateways.map(gateway => gateway.stop()));
      await emulators.close();
    },
  };
}

const permissionsOf = (caller: Caller) => ({
  functions: ['viewReputationIndicators', 'viewReputationIndicatorTypes'],
  lists: Object.entries(lists).flatMap(([name, [, readers]]) =>
    (readers as readonly Caller[]).includes(caller) ? [name] : [],
  ),
  descriptors: 'all' as const,
});
