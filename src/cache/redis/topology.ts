/** Which servers hold which keys: one server, the master that Sentinels name, or the masters of a cluster. */
import { isIP } from 'node:net';
import calculateSlot from 'cluster-key-slot';
import type { RedisAddress, RedisConfig, RedisCredentials } from '../../config/redis.ts';
import { createRedisClient, type RedisClient } from './client.ts';
import { watchReplies } from './reply-watch.ts';

export interface Topology {
  readonly nodes: readonly RedisAddress[];
  /** The place in `nodes` of the one that holds a key's slot; undefined: none does. */
  ownerOf(key: string): number | undefined;
  /** Keys with the same text may be in one command. */
  slotOf(key: string): string;
  /** A key of ours in each node, to try it with. */
  readonly probeKeys: readonly string[];
}

/** In all keys, so that an operator can tell them apart and a user of Redis may be confined to them. */
export const keyPrefix = 'indicator-gateway::';

const longestMs = 1_500;

/** Asks one address after the other, then the masters that were known. Rejects with what the last of them said. */
export async function discover(config: RedisConfig, known: readonly RedisAddress[]): Promise<Topology> {
  const { sentinel } = config;
  let problem: unknown = new Error('no address');
  let doubtful: RedisAddress | undefined;
  const given = config.addresses();
  for (const address of sentinel ? given : [...given, ...known]) {
    try {
      if (!sentinel)
        return await ask(address, config.credentials, client => askForSlots(client, address, given.length));
      const asked = { ...address, database: 0 };
      const master = await ask(asked, sentinel.credentials, client => askForMaster(client, sentinel.name, address));
      // What is known already is not up: this Sentinel may be cut off together with it.
      if (!known.some(one => isSameAddress(one, master))) return ofOneServer(master);
      doubtful = master;
    } catch (error) {
      problem = error;
    }
  }
  if (doubtful !== undefined) return ofOneServer(doubtful);
  throw problem;
}

async function ask<Answer>(
  address: RedisAddress,
  credentials: () => RedisCredentials,
  question: (client: RedisClient) => Promise<Answer>,
): Promise<Answer> {
  const client = createRedisClient(address, { credentials, reconnects: false });
  const failed = new Promise<never>((_, reject) => {
    const { isReading } = watchReplies(client, () => reject(coded('REPLY_TOO_LARGE')));
    client.on('error', error => reject(isReading() ? coded('REPLY_UNREADABLE') : error));
    setTimeout(() => reject(coded('TIMEOUT')), longestMs).unref();
  });
  failed.catch(() => {});
  try {
    await Promise.race([client.connect(), failed]);
    return await Promise.race([question(client), failed]);
  } finally {
    if (client.isOpen) client.destroy();
  }
}

const coded = (code: string): Error => Object.assign(new Error(code), { code });

const ofOneServer = (address: RedisAddress): Topology => ({
  nodes: [address],
  ownerOf: () => 0,
  slotOf: () => '',
  probeKeys: [`${keyPrefix}probe`],
});

async function askForMaster(client: RedisClient, name: string, sentinel: RedisAddress): Promise<RedisAddress> {
  const found: unknown = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]);
  const [host, port] = Array.isArray(found) ? found.map(String) : [];
  if (host === undefined || port === undefined) throw coded('UNKNOWN_MASTER');
  return { ...sentinel, host, port: Number(port), serverName: isIP(host) === 0 ? host : sentinel.serverName };
}

/** What a server says that is no part of a cluster, or whose commands we may not use: it is taken for the only one. */
const isAlone = /cluster support disabled|unknown (sub)?command|NOPERM|not supported/i;

async function askForSlots(client: RedisClient, asked: RedisAddress, addresses: number): Promise<Topology> {
  try {
    return ofCluster(await client.clusterSlots(), asked);
  } catch (error) {
    if (!(error instanceof Error) || !isAlone.test(error.message)) throw error;
    if (addresses > 1) throw coded('NOT_A_CLUSTER');
    return ofOneServer(asked);
  }
}

type SlotRanges = Awaited<ReturnType<RedisClient['clusterSlots']>>;

function ofCluster(ranges: SlotRanges, asked: RedisAddress): Topology {
  const nodes: RedisAddress[] = [];
  const owners = new Array<number | undefined>(16_384);
  for (const { from, to, master } of ranges) {
    // A node that does not know its own address leaves it out: it is the one that was asked.
    const host = String(master.host ?? '') || asked.host;
    const serverName = isIP(host) === 0 ? host : asked.serverName;
    const node = { ...asked, host, port: Number(master.port), serverName, database: 0 };
    const before = nodes.findIndex(one => isSameAddress(one, node));
    const owner = before === -1 ? nodes.push(node) - 1 : before;
    owners.fill(owner, from, to + 1);
  }
  if (nodes.length === 0) throw coded('CLUSTERDOWN');
  return {
    nodes,
    ownerOf: key => owners[calculateSlot(keyPrefix + key)],
    slotOf: key => String(calculateSlot(keyPrefix + key)),
    probeKeys: nodes.map((_, owner) => probeKeyOf(owners, owner)),
  };
}

export const isSameAddress = (one: RedisAddress, other: RedisAddress): boolean =>
  one.host === other.host && one.port === other.port && one.database === other.database && one.isTls === other.isTls;

/** Some number in braces has a slot of that node. */
function probeKeyOf(owners: readonly (number | undefined)[], owner: number): string {
  for (let number = 0; ; number += 1) {
    const key = `${keyPrefix}{${number}}probe`;
    if (owners[calculateSlot(key)] === owner) return key;
  }
}
