/**
 * What an answer costs: beside the floor where all facts are in memory, beside other servers where none is. In one run,
 * and in the same rounds.
 */
import { deepStrictEqual } from 'node:assert';
import { type AnswerRow, answerRows } from './answer-rows.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { ServerLoad } from './load.ts';
import type { BenchOptions } from './main.ts';
import { join } from './peer-scenarios.ts';
import { ask, type Server } from './processes.ts';
import { type Contestant, interleave } from './rounds.ts';
import { fillMemory, peersOf, type Servers, withServers } from './servers.ts';

export async function runAnswers(options: BenchOptions): Promise<Figures> {
  const wanted = Object.entries(answerRows).filter(([name]) => name.includes(options.only ?? ''));
  const warm = wanted.filter(([, { coldPeers }]) => coldPeers === undefined);
  const cold = wanted.filter(([, { coldPeers }]) => coldPeers !== undefined);
  return withServers(options, cold.length > 0 ? peersOf(options) : [], async servers => {
    const figures: Record<string, Figures[string]> = {};
    for (const rows of [warm, cold]) {
      const table: Record<string, Figures[string]> = {};
      for (const [name, row] of rows) Object.assign(table, await run(name, row, servers, options));
      tell(table, options);
      Object.assign(figures, table);
    }
    return figures;
  });
}

async function run(name: string, row: AnswerRow, servers: Servers, options: BenchOptions): Promise<Figures> {
  await servers.upstream.slow(0);
  const contestants = row.coldPeers
    ? await coldContestants(row, row.coldPeers, servers)
    : await warmContestants(row, servers);
  await servers.upstream.slow(row.latencyMs);
  const rounds = await interleave(contestants, row.connections, options);
  const names = contestants.map(contestant => contestant.name).filter(contestant => contestant !== 'floor');
  return Object.fromEntries(
    names.map(contestant => [`${name}: ${contestant}`, summarise(rounds.map(loads => figuresOf(contestant, loads)))]),
  );
}

async function warmContestants({ ask: question }: AnswerRow, { floor, gateways, questions }: Servers) {
  const turn = () => question(questions);
  for (const gateway of Object.values(gateways)) {
    await fillMemory(gateway);
    await floor.say(await ask(gateway, turn()));
  }
  return contestantsOf({ floor, ...gateways }, () => turn);
}

/** Throws where a peer's answer says something else than ours. */
async function coldContestants(
  { ask: question }: AnswerRow,
  coldPeers: Readonly<Record<string, AnswerRow['ask']>>,
  { gateways, peers, questions }: Servers,
): Promise<readonly Contestant[]> {
  const contestants = contestantsOf({ ...gateways, ...peers }, name => () => (coldPeers[name] ?? question)(questions));
  // No value is asked twice, and so each answer is about other values: without their numbers they are equal.
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
  const [floor, bare, hive, before] = ['floor', 'bare', 'hive', 'before'].map(other => loads.get(other));
  return {
    ...(floor && { 'x floor': own.perSecond / floor.perSecond, 'x floor by CPU': floor.cpuUs / own.cpuUs }),
    ...(bare && { 'x bare by CPU': own.cpuUs / bare.cpuUs }),
    ...(hive && { 'Hive / it by CPU': hive.cpuUs / own.cpuUs }),
    ...(before && { 'x before by CPU': own.cpuUs / before.cpuUs }),
    'CPU µs': own.cpuUs,
    'per second': own.perSecond,
    'p50 ms': own.p50Ms,
    'p99 ms': own.p99Ms,
  };
}
