/** What several replicas ask of the upstreams together, on one Redis and on a cluster. */
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../src/emulators/random.ts';
import { type Replica, type Replicas, startReplicas } from '../test/replicas/replicas.ts';
import { startRedis } from '../test/setup/redis.ts';
import { startRedisCluster } from '../test/setup/redis-cluster.ts';
import type { Figures } from './figures.ts';
import type { BenchOptions } from './main.ts';

const counts = [1, 2, 4, 6] as const;
const latencyMs = 50;
const freshSeconds = 3;
const valuesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example.org`);
const query = `query ($values: [String!]!) { indicators(values: $values) {
  threatScore memberships { state } verdict { level } } }`;

const say = (...cells: readonly (string | number)[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

export async function runReplicas({ only, seconds }: BenchOptions): Promise<Figures> {
  say(
    'Redis',
    'replicas',
    'traffic',
    'Datadog calls a value',
    'Argus searches',
    'calls with 429',
    'refused after, median ms',
  );
  say('---', '---:', '---', '---:', '---:', '---:', '---:');
  for (const [kind, start] of [
    ['single', startRedis],
    ['cluster', startRedisCluster],
  ] as const) {
    if (only !== undefined && !kind.includes(only)) continue;
    const redis = await start();
    for (const count of counts) await measure(kind, redis.url, count, seconds);
    await redis.stop();
  }
  return {}; // counts, which need no spread
}

async function measure(kind: string, url: string, count: number, seconds: number): Promise<void> {
  const tell = (traffic: string, values: number, { datadog, argus }: ReturnType<Replicas['calls']>) =>
    say(kind, count, traffic, (datadog / values).toFixed(3), argus, '', '');
  const replicas = await startReplicas(count, { REDIS_URL: url, CACHE_FRESH_SECONDS: String(freshSeconds) });
  for (const { faults } of [replicas.emulators.datadog, replicas.emulators.argus])
    faults.add({ kind: 'latency', ms: latencyMs });
  const same = valuesOf('same', 50);
  for (const value of same) replicas.emulators.dataSet.datadog.add(value, {});
  const askAll = () =>
    Promise.all(replicas.all.flatMap(one => [one.ask(query, { values: same }), one.ask(query, { values: same })]));
  await askAll();
  tell('the same 50 values twice at each, at once', 50, replicas.calls());
  await pause(freshSeconds * 1_000 + 300);
  replicas.forgetCalls();
  for (const one of replicas.all) {
    await one.ask(query, { values: same });
    await pause(150);
  }
  tell('the same after they have expired, one replica after the other', 50, replicas.calls());
  replicas.forgetCalls();
  const distinct = await random(replicas, 2_000, seconds * 10);
  tell('300 a second of 2,000 values at random', distinct, replicas.calls());
  await replicas.stop();
  await measureLimited(kind, url, count, seconds);
}

/** How many different values were asked for. */
async function random({ all }: Replicas, from: number, seconds: number): Promise<number> {
  const draw = createRandom(7);
  const asked = new Set<string>();
  const pending: Promise<unknown>[] = [];
  const began = performance.now();
  for (let index = 0; index < 300 * seconds; index += 1) {
    const value = `random-${draw.below(from)}.example.org`;
    asked.add(value);
    pending.push((all[index % all.length] as Replica).ask(query, { values: [value] }));
    await pause(Math.max(0, began + (index * 1_000) / 300 - performance.now()));
  }
  await Promise.all(pending);
  return asked.size;
}

/** Ten calls a second for all, three times of which are wanted. */
async function measureLimited(kind: string, url: string, count: number, seconds: number): Promise<void> {
  const replicas = await startReplicas(count, { REDIS_URL: url });
  const { datadog } = replicas.emulators;
  datadog.faults.add({ kind: 'rateLimit', limit: 10, periodSeconds: 1 });
  const refusedAfter: number[] = [];
  const pending: Promise<unknown>[] = [];
  for (let index = 0; index < 300 * seconds; index += 1) {
    const began = performance.now();
    const one = replicas.all[index % count] as Replica;
    const asked = one.ask(`{ indicator(value: "limited-${index}.example.org") { threatScore } }`);
    pending.push(
      asked.then(({ errors }) => {
        if (errors !== undefined) refusedAfter.push(performance.now() - began);
      }),
    );
    await pause(1_000 / 30);
  }
  await Promise.all(pending);
  const tooMany = datadog.requests.filter(({ status }) => status === 429).length;
  const share = `${((100 * tooMany) / datadog.requests.length).toFixed(1)} % of ${datadog.requests.length}`;
  const median = refusedAfter.toSorted((a, b) => a - b)[Math.floor(refusedAfter.length / 2)];
  say(
    kind,
    count,
    'ten calls a second allowed, thirty wanted',
    '',
    '',
    share,
    median === undefined ? '' : Math.round(median),
  );
  await replicas.stop();
}
