/**
 * What an answer costs, beside the floor where all facts are in memory, and beside other servers where none is: upstreams,
 * load and servers are processes of their own, and each server has a core to itself.
 */
import { deepStrictEqual } from 'node:assert';
import { type AnswerRow, answerRows } from './answer-rows.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { ServerLoad } from './load.ts';
import type { BenchOptions } from './main.ts';
import { join } from './peer-scenarios.ts';
import { isInstalled } from './peers.ts';
import {
  ask,
  type FastUpstream,
  type Floor,
  keepToFirstCore,
  type Server,
  startFloor,
  startGateway,
  startPeer,
  startUpstream,
} from './processes.ts';
import { createQuestions, type Questions, warmValues } from './questions.ts';
import { type Contestant, interleave } from './rounds.ts';
import { warmBatch } from './shots.ts';

interface AnswerBench {
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

export async function runAnswers(options: BenchOptions): Promise<Figures> {
  keepToFirstCore();
  const started: Pick<Server, 'stop'>[] = [];
  const start = async <S extends Pick<Server, 'stop'>>(server: Promise<S>): Promise<S> => {
    started.push(await server);
    return server;
  };
  try {
    const bench = await open(options, start);
    const figures: Record<string, Figures[string]> = {};
    for (const [name, row] of Object.entries(answerRows))
      if (name.includes(options.only ?? '')) Object.assign(figures, await run(name, row, bench, options));
    tell(figures, options);
    return figures;
  } finally {
    await Promise.all(started.map(server => server.stop()));
  }
}

async function open(
  options: BenchOptions,
  start: <S extends Pick<Server, 'stop'>>(server: Promise<S>) => Promise<S>,
): Promise<AnswerBench> {
  const upstream = await start(startUpstream());
  const floor = await start(startFloor());
  const gateways: Record<string, Server> = { 'this gateway': await start(startGateway(upstream, unlimited)) };
  const { before } = options;
  if (before !== undefined) gateways.before = await start(startGateway(upstream, unlimited, { checkout: before }));
  const peers: Record<string, Server> = {};
  for (const name of peersOf(options)) peers[name] = await start(startPeer(name, upstream));
  for (const server of [floor, ...Object.values(gateways), ...Object.values(peers)]) server.takeSecondCore();
  return { upstream, floor, gateways, peers, questions: createQuestions() };
}

async function run(name: string, row: AnswerRow, bench: AnswerBench, options: BenchOptions): Promise<Figures> {
  await bench.upstream.slow(0);
  const contestants = row.coldPeers
    ? await coldContestants(row, row.coldPeers, bench)
    : await warmContestants(row, bench);
  await bench.upstream.slow(row.latencyMs);
  const rounds = await interleave(contestants, row.connections, options);
  const names = contestants.map(contestant => contestant.name).filter(contestant => contestant !== 'floor');
  return Object.fromEntries(
    names.map(contestant => [`${name}: ${contestant}`, summarise(rounds.map(loads => figuresOf(contestant, loads)))]),
  );
}

async function warmContestants({ ask: question }: AnswerRow, { floor, gateways, questions }: AnswerBench) {
  const turn = () => question(questions);
  for (const gateway of Object.values(gateways)) await fill(gateway);
  for (const gateway of Object.values(gateways)) await floor.say(await ask(gateway, turn()));
  return contestantsOf({ floor, ...gateways }, () => turn);
}

/** All warm values, so that every fact is in memory. */
async function fill(gateway: Server): Promise<void> {
  for (let from = 0; from < warmValues.length; from += 100)
    await ask(gateway, warmBatch(warmValues.slice(from, from + 100)));
}

/** Throws where a peer's answer to the same question says something else. */
async function coldContestants(
  { ask: question }: AnswerRow,
  coldPeers: Readonly<Record<string, AnswerRow['ask']>>,
  { gateways, peers, questions }: AnswerBench,
): Promise<readonly Contestant[]> {
  const contestants = contestantsOf({ ...gateways, ...peers }, name => () => (coldPeers[name] ?? question)(questions));
  // The values differ, for nobody is asked about a value of somebody else.
  const points = async ({ server, turn }: Contestant) =>
    join((await ask(server, turn())).replaceAll(/new-\d+/g, 'new'));
  const [ours, ...theirs] = await Promise.all(contestants.map(points));
  for (const other of theirs) deepStrictEqual(other, ours);
  return contestants;
}

const contestantsOf = (servers: Readonly<Record<string, Server>>, turnOf: (name: string) => Contestant['turn']) =>
  Object.entries(servers).map(([name, server]): Contestant => ({ name, server, turn: turnOf(name) }));

function figuresOf(name: string, loads: ReadonlyMap<string, ServerLoad>): Round {
  const own = loads.get(name);
  if (own === undefined) throw new Error(`Nothing was measured of ${name}.`);
  const [floor, bare, hive] = ['floor', 'bare', 'hive'].map(other => loads.get(other));
  return {
    ...(floor && { 'x floor': own.perSecond / floor.perSecond, 'x floor by CPU': floor.cpuUs / own.cpuUs }),
    ...(bare && { 'x bare by CPU': own.cpuUs / bare.cpuUs }),
    ...(hive && { 'Hive / it by CPU': hive.cpuUs / own.cpuUs }),
    'CPU µs': own.cpuUs,
    'per second': own.perSecond,
    'p50 ms': own.p50Ms,
    'p99 ms': own.p99Ms,
  };
}
