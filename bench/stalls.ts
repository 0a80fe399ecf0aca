/** How long the event loop stands still while a large answer is made: ten thousand records of Argus, on their way in and out. */
import { fileURLToPath } from 'node:url';
import { type RedisServer, startRedis, until } from '../test/setup/redis.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { ask, type FastUpstream, type Server, startGateway, startUpstream } from './processes.ts';
import { post, warmMany } from './shots.ts';

const nodeOptions = ['--max-semi-space-size=16', '--import', fileURLToPath(new URL('stall-probe.ts', import.meta.url))];

const record = `recordId list { name confidence shortName } reputationType { name } state value confidence firstSeen lastSeen
  createdAt updatedAt deletedAt flags properties(names: ["comment", "role"]) { shortName value values }`;
const records = (name: string) =>
  `query ${name}($v: [String!]!) { indicators(values: $v) { value memberships { ${record} } } }`;
const page = `query Page($v: [String!]!) { reputationRecords(filter: { values: $v }, first: 1000) {
  totalCount edges { cursor } nodes { ${record} } } }`;

let values = 0;
/** As many values, none of them asked before, with as many records each. */
const newValues = (count: number, rows: number) =>
  Array.from({ length: count }, () => `${rows}-rows-${++values}.example.org`);

interface Asked {
  readonly name: string;
  readonly query: string;
  readonly values: readonly string[];
}

/** One after the other: the later ones find in memory what the first have brought. */
function questions(): readonly Asked[] {
  const [ten, hundred] = [newValues(10, 1000), newValues(100, 100)];
  const known = records('Records');
  return [
    { name: 'cold, 10 x 1000, a text that is new', query: records(`New${++values}`), values: newValues(10, 1000) },
    { name: 'cold, 10 x 1000', query: known, values: ten },
    { name: 'in memory, 10 x 1000, read for the first time', query: known, values: ten },
    { name: 'in memory, 10 x 1000, a text that is new', query: records(`New${++values}`), values: ten },
    { name: 'in memory, 10 x 1000, again', query: known, values: ten },
    { name: 'cold, 100 x 100', query: known, values: hundred },
    { name: 'in memory, 100 x 100, read for the first time', query: known, values: hundred },
    { name: 'cold, 1 x 9000', query: known, values: newValues(1, 9000) },
    { name: 'cold, 500 x 3, with Datadog', query: warmMany, values: newValues(500, 3) },
    { name: 'a page of 1000', query: page, values: newValues(1, 2000) },
  ];
}

export async function runStalls(options: BenchOptions): Promise<Figures> {
  const upstream = await startUpstream();
  const redis = await startRedis();
  const measured = new Map<string, Round[]>();
  try {
    for (let round = 0; round < options.rounds; round += 1)
      for (const [label, checkout] of Object.entries(checkoutsOf(options)))
        for (const [name, figures] of await measureAll(upstream, redis, checkout, options))
          measured.set(`${name}: ${label}`, [...(measured.get(`${name}: ${label}`) ?? []), figures]);
  } finally {
    await Promise.all([upstream.stop(), redis.stop()]);
  }
  const rows = [...measured].toSorted(([a], [b]) => orderOf(a) - orderOf(b));
  const figures: Figures = Object.fromEntries(rows.map(([name, rounds]) => [name, summarise(rounds)]));
  tell(figures, options);
  return figures;
}

/** Each question beside the same of the other checkout. */
const orderOf = (name: string): number => names.indexOf(name.slice(0, name.lastIndexOf(':')));
const names = [...questions().map(({ name }) => name), 'in Redis, 10 x 1000'];

async function measureAll(
  upstream: FastUpstream,
  redis: RedisServer,
  checkout: string | undefined,
  { only = '' }: BenchOptions,
): Promise<ReadonlyMap<string, Round>> {
  const measured = new Map<string, Round>();
  const gateway = await start(upstream, redis.url, checkout);
  for (const asked of questions())
    if (asked.name.includes(only)) measured.set(asked.name, await measure(gateway, asked));
  const stored = newValues(10, 1000);
  await ask(gateway, post(records('Records'), { v: stored }));
  await until(async () => (await redis.cli('keys', `*${stored.at(-1)}`)).length > 0, 'the facts are in Redis');
  await gateway.stop();
  const other = await start(upstream, redis.url, checkout);
  const inRedis = { name: 'in Redis, 10 x 1000', query: records('Records'), values: stored };
  if (inRedis.name.includes(only)) measured.set(inRedis.name, await measure(other, inRedis));
  await other.stop();
  return measured;
}

const checkoutsOf = ({ before }: BenchOptions): Readonly<Record<string, string | undefined>> => ({
  'this gateway': undefined,
  ...(before !== undefined && { before }),
});

/** It has answered both questions before, about other values. */
async function start(upstream: FastUpstream, redisUrl: string, checkout: string | undefined): Promise<Server> {
  const gateway = await startGateway(
    upstream,
    { REDIS_URL: redisUrl, RATE_LIMIT_INDICATORS_PER_MINUTE: '0' },
    { nodeOptions, ...(checkout !== undefined && { checkout }) },
  );
  for (const query of [records('Records'), page, warmMany])
    for (const _ of [1, 2]) await ask(gateway, post(query, { v: newValues(1, 1) }));
  return gateway;
}

async function measure(gateway: Server, { name, query, values: v }: Asked): Promise<Round> {
  await gateway.tell('start');
  const [cpuMs, began] = [gateway.cpuMs(), performance.now()];
  const answer = await ask(gateway, post(query, { v }));
  const ms = performance.now() - began;
  if (answer.includes('"errors":[')) throw new Error(`${name}: ${answer.slice(0, 500)}`);
  const stalls = Object(await gateway.tell('stop'));
  return {
    ...stalls,
    'answer ms': ms,
    'CPU ms': gateway.cpuMs() - cpuMs,
    MB: answer.length / 1e6,
  };
}
