/** What an upstream allows one credential is shared by the replicas that call it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RedisServer, startRedis } from '../setup/redis.ts';
import { type Replica, type Replicas, startReplicas } from './replicas.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let redis: RedisServer;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(count: number, limit: number, periodSeconds = 1): Promise<Replicas> {
  await redis.cli('flushall');
  const replicas = await startReplicas(count, { REDIS_URL: redis.url, REQUEST_DEADLINE_MS: '4000' });
  ends.push(replicas.stop);
  replicas.emulators.datadog.faults.add({ kind: 'rateLimit', limit, periodSeconds });
  // Each replica learns of the limit by its first call, one after the other.
  for (const [index, { ask }] of replicas.all.entries()) {
    await ask(query, { value: `first-${index}.example.org` });
    await pause(150);
  }
  await pause(1_000 * periodSeconds);
  replicas.forgetCalls();
  return replicas;
}

const query = `query ($value: String!) { indicator(value: $value) { threatScore } }`;

/** Where this process, gateways and emulator together, stood still for longer than a lease lasts, calls come late and together. */
function watchForStalls() {
  const stalls: number[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > 50) stalls.push(now);
    last = now;
  }, 10);
  return {
    excuse: (at: number) => stalls.some(stall => Math.abs(at - stall) < 1_100),
    stop: () => clearInterval(timer),
  };
}

/** New values at a steady rate, spread over the replicas. */
async function offer({ all }: Replicas, perSecond: number, seconds: number) {
  const refusedAfter: number[] = [];
  let answered = 0;
  const asked: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const one = all[index % all.length] as Replica;
    const began = performance.now();
    asked.push(
      one
        .ask(query, { value: `offered-${index}-${Math.random().toString(36).slice(2)}.example.org` })
        .then(({ errors }) => {
          if (errors === undefined) answered += 1;
          else refusedAfter.push(performance.now() - began);
        }),
    );
    await pause(1_000 / perSecond);
  }
  await Promise.all(asked);
  return { answered, refusedAfter: refusedAfter.toSorted((a, b) => a - b) };
}

describe('ten calls a second for all of six replicas', () => {
  it('at three times the load are used, and hardly ever exceeded', async () => {
    const replicas = await open(6, 10);
    const stalls = watchForStalls();
    const { answered, refusedAfter } = await offer(replicas, 30, 10);
    stalls.stop();
    const { requests } = replicas.emulators.datadog;
    const tooMany = requests.filter(({ status, at }) => status === 429 && !stalls.excuse(at)).length;
    expect(tooMany).toBeLessThanOrEqual(Math.ceil(requests.length / 100));
    expect(answered).toBeGreaterThan(70);
    // At once, and not at their deadline.
    expect(refusedAfter[Math.floor(refusedAfter.length / 2)]).toBeLessThan(1_000);
  });

  it('are known to those that have not called yet from one that has', async () => {
    await redis.cli('flushall');
    const replicas = await startReplicas(6, { REDIS_URL: redis.url, REQUEST_DEADLINE_MS: '1000' });
    ends.push(replicas.stop);
    replicas.emulators.datadog.faults.add({ kind: 'rateLimit', limit: 10, periodSeconds: 1 });
    const [first, ...others] = replicas.all as readonly [Replica, ...Replica[]];
    await first.ask(query, { value: 'first.example.org' });
    await pause(1_500);
    replicas.forgetCalls();
    const asked = others.flatMap(({ ask }, index) =>
      Array.from({ length: 10 }, (_, at) => ask(query, { value: `at-once-${index}-${at}.example.org` })),
    );
    await Promise.all(asked);
    const { requests } = replicas.emulators.datadog;
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(3);
  });

  it('are enough for all where they are: light load is never refused', async () => {
    const replicas = await open(6, 60, 3);
    const { answered, refusedAfter } = await offer(replicas, 12, 8);
    expect({ answered, refused: refusedAfter.length }).toEqual({ answered: 96, refused: 0 });
    expect(replicas.emulators.datadog.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  it('are shared out evenly while Redis is away', async () => {
    const replicas = await open(3, 12);
    await Promise.all(replicas.all.map(({ ask }, index) => ask(query, { value: `seen-${index}.example.org` })));
    await redis.kill();
    ends.push(redis.start);
    await pause(1_500);
    replicas.forgetCalls();
    await offer(replicas, 40, 6);
    const { requests } = replicas.emulators.datadog;
    const tooMany = requests.filter(({ status }) => status === 429).length;
    expect(tooMany).toBeLessThanOrEqual(Math.ceil(requests.length / 10));
    expect(requests.length).toBeGreaterThan(40);
  });
});
