/** Where Redis is: a cluster, behind Sentinels, or a server that cannot be used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type RedisCluster, startRedisCluster, startWatchedRedis, type WatchedRedis } from '../setup/redis-cluster.ts';
import { type Replica, type Replicas, startReplicas } from './replicas.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(environment: Record<string, string>, count = 2): Promise<Replicas> {
  const replicas = await startReplicas(count, environment);
  ends.push(replicas.stop);
  return replicas;
}

const valuesOf = (name: string) => Array.from({ length: 20 }, (_, index) => `${name}-${index}.example.org`);
const query = `query ($values: [String!]!) { indicators(values: $values) {
  sources { source status servedFrom } verdict { level missing } } }`;

/** Errors, and values for which a source is missing. */
async function ask(replica: Replica, values: readonly string[]): Promise<readonly unknown[]> {
  const { data, errors = [] } = await replica.ask(query, { values });
  const missing = data?.indicators.filter((one: { verdict: { missing: string[] } }) => one.verdict.missing.length > 0);
  return [...errors, ...(missing ?? ['no data'])];
}

/** What one has asked for, the other reads from Redis. */
async function share({ all, calls, forgetCalls }: Replicas, name: string): Promise<boolean> {
  const [one, other] = all as [Replica, Replica];
  forgetCalls();
  expect(await ask(one, valuesOf(name))).toEqual([]);
  expect(calls()).toEqual({ datadog: 20, argus: 1 });
  await pause(150);
  expect(await ask(other, valuesOf(name))).toEqual([]);
  return calls().datadog === 20 && calls().argus === 1;
}

const sharesAgain = (replicas: Replicas, within: number) => {
  let round = 0;
  return until(
    async () => {
      round += 1;
      return share(replicas, `again-${round}-${Math.random().toString(36).slice(2, 8)}`);
    },
    'they share again',
    within,
  );
};

/** Another server than that one has the slots that it had. */
async function hasNewMaster({ masters, replicas }: RedisCluster, dead: RedisServer): Promise<boolean> {
  const alive = [...masters, ...replicas].find(server => server !== dead);
  const slots = (await alive?.cli('cluster', 'nodes')) ?? '';
  const lines = slots.split('\n').filter(line => line.includes('master') && !line.includes('fail'));
  return !lines.some(line => line.includes(`:${dead.port}@`)) && lines.length === 3;
}

describe('a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  it('is shared by replicas that know all of its addresses', async () => {
    const replicas = await open({ REDIS_URL: cluster.url });
    expect(await share(replicas, 'all')).toBe(true);
  });

  it('is found by the address of one of its nodes', async () => {
    const [master] = cluster.masters;
    const replicas = await open({ REDIS_URL: master?.url ?? '' });
    expect(await share(replicas, 'one')).toBe(true);
    const [replica] = cluster.replicas;
    const others = await open({ REDIS_URL: replica?.url ?? '' });
    expect(await share(others, 'replica')).toBe(true);
  });

  it('reads the facts of a source for a list in one command', async () => {
    const replicas = await open({ REDIS_URL: cluster.url });
    const [one, other] = replicas.all as [Replica, Replica];
    await ask(one, valuesOf('commands'));
    await pause(300);
    for (const master of cluster.masters) await master.cli('config', 'resetstat');
    await ask(other, valuesOf('commands'));
    const stats = await Promise.all(cluster.masters.map(master => master.cli('info', 'commandstats')));
    const reads = stats.map(text => Number(/cmdstat_mget:calls=(\d+)/.exec(text)?.[1] ?? 0));
    expect(reads.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('whose slots move to other nodes loses nobody an answer, and is shared again', async () => {
    const replicas = await open({ REDIS_URL: cluster.url });
    expect(await share(replicas, 'before')).toBe(true);
    const [first] = cluster.masters;
    const ids = await Promise.all(cluster.masters.map(master => master.cli('cluster', 'myid')));
    const move = async (from: string, to: string) =>
      first?.cli(
        ...['--cluster', 'reshard', `127.0.0.1:${first.port}`, '--cluster-from', from, '--cluster-to', to],
        ...['--cluster-slots', '5460', '--cluster-yes'],
      );
    let isMoving = true;
    const moved = move(ids[0] ?? '', ids[1] ?? '').finally(() => {
      isMoving = false;
    });
    for (let round = 0; isMoving; round += 1)
      for (const replica of replicas.all) expect(await ask(replica, valuesOf(`moving-${round}`))).toEqual([]);
    await moved;
    await sharesAgain(replicas, 10_000);
    // A connection that is made anew is tried with a key that the node has by now.
    for (const master of cluster.masters) await master.cli('client', 'kill', 'type', 'normal');
    for (const replica of replicas.all)
      await until(async () => (await replica.metric('gateway_redis_up')) === 1, 'it is up again', 10_000);
    await move(ids[1] ?? '', ids[0] ?? '');
    await sharesAgain(replicas, 10_000);
  });

  it('of which a master is cut off loses nobody an answer, and is shared again', async () => {
    const replicas = await open({ REDIS_URL: cluster.url });
    expect(await share(replicas, 'heard')).toBe(true);
    for (const master of cluster.masters) {
      master.pause();
      const began = Date.now();
      for (let round = 0; Date.now() - began < 500; round += 1)
        for (const replica of replicas.all)
          expect(await ask(replica, valuesOf(`cut-${master.port}-${round}`))).toEqual([]);
      master.resume();
      await sharesAgain(replicas, 10_000);
    }
  });

  it('of which a master dies loses nobody an answer, and is shared again when a replica has taken over', async () => {
    const replicas = await open({ REDIS_URL: cluster.url });
    expect(await share(replicas, 'alive')).toBe(true);
    for (const master of cluster.masters) {
      await master.kill();
      const began = Date.now();
      for (let round = 0; Date.now() - began < 1_000; round += 1)
        for (const replica of replicas.all)
          expect(await ask(replica, valuesOf(`dead-${master.port}-${round}`))).toEqual([]);
      await until(() => hasNewMaster(cluster, master), 'a replica has taken over', 20_000);
      const tookOverAt = Date.now();
      await sharesAgain(replicas, 10_000);
      expect(Date.now() - tookOverAt).toBeLessThan(10_000);
      await master.start();
      await until(async () => (await master.cli('cluster', 'info')).includes('cluster_state:ok'), 'it is back', 20_000);
      await pause(2_000);
    }
  });
});

describe('credentials and addresses that change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-redis-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a password that was replaced is read for the next connection', async () => {
    const server = await startRedis({
      args: ['--requirepass', 'first'],
      cliArgs: ['--no-auth-warning', '-a', 'first'],
    });
    ends.push(server.stop);
    const file = join(folder, 'password');
    writeFileSync(file, 'first');
    const replicas = await open({ REDIS_URL: server.url, REDIS_PASSWORD_FILE: file });
    expect(await share(replicas, 'old')).toBe(true);
    // One after the other, as a rotation does it: the connection ends when the old password does.
    await server
      .cli(
        'eval',
        "redis.call('config', 'set', 'requirepass', 'second'); return redis.call('client', 'kill', 'type', 'normal')",
        '0',
      )
      .catch(() => {});
    expect(await ask(replicas.all[0] as Replica, valuesOf('between'))).toEqual([]);
    writeFileSync(file, 'second');
    await sharesAgain(replicas, 10_000);
  });

  it('an address in a file is read when the connection is lost', async () => {
    const [one, other] = [await startRedis(), await startRedis()];
    ends.push(one.stop, other.stop);
    const file = join(folder, 'address');
    writeFileSync(file, one.url);
    const replicas = await startReplicas(2, { REDIS_URL_FILE: file });
    ends.push(replicas.stop);
    expect(await share(replicas, 'one')).toBe(true);
    writeFileSync(file, other.url);
    await one.kill();
    await sharesAgain(replicas, 10_000);
    expect(await other.rows()).toBeGreaterThan(0);
  });
});

describe('Sentinels', () => {
  it('say who the master is, also after another one has become it', async () => {
    const watched: WatchedRedis = await startWatchedRedis();
    ends.push(watched.stop);
    const replicas = await open({ REDIS_SENTINELS: watched.addresses, REDIS_SENTINEL_NAME: watched.name });
    expect(await share(replicas, 'first')).toBe(true);
    const [master] = watched.servers;
    await master?.kill();
    const began = Date.now();
    for (let round = 0; Date.now() - began < 1_000; round += 1)
      for (const replica of replicas.all) expect(await ask(replica, valuesOf(`failing-${round}`))).toEqual([]);
    const [sentinel] = watched.sentinels;
    const named = () => sentinel?.cli('sentinel', 'get-master-addr-by-name', watched.name);
    await until(async () => !(await named())?.includes(String(master?.port)), 'another one is named', 20_000);
    await sharesAgain(replicas, 10_000);
  });
});

describe('a server that cannot be used is down, and says why', () => {
  const stateOf = async ({ gateway }: Replica) => (await (await fetch(`${gateway.url}/readyz`)).json()).redis;

  it('a replica, until it is promoted', async () => {
    const master = await startRedis();
    ends.push(master.stop);
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
    ends.push(replica.stop);
    const replicas = await startReplicas(1, { REDIS_URL: replica.url }, { isRedisUsable: false });
    ends.push(replicas.stop);
    const [one] = replicas.all as [Replica];
    expect(await ask(one, valuesOf('follows'))).toEqual([]);
    await pause(1_500);
    expect(await stateOf(one)).toBe('down');
    await replica.cli('replicaof', 'no', 'one');
    await until(async () => (await stateOf(one)) === 'up', 'it is up', 10_000);
  });

  it('a master that becomes a replica while it is connected', async () => {
    const [one, other] = [await startRedis(), await startRedis()];
    ends.push(one.stop, other.stop);
    const replicas = await open({ REDIS_URL: one.url });
    expect(await share(replicas, 'master')).toBe(true);
    await one.cli('replicaof', '127.0.0.1', String(other.port));
    const [first] = replicas.all as [Replica];
    await ask(first, valuesOf('lost'));
    await until(async () => (await stateOf(first)) === 'down', 'it is down', 10_000);
    await pause(1_500);
    expect(await stateOf(first)).toBe('down');
    await one.cli('replicaof', 'no', 'one');
    await until(async () => (await stateOf(first)) === 'up', 'it is up again', 10_000);
    await sharesAgain(replicas, 10_000);
  });
});
