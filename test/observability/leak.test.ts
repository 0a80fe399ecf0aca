import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { postQuery } from '../setup/gateway.ts';
import { type GatewayProcess, startProcess } from '../setup/process.ts';
import { type RedisServer, startRedis } from '../setup/redis.ts';

/** Idle, load and calm, three times, as GraphQL Hive does it: memory after each calm must not grow. */
const rounds = 3;
const loadMs = 6_000;
const clients = 8;
/** Longer than the operations, their timers and the connections that they used. */
const calmMs = 1_500;

let emulators: Emulators;
let redis: RedisServer;
let gateway: GatewayProcess;

/** Collects garbage and returns the bytes in use. */
const probe = `process.on('message', () => { gc(); gc(); process.send(process.memoryUsage().heapUsed) })`;

beforeAll(async () => {
  emulators = await startEmulators();
  redis = await startRedis();
  const environment = {
    REDIS_URL: redis.url,
    // Facts come and go, so that calls, writes, stale matches and refreshes all happen.
    ...{ CACHE_FRESH_SECONDS: '0.2', CACHE_NEGATIVE_SECONDS: '0.2', CACHE_STALE_SECONDS: '1', CACHE_REVALIDATE: 'on' },
    ...{ REQUEST_DEADLINE_MS: '800', DATADOG_TIMEOUT_MS: '400', ARGUS_TIMEOUT_MS: '400', ARGUS_CONCURRENCY: '2' },
  };
  gateway = await startProcess(emulators, environment, [
    '--expose-gc',
    '--import',
    `data:text/javascript,${encodeURIComponent(probe)}`,
  ]);
});
afterAll(async () => {
  await gateway?.stop();
  await redis?.stop();
  await emulators?.close();
});

async function heap(): Promise<number> {
  gateway.child.send('how much?');
  const [bytes] = await once(gateway.child, 'message');
  return Number(bytes);
}

const troubles: readonly Fault[] = [
  { kind: 'latency', ms: 30 },
  { kind: 'status', status: 503, probability: 0.2 },
  { kind: 'cut', probability: 0.1 },
  { kind: 'html', probability: 0.1 },
  { kind: 'hang', probability: 0.05 },
];

const queries = [
  'query ($values: [String!]!) { indicators(values: $values) { threatScore triageHistory(limit: 3) { at } } }',
  'query ($values: [String!]!) { indicators(values: $values) { memberships { list { name } } verdict { level } } }',
  'query ($values: [String!]!) { lookup(values: $values) { input problem indicator { sources { source status } } } }',
  'query ($values: [String!]!) { indicators(values: $values, maxAgeSeconds: 0) { threatScore } nonsense }',
];

let asked = 0;
let left = 0;

/** A bounded set of values, so that the cache holds the same after every round. */
async function client(number: number, until: number): Promise<void> {
  for (let turn = 0; performance.now() < until; turn++) {
    const values = Array.from({ length: 20 }, (_, i) => `host-${(turn * 7 + number * 31 + i * 13) % 500}.example.org`);
    const query = queries[turn % queries.length] ?? '';
    asked++;
    if (turn % 10 === 9) await leaveEarly(query, values);
    else await postQuery(gateway.url, query, { values });
  }
}

async function leaveEarly(query: string, values: readonly string[]): Promise<void> {
  left++;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query, variables: { values } });
  await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5) })
    .then(answer => answer.text())
    .catch(() => {});
}

async function load(): Promise<void> {
  for (const fault of troubles) {
    emulators.datadog.faults.add(fault);
    emulators.argus.faults.add(fault);
  }
  const until = performance.now() + loadMs;
  const redisDies = new Promise(resolve => setTimeout(resolve, loadMs / 3)).then(redis.kill);
  await Promise.all([redisDies, ...Array.from({ length: clients }, (_, number) => client(number, until))]);
  await redis.start();
}

async function calm(): Promise<void> {
  for (const { faults, clearRequests } of [emulators.datadog, emulators.argus]) {
    faults.clear();
    clearRequests();
  }
  await new Promise(resolve => setTimeout(resolve, calmMs));
}

it('keeps no more memory after the third load than after the first, with faults, leaving callers and a dying Redis', async () => {
  await load(); // what is compiled and opened once
  await calm();
  const heaps: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await heap();
    await load();
    await calm();
    heaps.push(await heap());
  }
  const megabytes = heaps.map(bytes => (bytes / 2 ** 20).toFixed(1));
  const story = `heap after each calm: ${megabytes.join(', ')} MB; ${asked} operations, ${left} left early`;
  const [first = 0] = heaps;
  expect(asked).toBeGreaterThan(100);
  expect(left).toBeGreaterThan(10);
  for (const later of heaps.slice(1)) expect(later / first, story).toBeLessThanOrEqual(1.1);
  expect(gateway.output()).not.toMatch(/MaxListenersExceededWarning|A bug/);
}, 120_000);
