/** What a text costs at its first sighting, and at the next ones: each text is asked in four passes, one after another. */

import { openConnection, type Shot } from './connection.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { ask, type Server } from './processes.ts';
import type { Questions } from './questions.ts';
import { fillMemory, withServers } from './servers.ts';

const passes = ['1st', '2nd', '3rd', '4th'];
/** All of them stay known from one pass to the next. */
const maxTexts = 400;

export const runNewTexts = (options: BenchOptions): Promise<Figures> =>
  withServers(options, [], async ({ floor, gateways, questions }) => {
    const servers: readonly (readonly [string, Server])[] = [['floor', floor], ...Object.entries(gateways)];
    for (const gateway of Object.values(gateways)) {
      await fillMemory(gateway);
      await floor.say(await ask(gateway, questions.text()));
    }
    const measured = new Map<string, Round[]>(servers.map(([name]) => [name, []]));
    await measure(servers, questions, options); // the compiler's share of a process's life is not what is measured
    for (let round = 0; round < options.rounds; round += 1) {
      const rounds = await measure(round % 2 === 0 ? servers : servers.toReversed(), questions, options);
      for (const [name, figures] of rounds) measured.get(name)?.push(figures);
    }
    const rows = [...measured].map(([name, rounds]) => [`a new text of sixty fields: ${name}`, summarise(rounds)]);
    const figures: Figures = Object.fromEntries(rows);
    tell(figures, options);
    return figures;
  });

async function measure(
  servers: readonly (readonly [string, Server])[],
  questions: Questions,
  { seconds }: BenchOptions,
): Promise<ReadonlyMap<string, Round>> {
  const cpuUs = new Map<string, readonly number[]>();
  for (const [name, server] of servers) {
    const shots = Array.from({ length: Math.ceil(maxTexts * Math.min(1, seconds)) }, () => questions.text());
    const each: number[] = [];
    for (const _ of passes) each.push(await pass(server, shots));
    cpuUs.set(name, each);
  }
  const floor = cpuUs.get('floor') ?? [];
  return new Map([...cpuUs].map(([name, own]) => [name, figuresOf(own, floor)]));
}

async function pass(server: Server, shots: readonly Shot[]): Promise<number> {
  const connection = await openConnection(server.url);
  const before = server.cpuMs();
  for (const shot of shots) await connection.ask(shot);
  connection.close();
  return ((server.cpuMs() - before) * 1000) / shots.length;
}

const figuresOf = (own: readonly number[], floor: readonly number[]): Round => ({
  ...Object.fromEntries(own.map((us, index) => [`${passes[index]} x floor by CPU`, (floor[index] ?? 0) / us])),
  ...Object.fromEntries(own.map((us, index) => [`${passes[index]} CPU µs`, us])),
});
