/** Several servers under the same load, in the same rounds and in alternating order. */
import type { Shot } from './connection.ts';
import { loadServer, type ServerLoad } from './load.ts';
import type { BenchOptions } from './main.ts';
import type { Server } from './processes.ts';

export interface Contestant {
  readonly name: string;
  readonly server: Server;
  readonly turn: () => Shot;
}

/** What each took, by name: one map for each round. */
export async function interleave(
  contestants: readonly Contestant[],
  connections: number,
  { rounds, seconds }: BenchOptions,
): Promise<readonly ReadonlyMap<string, ServerLoad>[]> {
  // The compiler's share of a process's life is not what is measured.
  await loadEach(contestants, connections, Math.min(2, rounds * seconds));
  const measured = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push(await loadEach(round % 2 === 0 ? contestants : contestants.toReversed(), connections, seconds));
  return measured;
}

async function loadEach(contestants: readonly Contestant[], connections: number, seconds: number) {
  const loads = new Map<string, ServerLoad>();
  for (const { name, server, turn } of contestants)
    loads.set(name, await loadServer(server, turn, connections, seconds));
  return loads;
}
