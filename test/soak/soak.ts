/**
 * Random faults on both upstreams and on a real Redis, under mixed load, for as long as wished. Every answer is checked
 * against what the world held and what was broken at its moment.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { createRandom } from '../../src/emulators/random.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { type GatewayChild, startGatewayChild } from '../setup/gateway-child.ts';
import { startRedis } from '../setup/redis.ts';
import { type Court, judge, type Violation } from './judge.ts';
import { ask, drawQuestion, type Question } from './questions.ts';
import { createTally, type Tally } from './tally.ts';
import {
  changeReadings,
  type Draw,
  type RedisTroubles,
  troubleRedis,
  troubleUpstream,
  watchForStalls,
} from './troubles.ts';
import { createTruth } from './truth.ts';

export interface SoakOptions {
  /** How long the faults last; warming up and calming down come on top. */
  readonly milliseconds: number;
  readonly seed: number;
  /** Callers who ask one after another. */
  readonly clients: number;
  readonly tell?: (line: string) => void;
}

export interface SoakResult {
  readonly violations: readonly Violation[];
  readonly tally: Tally;
  readonly redis: RedisTroubles;
  readonly emulators: Emulators;
  /** Times at which this machine stood still. */
  readonly stalls: number;
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** The gateway ended by itself. */
  readonly hasCrashed: boolean;
  /** Lines of its log that speak of a bug. */
  readonly bugs: readonly string[];
}

const windows = { freshMs: 3000, staleMs: 20_000, negativeMs: 2000 };
const deadlineMs = 6000;

export async function soak({ milliseconds, seed, clients, tell = () => {} }: SoakOptions): Promise<SoakResult> {
  const dataSet = createSeededDataSet();
  const emulators = await startEmulators({ dataSet });
  const redis = await startRedis();
  const random = createRandom(seed);
  const draw: Draw = () => random.next();
  const truth = createTruth(dataSet);
  const gateway = await startGatewayUnderTest(emulators, redis.url);
  const tally = createTally();
  const violations: Violation[] = [];
  const stalls = watchForStalls();
  let isCalm = true;
  const court: Court = { truth, emulators, windows, deadlineMs, stalls, isCalm: () => isCalm };
  const asking = { url: gateway.url, court, tally, violations, tell };

  async function load(until: AbortSignal, doesChange: boolean): Promise<void> {
    const client = async () => {
      while (!until.aborted && !gateway.hasCrashed()) {
        if (doesChange && draw() < 0.05) truth.change(draw);
        await askOne(asking, drawQuestion(truth.values, draw));
        emulators.datadog.clearRequests();
        emulators.argus.clearRequests();
        await pause(draw() * 30);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
  }

  try {
    await warmUp(asking, truth.values);
    await load(AbortSignal.timeout(Math.min(20_000, milliseconds / 4)), false);
    await pause(2500);
    const heapBefore = await gateway.heapUsed();
    tell(`warm: ${megabytes(heapBefore)}`);

    isCalm = false;
    const storm = AbortSignal.timeout(milliseconds);
    const counts: RedisTroubles = { killed: 0, stopped: 0, full: 0, garbage: 0 };
    const progress = setInterval(() => tell(`${tally.operations} operations, ${violations.length} violations`), 30_000);
    await Promise.all([
      load(storm, true),
      troubleUpstream(emulators.datadog, 'DATADOG', draw, storm),
      troubleUpstream(emulators.argus, 'ARGUS', draw, storm),
      troubleRedis(redis, draw, storm, counts),
      changeReadings(emulators, draw, storm, tell),
    ]);
    clearInterval(progress);
    tell('calm again');

    tally.recoveredAfterMs = await recover(gateway.url, truth.values);
    await pause(windows.freshMs + 1000);
    isCalm = true;
    await warmUp(asking, truth.values);
    await load(AbortSignal.timeout(Math.min(10_000, milliseconds / 4)), false);
    await pause(2500);
    const heapAfter = await gateway.heapUsed();
    const { hasCrashed, lines: bugs } = gateway;
    const { count } = stalls;
    return {
      violations,
      tally,
      redis: counts,
      emulators,
      stalls: count,
      heapBefore,
      heapAfter,
      hasCrashed: hasCrashed(),
      bugs,
    };
  } finally {
    stalls.stop();
    await gateway.stop();
    await redis.stop();
    await emulators.close();
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

interface Asking {
  readonly url: string;
  readonly court: Court;
  readonly tally: Tally;
  readonly violations: Violation[];
  readonly tell: (line: string) => void;
}

/** Every value in every form once, so that the memory holds what it will hold. */
async function warmUp(asking: Asking, values: readonly string[]): Promise<void> {
  for (const kind of ['answers', 'history', 'properties'] as const)
    for (let first = 0; first < values.length; first += 100)
      await askOne(asking, ask(kind, values.slice(first, first + 100)));
}

async function askOne({ url, court, tally, violations, tell }: Asking, question: Question): Promise<void> {
  const { query, values, maxAge, leavesAfterMs } = question;
  const leaving = leavesAfterMs === undefined ? undefined : AbortSignal.timeout(leavesAfterMs);
  const sentAt = Date.now();
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-enrichment-trace': '1' },
      body: JSON.stringify({ query, variables: { values, age: maxAge } }),
      signal: AbortSignal.any([AbortSignal.timeout(30_000), ...(leaving ? [leaving] : [])]),
    });
    const { extensions, ...body } = shape.parse(await response.json());
    const answered = { question, status: response.status, body, sentAt, receivedAt: Date.now() };
    const judgement = judge(answered, court);
    for (const { kind, detail } of judgement.violations) tell(`${new Date().toISOString()} ${kind}: ${detail}`);
    violations.push(...judgement.violations);
    tally.answered(answered, judgement.reports, extensions?.enrichment ?? []);
  } catch (problem) {
    if (leaving?.aborted) return tally.left();
    violations.push({ kind: 'unanswered', detail: `${question.kind} after ${Date.now() - sentAt} ms: ${problem}` });
  }
}

const shape = z.looseObject({
  extensions: z.object({ enrichment: z.array(z.object({ source: z.string(), calls: z.number() })) }).optional(),
});

/** How long it takes until both sources are heard again, properties included, asked once a second. */
async function recover(url: string, values: readonly string[]): Promise<number> {
  const began = Date.now();
  const query = '{ sources { state circuit } }';
  for (let tries = 0; tries < 120; tries++) {
    const value = values[tries % values.length] ?? '';
    await post(url, ask('one alone', [value]).query, { values: [value], age: 0 });
    // Of all of them, live: for a minute it is remembered of a value that it had no usable answer, or a refused property.
    let areHeard = true;
    for (let first = 0; first < values.length; first += 100) {
      const variables = { values: values.slice(first, first + 100), age: 0 };
      const properties = await post(url, ask('properties', values).query, variables);
      areHeard &&= !z.object({ errors: z.unknown() }).safeParse(properties).success;
    }
    const { data } = sourcesShape.parse(await post(url, query, {}));
    const areUp = data.sources.every(({ circuit, state }) => circuit === 'CLOSED' && state === 'UP');
    if (areUp && areHeard) return Date.now() - began;
    await pause(1000);
  }
  return Number.POSITIVE_INFINITY;
}

const sourcesShape = z.object({
  data: z.object({ sources: z.array(z.object({ state: z.string(), circuit: z.string() })) }),
});

async function post(url: string, query: string, variables: unknown): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

function startGatewayUnderTest(emulators: Emulators, redisUrl: string): Promise<GatewayChild> {
  return startGatewayChild({
    // At this level the log holds nothing but bugs.
    LOG_LEVEL: 'error',
    DATADOG_URL: emulators.datadog.url,
    DD_API_KEY: 'demo-api-key',
    DD_APP_KEY: 'demo-app-key',
    ARGUS_URL: emulators.argus.url,
    ARGUS_API_KEY: 'demo/key/full',
    REDIS_URL: redisUrl,
    REQUEST_DEADLINE_MS: String(deadlineMs),
    ARGUS_TIMEOUT_MS: '4000',
    CACHE_FRESH_SECONDS: String(windows.freshMs / 1000),
    CACHE_STALE_SECONDS: String(windows.staleMs / 1000),
    CACHE_NEGATIVE_SECONDS: String(windows.negativeMs / 1000),
  });
}
