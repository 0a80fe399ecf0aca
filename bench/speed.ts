/** How fast, against the floor in the same rounds: in alternating order, so that a slow moment hits both. */
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { createSeededDataSet, type SeededDataSet } from '../src/emulators/seed.ts';
import type { Shot } from './connection.ts';
import { repeatDirectly } from './direct.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import { load, loadServer } from './load.ts';
import type { BenchOptions } from './main.ts';
import { ask, type Floor, type Server, startFloor, startGateway } from './processes.ts';
import { batches, coldBatch, coldSingle, persistedSingle, warmBatch, warmSingle } from './shots.ts';

interface Bench {
  readonly emulators: Emulators;
  readonly values: readonly string[];
  readonly gateway: Server;
  readonly floor: Floor;
}

interface Scenario {
  readonly shots: (values: readonly string[]) => readonly Shot[];
  readonly connections: number;
  /** Sent first, once each. */
  readonly before?: (values: readonly string[]) => readonly Shot[];
  readonly prepare?: (emulators: Emulators) => void;
  /** Beside the same calls made without the gateway. */
  readonly hasDirect?: boolean;
}

/** Both upstreams take so much longer. */
export const slow = (ms: number) => (emulators: Emulators) => {
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.add({ kind: 'latency', ms });
};
const down = ({ argus }: Emulators) => void argus.faults.add({ kind: 'status', status: 503 });

/** The most asked is asked ten times as often as the tenth (Zipf). */
const zipf = (values: readonly string[]) =>
  values.flatMap((v, rank) => Array.from({ length: Math.ceil(100 / (rank + 1)) }, () => warmSingle(v)));
const cold = (values: readonly string[]) => values.map(coldSingle);

const scenarios: Readonly<Record<string, Scenario>> = {
  'warm single POST': { shots: values => values.map(warmSingle), connections: 32 },
  'warm single POST, one connection': { shots: values => values.map(warmSingle), connections: 1 },
  'warm single GET (APQ)': {
    before: values => [persistedSingle(values[0], true)],
    shots: values => values.map(v => persistedSingle(v)),
    connections: 32,
  },
  'warm batch of 100': { shots: values => batches(values).map(warmBatch), connections: 8 },
  'Zipf mix': { shots: zipf, connections: 32 },
  'one source down, its facts kept': { shots: zipf, connections: 32, prepare: down },
  'cold single, upstreams 2 ms': { shots: cold, connections: 1, prepare: slow(2), hasDirect: true },
  'cold single, upstreams 50 ms': { shots: cold, connections: 1, prepare: slow(50), hasDirect: true },
  'cold 100, upstreams 2 ms': {
    shots: values => batches(values).map(coldBatch),
    connections: 1,
    prepare: slow(2),
  },
  'both slow (250 ms), warm': { shots: zipf, connections: 32, prepare: slow(250) },
};

export async function runSpeed(options: BenchOptions): Promise<Figures> {
  const dataSet: SeededDataSet = createSeededDataSet({ now: Date.now() });
  const values = dataSet.catalogue.both.slice(0, 300);
  const emulators = await startEmulators({ dataSet });
  const gateway = await startGateway(emulators, { RATE_LIMIT_INDICATORS_PER_MINUTE: '0' });
  const floor = await startFloor();
  const figures: Record<string, Figures[string]> = {};
  try {
    for (const [name, scenario] of Object.entries(scenarios))
      if (name.includes(options.only ?? ''))
        figures[name] = await run(scenario, { emulators, values, gateway, floor }, options);
    tell(figures, options);
    return figures;
  } finally {
    await Promise.all([gateway.stop(), floor.stop(), emulators.close()]);
  }
}

async function run(scenario: Scenario, bench: Bench, { rounds, seconds }: BenchOptions): Promise<Figures[string]> {
  const { emulators, values, gateway, floor } = bench;
  const { before = () => [], shots: shotsOf, connections, prepare, hasDirect = false } = scenario;
  const warm = batches(values).flatMap(v => [warmBatch(v), warmBatch(v)]);
  for (const shot of [...warm, ...before(values)]) await ask(gateway, shot);
  prepare?.(emulators);
  const shots = shotsOf(values);
  let next = 0;
  const turn = () => shots[next++ % shots.length] as Shot;
  await floor.say(await ask(gateway, turn()));
  // The compiler's share of a process's life is not what is measured.
  for (const { url } of [gateway, floor]) await load(url, turn, connections, seconds);
  const direct = hasDirect ? repeatDirectly(emulators) : undefined;
  await direct?.(seconds);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const early = round % 2 === 0 ? await direct?.(seconds) : undefined;
    const figures = await measure(bench, turn, connections, seconds, round);
    const directMs = early ?? (await direct?.(seconds));
    measured.push({ ...figures, ...(directMs !== undefined && { 'overhead ms': figures['p50 ms'] - directMs }) });
  }
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.clear();
  return summarise(measured);
}

async function measure(
  { emulators, gateway, floor }: Bench,
  turn: () => Shot,
  connections: number,
  seconds: number,
  round: number,
) {
  const one = (server: Server) => loadServer(server, turn, connections, seconds);
  const early = round % 2 === 0 ? await one(floor) : undefined;
  for (const emulator of [emulators.datadog, emulators.argus]) emulator.clearRequests();
  const own = await one(gateway);
  const calls = emulators.datadog.lookups.length + emulators.argus.requests.length;
  const base = early ?? (await one(floor));
  return {
    'x floor': own.perSecond / base.perSecond,
    'x floor by CPU': base.cpuUs / own.cpuUs,
    'per second': own.perSecond,
    'CPU µs': own.cpuUs,
    'p50 ms': own.p50Ms,
    'p99 ms': own.p99Ms,
    'upstream calls': calls / own.operations,
    'resident MB': gateway.residentMb(),
  } satisfies Round;
}
