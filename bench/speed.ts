/** How fast, against the floor in the same rounds: in alternating order, so that a slow moment hits both. */
import { createHash } from 'node:crypto';
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { createSeededWorld, type SeededWorld } from '../src/emulators/seed.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import { load, type Shot } from './load.ts';
import type { BenchOptions } from './main.ts';
import { type Floor, type Server, startFloor, startGateway } from './processes.ts';

const fields = `id value type threatScore triageHistory { state at by }
  memberships { list { name confidence shortName } state value firstSeen lastSeen
    properties(names: ["comment", "role"]) { shortName value values } }
  threat { id score indicatorType categories tags maliciousSources suspiciousSources benignSources
    scoringFactors { asType persistence signal sources maxTrust } firstSeen lastSeen logMatches signalMatches signalTier
    logSources services hosts triageState triagedAt triagedBy }`;
const one = `query One($v: String!, $age: Int) { indicator(value: $v, maxAgeSeconds: $age) { ${fields} } }`;
const warmOne = `query One($v: String!) { indicator(value: $v) { ${fields} } }`;
const many = `query Many($v: [String!]!, $age: Int) { indicators(values: $v, maxAgeSeconds: $age) { ${fields} } }`;
const warmMany = `query Many($v: [String!]!) { indicators(values: $v) { ${fields} } }`;

const json = { 'content-type': 'application/json' };
const post = (query: string, variables: object): Shot => ({
  method: 'POST',
  path: '/graphql',
  headers: json,
  body: JSON.stringify({ query, variables }),
});
const persisted = (query: string, variables: object, isRegistering = false): Shot => {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const search = new URLSearchParams({
    variables: JSON.stringify(variables),
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash } }),
    ...(isRegistering && { query }),
  });
  return { method: 'GET', path: `/graphql?${search}`, headers: { 'apollo-require-preflight': 'true' } };
};

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
}

const slow = (ms: number) => (emulators: Emulators) => {
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.add({ kind: 'latency', ms });
};
const down = ({ argus }: Emulators) => void argus.faults.add({ kind: 'status', status: 503 });

/** The most asked is asked ten times as often as the tenth (Zipf). */
const zipf = (values: readonly string[]) =>
  values.flatMap((v, rank) => Array.from({ length: Math.ceil(100 / (rank + 1)) }, () => post(warmOne, { v })));
const cold = (values: readonly string[]) => values.map(v => post(one, { v, age: 0 }));
const batches = (values: readonly string[]) => [0, 100, 200].map(from => values.slice(from, from + 100));

const scenarios: Readonly<Record<string, Scenario>> = {
  'warm single POST': { shots: values => values.map(v => post(warmOne, { v })), connections: 32 },
  'warm single POST, one connection': { shots: values => values.map(v => post(warmOne, { v })), connections: 1 },
  'warm single GET (APQ)': {
    before: values => [persisted(warmOne, { v: values[0] }, true)],
    shots: values => values.map(v => persisted(warmOne, { v })),
    connections: 32,
  },
  'warm batch of 100': { shots: values => batches(values).map(v => post(warmMany, { v })), connections: 8 },
  'Zipf mix': { shots: zipf, connections: 32 },
  'one source down, its facts kept': { shots: zipf, connections: 32, prepare: down },
  'cold single, upstreams 2 ms': { shots: cold, connections: 1, prepare: slow(2) },
  'cold single, upstreams 50 ms': { shots: cold, connections: 1, prepare: slow(50) },
  'cold 100, upstreams 2 ms': {
    shots: values => batches(values).map(v => post(many, { v, age: 0 })),
    connections: 1,
    prepare: slow(2),
  },
  'both slow (250 ms), warm': { shots: zipf, connections: 32, prepare: slow(250) },
};

export async function runSpeed(options: BenchOptions): Promise<void> {
  const world: SeededWorld = createSeededWorld({ now: Date.now() });
  const values = world.catalogue.both.slice(0, 300);
  const emulators = await startEmulators({ world });
  const gateway = await startGateway(emulators, { RATE_LIMIT_INDICATORS_PER_MINUTE: '0' });
  const floor = await startFloor();
  const figures: Record<string, Figures[string]> = {};
  try {
    for (const [name, scenario] of Object.entries(scenarios))
      if (name.includes(options.only ?? ''))
        figures[name] = await run(scenario, { emulators, values, gateway, floor }, options);
    tell(figures, options);
  } finally {
    await Promise.all([gateway.stop(), floor.stop(), emulators.close()]);
  }
}

async function run(scenario: Scenario, bench: Bench, { rounds, seconds }: BenchOptions): Promise<Figures[string]> {
  const { emulators, values, gateway, floor } = bench;
  const { before = () => [], shots: shotsOf, connections, prepare } = scenario;
  const warm = batches(values).flatMap(v => [post(warmMany, { v }), post(warmMany, { v })]);
  for (const shot of [...warm, ...before(values)]) await ask(gateway, shot);
  prepare?.(emulators);
  const shots = shotsOf(values);
  let next = 0;
  const turn = () => shots[next++ % shots.length] as Shot;
  await floor.say(await ask(gateway, turn()));
  // The compiler's share of a process's life is not what is measured.
  for (const { url } of [gateway, floor]) await load(url, turn, connections, seconds);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push(await measure(bench, turn, connections, seconds, round));
  for (const { faults } of [emulators.datadog, emulators.argus]) faults.clear();
  return summarise(measured);
}

async function ask({ url }: Server, { method, path, headers, body }: Shot): Promise<string> {
  const response = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body }) });
  if (response.status !== 200) throw new Error(`The gateway answers ${response.status}: ${await response.text()}`);
  return response.text();
}

async function measure(
  { emulators, gateway, floor }: Bench,
  turn: () => Shot,
  connections: number,
  seconds: number,
  round: number,
): Promise<Round> {
  const one = async (server: Server) => {
    const before = server.cpuMs();
    const result = await load(server.url, turn, connections, seconds);
    // The clock of /proc ticks a hundred times a second: a shorter load takes at least one tick.
    return { ...result, cpuUs: (Math.max(10, server.cpuMs() - before) * 1000) / result.operations };
  };
  const early = round % 2 === 0 ? await one(floor) : undefined;
  for (const emulator of [emulators.datadog, emulators.argus]) emulator.clearRequests();
  const own = await one(gateway);
  const calls = emulators.datadog.requests.length + emulators.argus.requests.length;
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
  };
}
