/** A real cluster of three masters with a replica each, and a master with a replica that three Sentinels watch. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type RedisServer, startRedis, until } from './redis.ts';

/** Milliseconds after which a silent master is replaced. */
const silentMs = 1_000;

export interface RedisCluster {
  readonly masters: readonly RedisServer[];
  readonly replicas: readonly RedisServer[];
  /** The addresses of all, as `REDIS_URL` takes them. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const start = async () => {
    const bus = await freePort();
    const options = ['--cluster-enabled', 'yes', '--cluster-port', String(bus)];
    return startRedis({ args: [...options, '--cluster-node-timeout', String(silentMs)] });
  };
  const all = await Promise.all(Array.from({ length: 6 }, start));
  const addresses = all.map(({ port }) => `127.0.0.1:${port}`);
  const [first] = all as [RedisServer];
  await first.cli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes');
  const roleOf = async (server: RedisServer) => (await server.cli('role')).split('\n')[0];
  await until(
    async () =>
      (await Promise.all(all.map(server => server.cli('cluster', 'info')))).every(text =>
        text.includes('cluster_state:ok'),
      ) && (await Promise.all(all.map(server => server.cli('cluster', 'slots')))).every(text => hasAll(text, all)),
    'the cluster is complete',
    30_000,
  );
  const roles = await Promise.all(all.map(roleOf));
  return {
    masters: all.filter((_, index) => roles[index] === 'master'),
    replicas: all.filter((_, index) => roles[index] !== 'master'),
    url: addresses.map(address => `redis://${address}`).join(','),
    stop: async () => void (await Promise.all(all.map(server => server.stop()))),
  };
}

const hasAll = (text: string, all: readonly RedisServer[]) => all.every(({ port }) => text.includes(String(port)));

export interface WatchedRedis {
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  readonly name: string;
  /** As `REDIS_SENTINELS` takes them. */
  readonly addresses: string;
  stop(): Promise<void>;
}

export async function startWatchedRedis(): Promise<WatchedRedis> {
  const name = 'shared';
  const master = await startRedis();
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] });
  await until(async () => (await replica.cli('info', 'replication')).includes('master_link_status:up'), 'it follows');
  const sentinels = await Promise.all([1, 2, 3].map(number => startSentinel(name, master.port, number)));
  const count = async (sentinel: RedisServer) => sentinel.cli('sentinel', 'master', name);
  await until(
    async () =>
      (await Promise.all(sentinels.map(count))).every(
        text => /num-slaves\n1/.test(text) && /num-other-sentinels\n2/.test(text),
      ),
    'the Sentinels know each other',
    30_000,
  );
  const servers = [master, replica];
  return {
    ...{ servers, sentinels, name },
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(','),
    stop: async () => void (await Promise.all([...sentinels, ...servers].map(server => server.stop()))),
  };
}

async function startSentinel(name: string, port: number, number: number): Promise<RedisServer> {
  const own = await freePort();
  const file = join(tmpdir(), `sentinel-${process.pid}-${own}-${number}.conf`);
  const monitor = `sentinel monitor ${name} 127.0.0.1 ${port} 2\nsentinel down-after-milliseconds ${name} ${silentMs}\n`;
  writeFileSync(file, `${monitor}sentinel failover-timeout ${name} 3000\n`);
  return startRedis({ isSentinel: file, port: own });
}
