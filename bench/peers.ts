/** The gateway beside other servers: two in front of its own loaders and cache, one over the same upstreams without them. */
import { deepStrictEqual } from 'node:assert';
import { existsSync } from 'node:fs';
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { createSeededDataSet } from '../src/emulators/seed.ts';
import type { Shot } from './connection.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import { load, loadServer } from './load.ts';
import type { BenchOptions } from './main.ts';
import { join, type Scenario, scenarios, titles } from './peer-scenarios.ts';
import { ask, type Floor, type Server, startFloor, startGateway, startPeer } from './processes.ts';

/** They are no dependencies of the gateway, and come only when called. */
export const isInstalled = existsSync(new URL('peers/node_modules', import.meta.url));

interface Bench {
  readonly emulators: Emulators;
  readonly values: readonly string[];
  readonly gateway: Server;
  readonly floor: Floor;
  readonly peers: Readonly<Record<string, Server>>;
}

interface Contestant {
  readonly name: string;
  readonly server: Server;
  readonly turn: () => Shot;
}

export async function runPeers(options: BenchOptions): Promise<Figures> {
  if (!isInstalled) {
    process.stdout.write('The peers are not installed: npm ci --prefix bench/peers\n');
    return {};
  }
  const dataSet = createSeededDataSet({ now: Date.now() });
  const values = dataSet.catalogue.both.slice(0, 300);
  const emulators = await startEmulators({ dataSet });
  const wanted = Object.entries(scenarios).filter(([name]) => name.includes(options.only ?? ''));
  const names = [...new Set(wanted.flatMap(([, scenario]) => Object.keys(scenario.peers)))];
  const started: Server[] = [];
  const start = async <S extends Server>(server: Promise<S>): Promise<S> => {
    started.push(await server);
    return server;
  };
  const figures: Record<string, Figures[string]> = {};
  try {
    const floor = await start(startFloor());
    const gateway = await start(startGateway(emulators, { RATE_LIMIT_INDICATORS_PER_MINUTE: '0' }));
    const peers: Record<string, Server> = {};
    for (const name of names) peers[name] = await start(startPeer(name, emulators));
    for (const [name, scenario] of wanted)
      Object.assign(figures, await run(name, scenario, { emulators, values, gateway, floor, peers }, options));
    tell(figures, options);
    return figures;
  } finally {
    await Promise.all([...started.map(server => server.stop()), emulators.close()]);
  }
}

async function run(name: string, scenario: Scenario, bench: Bench, { rounds, seconds }: BenchOptions) {
  const { emulators, gateway, floor, values } = bench;
  const { connections } = scenario;
  const gatewaysTurn = turns(scenario.ours(values));
  const theirs = Object.entries(scenario.peers).map(
    ([peer, shots]): Contestant => ({
      name: titles[peer] ?? peer,
      server: bench.peers[peer] as Server,
      turn: turns(shots(values)),
    }),
  );
  const contestants: readonly Contestant[] = [
    { name: 'floor', server: floor, turn: gatewaysTurn },
    { name: 'this gateway', server: gateway, turn: gatewaysTurn },
    ...theirs,
  ];
  const answer = await ask(gateway, gatewaysTurn());
  for (const { server, turn } of theirs) deepStrictEqual(join(await ask(server, turn())), join(answer));
  await floor.say(answer);
  // Every value once, so that warm means warm; and the compiler's share of a process's life is not what is measured.
  for (const { server, turn } of contestants) {
    for (let asked = 0; asked < scenario.ours(values).length; asked += 1) await ask(server, turn());
    await load(server.url, turn, connections, seconds);
  }
  scenario.prepare?.(emulators);
  const measured = new Map<string, Round[]>(contestants.map(contestant => [contestant.name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const [contestant, figures] of await measure(
      emulators,
      round % 2 === 0 ? contestants : contestants.toReversed(),
      connections,
      seconds,
    ))
      measured.get(contestant)?.push(figures);
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.clear();
  return Object.fromEntries([...measured].map(([contestant, all]) => [`${name}: ${contestant}`, summarise(all)]));
}

function turns(shots: readonly Shot[]): () => Shot {
  let next = 0;
  return () => shots[next++ % shots.length] as Shot;
}

async function measure(
  { datadog, argus }: Emulators,
  contestants: readonly Contestant[],
  connections: number,
  seconds: number,
): Promise<ReadonlyMap<string, Round>> {
  const loads = new Map<string, Awaited<ReturnType<typeof loadServer>> & { calls: number }>();
  for (const { name, server, turn } of contestants) {
    for (const emulator of [datadog, argus]) emulator.clearRequests();
    const result = await loadServer(server, turn, connections, seconds);
    loads.set(name, { ...result, calls: datadog.lookups.length + argus.requests.length });
  }
  const [floor, ours] = [loads.get('floor'), loads.get('this gateway')];
  if (!floor || !ours) throw new Error('Nothing to compare with.');
  return new Map(
    contestants.map(({ name, server }) => {
      const own = loads.get(name) ?? ours;
      const figures = {
        'x floor': own.perSecond / floor.perSecond,
        'x ours': own.perSecond / ours.perSecond,
        'x ours by CPU': ours.cpuUs / own.cpuUs,
        'per second': own.perSecond,
        'CPU µs': own.cpuUs,
        'p50 ms': own.p50Ms,
        'p99 ms': own.p99Ms,
        'upstream calls': own.calls / own.operations,
        'resident MB': server.residentMb(),
      };
      return [name, figures];
    }),
  );
}
