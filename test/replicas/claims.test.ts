/** Equal questions at replicas that share a Redis: one of them asks the sources. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEmulators } from '../../src/emulators/emulators.ts';
import { postQuery } from '../setup/gateway.ts';
import { startProcess } from '../setup/process.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Replica, type Replicas, startReplicas } from './replicas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let redis: RedisServer;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(() => redis.cli('flushall'));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(count: number, latencyMs: number, environment: Record<string, string> = {}): Promise<Replicas> {
  const replicas = await startReplicas(count, { REDIS_URL: redis.url, ...environment });
  ends.push(replicas.stop);
  for (const source of [replicas.emulators.datadog, replicas.emulators.argus])
    source.faults.add({ kind: 'latency', ms: latencyMs });
  return replicas;
}

const valuesOf = (name: string, count = 50) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example.org`);
const query = `query ($values: [String!]!, $age: Int) { indicators(values: $values, maxAgeSeconds: $age) {
  sources { source status servedFrom } verdict { level missing } } }`;
const missingIn = ({ data }: { data: { indicators: { verdict: { missing: string[] } }[] } }) =>
  data.indicators.filter(({ verdict }) => verdict.missing.length > 0).length;

async function askAll({ all }: Replicas, values: readonly string[], age?: number): Promise<number> {
  const answers = await Promise.all(all.map(({ ask }) => ask(query, { values, ...(age !== undefined && { age }) })));
  return answers.reduce((sum, answer) => sum + missingIn(answer), 0);
}

describe('the same question at four replicas at once', () => {
  it('is asked once of each source', async () => {
    const replicas = await open(4, 50);
    expect(await askAll(replicas, valuesOf('once'))).toBe(0);
    const { datadog, argus } = replicas.calls();
    expect(datadog).toBeLessThanOrEqual(55);
    expect(argus).toBe(1);
  });

  it('is asked once although parts of it want more than others', async () => {
    const replicas = await open(4, 50);
    const [narrow, wide] = [valuesOf('narrow', 20), valuesOf('wide', 20)];
    replicas.emulators.dataSet.argus.addList({ shortName: 'bad' });
    for (const value of [...narrow, ...wide]) replicas.emulators.dataSet.argus.add({ value, list: 'bad' });
    const mixed = `query ($narrow: [String!]!, $wide: [String!]!) {
      narrow: indicators(values: $narrow) { memberships { state } }
      wide: indicators(values: $wide) { memberships { state properties(names: ["comment"]) { value } } } }`;
    const answers = await Promise.all(replicas.all.map(one => one.ask(mixed, { narrow, wide })));
    for (const { errors } of answers) expect(errors).toBeUndefined();
    expect(replicas.calls().argus).toBe(1);
  });

  it('is asked by each that wants it newer than now', async () => {
    const replicas = await open(2, 50);
    expect(await askAll(replicas, valuesOf('anew', 5), 0)).toBe(0);
    expect(replicas.calls()).toEqual({ datadog: 10, argus: 2 });
  });

  it('is asked by each where Redis lets us run no scripts, and where it is away', async () => {
    const forbidding = await startRedis({ args: ['--rename-command', 'EVAL', ''] });
    ends.push(forbidding.stop);
    for (const url of [forbidding.url, 'redis://127.0.0.1:1']) {
      const replicas = await startReplicas(2, { REDIS_URL: url }, { isRedisUsable: url === forbidding.url });
      ends.push(replicas.stop);
      replicas.emulators.datadog.faults.add({ kind: 'latency', ms: 200 });
      expect(await askAll(replicas, valuesOf('alone', 5))).toBe(0);
      expect(replicas.calls().datadog).toBe(10);
    }
  });

  it('ends as soon as the source has refused, and costs no more calls than without the others', async () => {
    const replicas = await open(4, 20);
    replicas.emulators.datadog.faults.add({ kind: 'status', status: 403 });
    const began = performance.now();
    expect(await askAll(replicas, valuesOf('refused', 5))).toBe(20);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(replicas.calls().datadog).toBeLessThanOrEqual(20);
  });
});

it('a Redis that lets us run no scripts keeps its connections', async () => {
  const forbidding = await startRedis({ args: ['--rename-command', 'EVAL', ''] });
  ends.push(forbidding.stop);
  const replicas = await startReplicas(2, { REDIS_URL: forbidding.url });
  ends.push(replicas.stop);
  await askAll(replicas, valuesOf('kept', 5));
  const connections = async () =>
    Number(/total_connections_received:(\d+)/.exec(await forbidding.cli('info', 'stats'))?.[1]);
  const before = await connections();
  await pause(2_500);
  await askAll(replicas, valuesOf('kept-on', 5));
  // That of redis-cli itself.
  expect((await connections()) - before).toBe(1);
  for (const { metric } of replicas.all) expect(await metric('gateway_redis_up')).toBe(1);
});

it('an answer that another replica brought says so', async () => {
  const replicas = await open(2, 300);
  const [one, other] = replicas.all as [Replica, Replica];
  const first = one.ask(query, { values: valuesOf('from') });
  await pause(100);
  const { data } = await other.ask(query, { values: valuesOf('from') });
  await first;
  expect(replicas.calls()).toEqual({ datadog: 50, argus: 1 });
  for (const { sources } of data.indicators)
    expect(sources.map(({ servedFrom }: { servedFrom: string }) => servedFrom)).toEqual(['CACHE', 'CACHE']);
});

it.each([100, 700])(
  'a replica that dies %i ms after it began is not waited for beyond its claim',
  async killedAfterMs => {
    const emulators = await startEmulators();
    ends.push(emulators.close);
    for (const source of [emulators.datadog, emulators.argus]) source.faults.add({ kind: 'latency', ms: 600 });
    const environment = {
      ...{ REDIS_URL: redis.url, DATADOG_TIMEOUT_MS: '2000', ARGUS_TIMEOUT_MS: '2000', REQUEST_DEADLINE_MS: '9000' },
    };
    const [one, other] = await Promise.all([
      startProcess(emulators, environment),
      startProcess(emulators, environment),
    ]);
    ends.push(one.stop, other.stop);
    await until(
      async () => (await redis.cli('client', 'list')).split('\n').length >= 3,
      'both have found Redis',
      20_000,
    );
    await pause(500);
    const values = valuesOf('dies', 5);
    postQuery(one.url, query, { values }).catch(() => {});
    await pause(killedAfterMs);
    const asked = postQuery(other.url, query, { values });
    one.child.kill('SIGKILL');
    expect(missingIn(await asked)).toBe(0);
    expect(emulators.datadog.lookups.length).toBeLessThanOrEqual(10);
  },
);

it('a Redis that goes and comes back under load costs no answer, and never more calls than each alone would make', async () => {
  const own = await startRedis();
  ends.push(own.stop);
  const replicas = await startReplicas(3, { REDIS_URL: own.url });
  ends.push(replicas.stop);
  replicas.emulators.datadog.faults.add({ kind: 'latency', ms: 50 });
  const rounds: string[] = [];
  let isOver = false;
  const load = (async () => {
    for (let round = 0; !isOver; round += 1) {
      rounds.push(`round-${round}`);
      expect(await askAll(replicas, valuesOf(`round-${round}`, 10))).toBe(0);
    }
  })();
  for (const trouble of [own.kill, async () => own.pause()]) {
    await pause(700);
    await trouble();
    await pause(1_500);
    if (trouble === own.kill) await own.start();
    else own.resume();
  }
  await pause(700);
  isOver = true;
  await load;
  const asked = Map.groupBy(replicas.emulators.datadog.lookups, ({ values }) => String(values));
  expect(asked.size).toBe(rounds.length * 10);
  expect(Math.max(...[...asked.values()].map(({ length }) => length))).toBeLessThanOrEqual(3);
  await until(
    async () => {
      replicas.forgetCalls();
      await askAll(replicas, valuesOf(`again-${Math.random()}`.replace('.', ''), 10));
      return replicas.calls().datadog === 10;
    },
    'they share again',
    10_000,
  );
});
