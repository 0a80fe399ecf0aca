/**
 * A hundred facts out of Redis: the gateway's own cache against a bare MGET with JSON.parse of the same rows, which are
 * what a gateway has written there. In one process, turn by turn.
 */
import { createClient } from '@keyv/redis';
import { openCache } from '../src/cache/cache.ts';
import type { Cache, ParseFact } from '../src/cache/entry.ts';
import { openRedis } from '../src/cache/redis/redis.ts';
import { systemClock } from '../src/clock.ts';
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { createSeededDataSet } from '../src/emulators/seed.ts';
import { createLog } from '../src/observability/log.ts';
import { createMetrics } from '../src/observability/metrics.ts';
import { recordsFact } from '../src/sources/argus/facts.ts';
import { threatFact } from '../src/sources/datadog/mapping.ts';
import { type RedisServer, redisAt, startRedis, until } from '../test/setup/redis.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { ask, startGateway } from './processes.ts';
import { batches, warmBatch } from './shots.ts';

const namespace = 'indicator-gateway::';

interface Kind {
  /** In the keys of its facts. */
  readonly mark: string;
  readonly revive: ParseFact<unknown>;
}

const kinds: Readonly<Record<string, Kind>> = {
  'Redis-warm batch of 100, Datadog': { mark: '7:DATADOG', revive: stored => threatFact.safeParse(stored).data },
  'Redis-warm batch of 100, Argus': { mark: '5:ARGUS', revive: stored => recordsFact.safeParse(stored).data },
};

export async function runRedis(options: BenchOptions): Promise<Figures> {
  const dataSet = createSeededDataSet({ now: Date.now() });
  const values = dataSet.catalogue.both.slice(0, 300);
  const emulators = await startEmulators({ dataSet });
  const redis = await startRedis();
  const figures: Record<string, Figures[string]> = {};
  try {
    await fill(redis, emulators, values);
    for (const [name, kind] of Object.entries(kinds))
      if (name.includes(options.only ?? '')) figures[name] = await run(redis, kind, options);
    tell(figures, options);
    return figures;
  } finally {
    await Promise.all([redis.stop(), emulators.close()]);
  }
}

async function fill(redis: RedisServer, emulators: Emulators, values: readonly string[]): Promise<void> {
  const gateway = await startGateway(emulators, { REDIS_URL: redis.url, RATE_LIMIT_INDICATORS_PER_MINUTE: '0' });
  for (const batch of batches(values)) await ask(gateway, warmBatch(batch));
  await until(async () => (await redis.rows()) >= 2 * values.length, 'all facts are in Redis');
  await gateway.stop();
}

async function run(redis: RedisServer, { mark, revive }: Kind, { rounds, seconds }: BenchOptions) {
  // What is wrong with it is told by what asks it.
  const client = await createClient({ url: redis.url })
    .on('error', () => {})
    .connect();
  const raw = async (keys: readonly string[]) => {
    const rows = await client.mGet(keys.map(key => namespace + key));
    return rows.map(row => JSON.parse(String(row)));
  };
  const keys = (await client.keys(`${namespace}*${mark}*`)).map(key => key.slice(namespace.length)).sort();
  const characters = JSON.stringify(await raw(keys)).length;
  const asked = batches(keys);
  let turn = 0;
  const next = () => asked[turn++ % asked.length] ?? [];
  const [metrics, clock] = [createMetrics(), systemClock];
  const log = createLog({ sources: ['DATADOG', 'ARGUS'], level: 'silent' });
  const cache = openCache({
    redis: openRedis({ config: redisAt(redis.url), log, metrics, clock }),
    // Room for half of them, asked in turn: whatever is asked has long been pushed out again, at its full price.
    maxBytes: 2.25 * (characters / 2),
    metrics,
    clock,
  });
  await until(() => cache.redisState() === 'up', 'the cache has found Redis');
  const contest = { redis, raw, cached: reader(cache, revive), next };
  await compete(contest, seconds);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push({ ...(await compete(contest, seconds)), 'KB each': characters / keys.length / 1000 });
  await Promise.all([cache.close(), client.close()]);
  return summarise(measured);
}

/** False when Redis was too late for some of them, as it is for callers: the cache waits for 50 ms at most. */
const reader = (cache: Cache, revive: ParseFact<unknown>) => async (keys: readonly string[]) => {
  const found = await cache.getMany(keys, revive);
  const wrong = found.find(entry => entry !== undefined && entry.tier !== 'redis');
  if (wrong !== undefined) throw new Error('Memory has answered: this measures something else.');
  return found.every(entry => entry !== undefined);
};

interface Contest {
  readonly redis: RedisServer;
  readonly raw: (keys: readonly string[]) => Promise<unknown>;
  readonly cached: (keys: readonly string[]) => Promise<boolean>;
  /** Other keys than the last time. */
  readonly next: () => readonly string[];
}

async function compete({ redis, raw, cached, next }: Contest, seconds: number): Promise<Round> {
  const took = { raw: [] as number[], cached: [] as number[] };
  const before = await mgets(redis);
  const until = performance.now() + seconds * 1000;
  let late = 0;
  while (performance.now() < until) {
    const keys = next();
    const one = async () => took.raw.push(await timed(() => raw(keys)));
    const other = async () =>
      took.cached.push(
        await timed(async () => {
          if (!(await cached(keys))) late += 1;
        }),
      );
    for (const contestant of took.raw.length % 2 === 0 ? [one, other] : [other, one]) await contestant();
  }
  const [rawMs, cachedMs] = [median(took.raw), median(took.cached)];
  return {
    'x raw MGET + JSON.parse': cachedMs / rawMs,
    'cache ms': cachedMs,
    'raw ms': rawMs,
    MGETs: ((await mgets(redis)) - before - took.raw.length) / took.cached.length,
    'late %': (100 * late) / took.cached.length,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const mgets = async (redis: RedisServer): Promise<number> =>
  Number(/cmdstat_mget:calls=(\d+)/.exec(await redis.cli('info', 'commandstats'))?.[1] ?? 0);
