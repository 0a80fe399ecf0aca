/** Two gateways on one Redis, each with a clock of its own, and one whose clock is set anew. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { postQuery } from '../setup/gateway.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';
import { createTestClock, type TestClock } from '../setup/test-clock.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function openWorld(): Promise<{ emulators: Emulators; redis: RedisServer }> {
  const emulators = await startEmulators();
  const redis = await startRedis();
  ends.push(emulators.close, redis.stop);
  emulators.dataSet.argus.addList({ shortName: 'bad', confidence: 0.9 });
  return { emulators, redis };
}

async function openGateway(emulators: Emulators, clock: TestClock, environment: Environment): Promise<RunningGateway> {
  const gateway = await startGateway(
    { PORT: '0', ...emulators.environment, ...environment },
    { log: silentLog, auditTo: { write: () => {} }, clock },
  );
  ends.push(gateway.stop);
  return gateway;
}

const value = 'new.example.org';
const query = `query ($age: Int) { indicator(value: "${value}", maxAgeSeconds: $age) {
  threatScore memberships { state } verdict { level missing } sources { servedFrom ageSeconds } } }`;
const ask = ({ url }: RunningGateway, age?: number) => postQuery(url, query, age === undefined ? {} : { age });

const list = (emulators: Emulators) => {
  emulators.dataSet.argus.add({ value, list: 'bad' });
  emulators.dataSet.datadog.add(value, { attributes: { score: 90 } });
};
const callsOf = ({ datadog, argus }: Emulators) => [
  datadog.lookups.length,
  argus.requests.filter(({ path }) => path.endsWith('/search')).length,
];

describe('two gateways on one Redis', () => {
  const skews = [2, 30, 240, 3600].flatMap(seconds => [seconds, -seconds]);

  async function openTwo(skew: number) {
    const { emulators, redis } = await openWorld();
    const environment = { REDIS_URL: redis.url };
    const one = await openGateway(emulators, createTestClock(), environment);
    const other = await openGateway(emulators, createTestClock(skew * 1000), environment);
    const isUp = async ({ url }: RunningGateway) =>
      /^gateway_redis_up 1$/m.test(await (await fetch(`${url}/metrics`)).text());
    for (const gateway of [one, other]) await until(() => isUp(gateway), 'Redis is found');
    await ask(one);
    await until(async () => (await redis.rows()) >= 2, 'both facts are stored');
    return { emulators, other };
  }

  it.each(skews)('share what they fetched, at its true age, though one clock is %d s ahead', async skew => {
    const began = performance.now();
    const { emulators, other } = await openTwo(skew);
    const { data } = await ask(other);
    const elapsed = (performance.now() - began) / 1000;
    expect(callsOf(emulators)).toEqual([1, 1]);
    for (const { servedFrom, ageSeconds } of data.indicator.sources) {
      expect(servedFrom).toBe('CACHE');
      expect(ageSeconds).toBeLessThan(elapsed);
    }
    const again = await ask(other, 30);
    expect(again.data.indicator.sources[0]).toMatchObject({ servedFrom: 'CACHE' });
    expect(callsOf(emulators)).toEqual([1, 1]);
  });

  it.each(skews)('never answer maxAgeSeconds: 0 from it, though one clock is %d s ahead', async skew => {
    const { emulators, other } = await openTwo(skew);
    list(emulators);
    const { data } = await ask(other, 0);
    expect(data.indicator).toMatchObject({ threatScore: 90, verdict: { level: 'MALICIOUS', missing: [] } });
    expect(callsOf(emulators)).toEqual([2, 2]);
  });
});

describe('a clock that is set anew', () => {
  const hour = 3_600_000;
  const open = async (environment: Environment = {}) => {
    const emulators = await startEmulators();
    ends.push(emulators.close);
    emulators.dataSet.argus.addList({ shortName: 'bad', confidence: 0.9 });
    const clock = createTestClock();
    return { emulators, clock, gateway: await openGateway(emulators, clock, environment) };
  };

  it.each([-hour, -50, 50, hour])('by %d ms changes nothing in what is fresh, or how old it is', async step => {
    const { emulators, clock, gateway } = await open();
    await ask(gateway);
    clock.step(step);
    list(emulators);
    const fresh = await ask(gateway);
    expect(fresh.data.indicator.verdict.level).toBe('NO_MATCH');
    expect(fresh.data.indicator.sources[0].ageSeconds).toBeLessThan(5);
    expect((await ask(gateway, 0)).data.indicator.verdict.level).toBe('MALICIOUS');
    expect(callsOf(emulators)).toEqual([2, 2]);
  });

  it.each([-hour, -50, 50, hour])('by %d ms makes no absence last longer', async step => {
    const { emulators, clock, gateway } = await open();
    await ask(gateway);
    list(emulators);
    clock.step(step);
    clock.pass(61_000);
    expect((await ask(gateway)).data.indicator.verdict.level).toBe('MALICIOUS');
  });

  it.each([-hour, hour])('by %d ms leaves no source shut off', async step => {
    const { emulators, clock, gateway } = await open();
    list(emulators);
    emulators.datadog.faults.add({ kind: 'status', status: 500 });
    for (let count = 0; count < 8; count++) await ask(gateway, 0);
    const open_ = await postQuery(gateway.url, '{ sources { source circuit } }');
    expect(open_.data.sources).toContainEqual({ source: 'DATADOG', circuit: 'OPEN' });
    emulators.datadog.faults.clear();
    clock.step(step);
    const report = `{ indicator(value: "${value}") { datadog { report { status retryAfterSeconds } } } }`;
    const { data } = await postQuery(gateway.url, report);
    expect(data.indicator.datadog.report.retryAfterSeconds).toBeLessThanOrEqual(60);
    clock.pass(60_000);
    expect((await ask(gateway, 0)).data.indicator.threatScore).toBe(90);
  });

  it.each([-hour, hour])('by %d ms makes no spent rate limit last longer, or shorter', async step => {
    const { emulators, clock, gateway } = await open();
    list(emulators);
    const headers = { 'retry-after': '10' };
    emulators.datadog.faults.add({ kind: 'status', status: 429, headers, times: 1 });
    const report = `{ indicator(value: "${value}", maxAgeSeconds: 0) { datadog { report { status retryAfterSeconds } } } }`;
    await postQuery(gateway.url, report);
    clock.step(step);
    const { data } = await postQuery(gateway.url, report);
    expect(data.indicator.datadog.report).toEqual({ status: 'RATE_LIMITED', retryAfterSeconds: 10 });
    clock.pass(10_100);
    expect((await postQuery(gateway.url, report)).data.indicator.datadog.report.status).toBe('MATCHED');
  });
});
