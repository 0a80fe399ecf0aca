import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

const dataSet = createDataSet();
dataSet.argus.addList({ shortName: 'list' });
dataSet.datadog.add('known.example.org', { attributes: { score: 80 } });
dataSet.argus.add({ value: 'known.example.org', list: 'list' });

let bed: TestBed;
afterEach(() => bed.stop());
const open = async (environment: Environment = {}) => {
  bed = await startTestBed(environment, { dataSet });
};

const query = `query ($value: String!) { indicator(value: $value) { threatScore memberships { state } } }`;
const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const calls = () => [bed.emulators.datadog.lookups.length, searches().length];
const slow = (ms: number) => {
  for (const emulator of [bed.emulators.datadog, bed.emulators.argus]) emulator.faults.add({ kind: 'latency', ms });
};

/** Undefined: it gave up. */
const askWithin = async (milliseconds: number, value = 'known.example.org') => {
  const response = await fetch(`${bed.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { value } }),
    signal: AbortSignal.timeout(milliseconds),
  }).catch(() => undefined);
  return response?.json();
};

describe('a client that gives up and asks again', () => {
  it('costs one call at each source', async () => {
    await open();
    slow(600);
    let answer: unknown;
    for (let attempt = 0; attempt < 10; attempt++) answer = (await askWithin(400)) ?? answer;
    expect(answer).toMatchObject({ data: { indicator: { threatScore: 80, memberships: [{ state: 'ACTIVE' }] } } });
    expect(calls()).toEqual([1, 1]);
  });

  it('costs one call at each source too where the deadline of its operation has passed', async () => {
    await open({ REQUEST_DEADLINE_MS: '800', DATADOG_CONCURRENCY: '1', ARGUS_CONCURRENCY: '1' });
    slow(500);
    const first = askWithin(5000, 'first.example.org');
    await until(() => calls().join() === '1,1', 'the only slots are taken');
    expect(await askWithin(5000)).toMatchObject({ data: { indicator: { threatScore: null, memberships: null } } });
    await first;
    expect(await askWithin(5000)).toMatchObject({ data: { indicator: { threatScore: 80, memberships: [{}] } } });
    expect(calls()).toEqual([2, 2]);
  });

  it('finds the answer that came after it had left', async () => {
    await open();
    slow(300);
    expect(await askWithin(150)).toBeUndefined();
    await until(async () => /gateway_cache_total\{tier="memory",outcome="write"\} [23]/.test(await metrics()), 'kept');
    expect(await askWithin(150)).toMatchObject({ data: { indicator: { threatScore: 80 } } });
    expect(calls()).toEqual([1, 1]);
  });

  it('leaves nothing behind that would be tried again', async () => {
    await open();
    for (const emulator of [bed.emulators.datadog, bed.emulators.argus]) {
      emulator.faults.add({ kind: 'latency', ms: 200 });
      emulator.faults.add({ kind: 'status', status: 503 });
    }
    await askWithin(100);
    await until(async () => (await metrics()).includes('outcome="UNAVAILABLE"} 1'), 'both have failed');
    const { data } = await bed.ask('{ sources { lastFailureAt } }');
    expect(data.sources).toHaveLength(2);
    expect(calls()).toEqual([1, 1]);
  });

  it('is not asked for where its question was waiting for a slot', async () => {
    await open({ DATADOG_CONCURRENCY: '1', ARGUS_CONCURRENCY: '1' });
    slow(400);
    const first = askWithin(2000, 'first.example.org');
    await until(() => calls().join() === '1,1', 'the only slots are taken');
    expect(await askWithin(100, 'second.example.org')).toBeUndefined();
    await first;
    await askWithin(2000, 'third.example.org');
    expect(bed.emulators.datadog.lookups.map(({ values }) => values)).toEqual([
      ['first.example.org'],
      ['third.example.org'],
    ]);
    expect(searches().map(({ values }) => values)).toEqual([['first.example.org'], ['third.example.org']]);
  });
});

it('a gateway that stops does not wait for what nobody waits for', async () => {
  await open({ DATADOG_TIMEOUT_MS: '9000', ARGUS_TIMEOUT_MS: '9000', REQUEST_DEADLINE_MS: '9500' });
  for (const emulator of [bed.emulators.datadog, bed.emulators.argus]) emulator.faults.add({ kind: 'hang' });
  await askWithin(200);
  expect(calls()).toEqual([1, 1]);
  const began = performance.now();
  await bed.gateway.stop();
  expect(performance.now() - began).toBeLessThan(3000);
});

const metrics = async () => (await fetch(`${bed.url}/metrics`)).text();
