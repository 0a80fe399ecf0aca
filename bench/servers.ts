/** The servers whose answers are compared: each a process of its own, at upstreams that know every value. */
import type { BenchOptions } from './main.ts';
import { isInstalled } from './peers.ts';
import {
  ask,
  type FastUpstream,
  type Floor,
  type Server,
  startFloor,
  startGateway,
  startPeer,
  startUpstream,
} from './processes.ts';
import { runOn } from './processor.ts';
import { createQuestions, type Questions, warmValues } from './questions.ts';
import { warmBatch } from './shots.ts';

type Stoppable = Pick<Server, 'stop'>;
type Start = <S extends Stoppable>(server: Promise<S>) => Promise<S>;

export interface Servers {
  readonly upstream: FastUpstream;
  readonly floor: Floor;
  /** This gateway, and that of the other checkout. */
  readonly gateways: Readonly<Record<string, Server>>;
  readonly peers: Readonly<Record<string, Server>>;
  readonly questions: Questions;
}

export const unlimited = { RATE_LIMIT_INDICATORS_PER_MINUTE: '0' };

const installed = isInstalled ? ['bare', 'hand', 'hive'] : ['bare'];
export const peersOf = ({ peers = installed }: BenchOptions): readonly string[] => peers;

/** They are stopped when the work is done, or has failed. */
export async function withServers<Result>(
  options: BenchOptions,
  peers: readonly string[],
  work: (servers: Servers) => Promise<Result>,
): Promise<Result> {
  runOn('first', process.pid);
  const started: Stoppable[] = [];
  const start: Start = async server => {
    const running = await server;
    started.push(running);
    return running;
  };
  try {
    return await work(await startAll(options, peers, start));
  } finally {
    await Promise.all(started.map(server => server.stop()));
    runOn('all', process.pid);
  }
}

async function startAll({ before }: BenchOptions, names: readonly string[], start: Start): Promise<Servers> {
  const upstream = await start(startUpstream());
  const floor = await start(startFloor());
  const gateways: Record<string, Server> = { 'this gateway': await start(startGateway(upstream, unlimited)) };
  if (before !== undefined) gateways.before = await start(startGateway(upstream, unlimited, { checkout: before }));
  const peers: Record<string, Server> = {};
  for (const name of names) peers[name] = await start(startPeer(name, upstream));
  for (const server of [floor, ...Object.values(gateways), ...Object.values(peers)]) server.takeSecondCore();
  return { upstream, floor, gateways, peers, questions: createQuestions() };
}

/** Asks for all warm values, so that every fact is in memory. */
export async function fillMemory(gateway: Server): Promise<void> {
  for (let from = 0; from < warmValues.length; from += 100)
    await ask(gateway, warmBatch(warmValues.slice(from, from + 100)));
}
