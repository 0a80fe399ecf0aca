import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { startGatewayProcess } from './own-process.ts';

const query = `query ($value: String!) { indicator(value: $value) { threatScore memberships { state }
  datadog { report { status servedFrom staleBecause ageSeconds } } argus { report { status servedFrom staleBecause ageSeconds } }
  verdict { level } } }`;

const dataSet: DataSet = createDataSet();
dataSet.argus.addList({ shortName: 'list' });
for (const value of ['known.example.org', 'other.example.org']) {
  dataSet.datadog.add(value, { attributes: { score: 80 } });
  dataSet.argus.add({ value, list: 'list' });
}

const clock = createTestClock();
let bed: TestBed;
const open = async (environment: Environment = {}) => {
  bed = await startTestBed(environment, { dataSet }, undefined, undefined, { clock });
};
afterEach(() => bed.stop());

const ask = (value = 'known.example.org') => bed.ask(query, { value });
const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const calls = () => [bed.emulators.datadog.lookups.length, searches().length];
const both = (fault: Fault) => {
  bed.emulators.datadog.faults.add(fault);
  bed.emulators.argus.faults.add(fault);
};
const well = () => {
  bed.emulators.datadog.faults.clear();
  bed.emulators.argus.faults.clear();
};

describe('a fact past its fresh window', () => {
  it('stands in for a source that fails, marked and with its age, and never past the stale window', async () => {
    await open({ CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '2' });
    await ask();
    both({ kind: 'status', status: 500 });
    const { data, errors } = await ask();
    expect(errors).toBeUndefined();
    expect(data.indicator).toMatchObject({ threatScore: 80, memberships: [{ state: 'ACTIVE' }] });
    for (const { report } of [data.indicator.datadog, data.indicator.argus]) {
      expect(report).toMatchObject({ status: 'MATCHED', servedFrom: 'STALE_CACHE', staleBecause: 'UNAVAILABLE' });
      expect(report.ageSeconds).toBeGreaterThan(0);
    }
    await until(async () => (await ask()).errors?.length === 2, 'the stale window ends');
    expect((await ask()).data.indicator).toMatchObject({ threatScore: null, memberships: null });
  });

  it('that is an absence never stands in: there is an error, and no verdict that calms', async () => {
    await open({ CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '600' });
    await ask('nowhere.example.org');
    both({ kind: 'status', status: 500 });
    const { data, errors } = await ask('nowhere.example.org');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
    expect(data.indicator.verdict.level).toBe('INCONCLUSIVE');
  });

  it('is served at once with CACHE_REVALIDATE=on, while one refresh runs for all who ask', async () => {
    await open({ CACHE_FRESH_SECONDS: '0.4', CACHE_STALE_SECONDS: '600', CACHE_REVALIDATE: 'on' });
    await ask();
    await until(async () => {
      bed.emulators.datadog.clearRequests();
      return (await ask()).data.indicator.datadog.report.servedFrom === 'STALE_CACHE';
    }, 'it is stale');
    bed.emulators.argus.faults.clear();
    await until(async () => (await ask()).data.indicator.datadog.report.servedFrom === 'CACHE', 'it was refreshed');
    both({ kind: 'hang' });
    await until(
      async () => (await ask()).data.indicator.argus.report.servedFrom === 'STALE_CACHE',
      'it is stale again',
    );
    bed.emulators.datadog.clearRequests();
    bed.emulators.argus.clearRequests();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    for (const { data } of answers) expect(data.indicator).toMatchObject({ threatScore: 80, memberships: [{}] });
    // The refresh that began when the first of them was found stale is under way still.
    expect(calls().every(count => count <= 1)).toBe(true);
  });
});

describe('what is not a whole answer is never cached', () => {
  beforeEach(() => open());

  const troubles: readonly Fault[] = [
    { kind: 'status', status: 400 },
    { kind: 'status', status: 403 },
    { kind: 'html' },
    { kind: 'halfJson' },
    { kind: 'wrongTypes' },
    { kind: 'otherIndicator' },
    { kind: 'noContent' },
    { kind: 'text', text: '{}' },
  ];
  it.each(troubles)('$kind $status', async trouble => {
    both(trouble);
    expect((await ask()).data.indicator).toMatchObject({ threatScore: null, memberships: null });
    well();
    clock.pass(10_000); // until then, a refused credential is not tried again
    expect((await ask()).data.indicator).toMatchObject({ threatScore: 80, memberships: [{ state: 'ACTIVE' }] });
  });

  it('rows that were counted but not sent', async () => {
    bed.emulators.argus.faults.add({ kind: 'missingRows', every: 1 });
    expect((await ask()).data.indicator.memberships).toBeNull();
    well();
    expect((await ask()).data.indicator.memberships).toHaveLength(1);
  });

  it('but an absence is, for its own short time', async () => {
    await bed.stop();
    await open({ CACHE_FRESH_SECONDS: '600', CACHE_NEGATIVE_SECONDS: '0.5' });
    await ask('nowhere.example.org');
    await ask('nowhere.example.org');
    expect(calls()).toEqual([1, 1]);
    await ask();
    await until(async () => {
      await ask('nowhere.example.org');
      return calls().join() !== '2,2';
    }, 'the absence is asked for again');
    const before = calls();
    await ask();
    expect(calls()).toEqual(before);
  });
});

describe('an operation whose client hangs up', () => {
  const whoIsAsked = async (clients: number) => {
    const gone = Array.from({ length: clients }, () => new AbortController());
    const answers = gone.map(({ signal }) =>
      fetch(`${bed.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { value: 'known.example.org' } }),
        signal,
      }).then(
        response => response.json(),
        () => 'hung up',
      ),
    );
    await until(() => bed.emulators.datadog.lookups.length === 1 && searches().length === 1, 'both are asked');
    return { gone, answers };
  };

  it('leaves the calls upstream to their own timeout when nobody else waits for them', async () => {
    await open({ DATADOG_TIMEOUT_MS: '300', ARGUS_TIMEOUT_MS: '300' });
    both({ kind: 'hang' });
    const { gone, answers } = await whoIsAsked(1);
    gone[0]?.abort();
    expect(await answers[0]).toBe('hung up');
    const connections = () => [...bed.emulators.datadog.lookups, ...searches()];
    await until(() => connections().every(({ abortedAt }) => abortedAt !== undefined), 'the connections are closed');
  });

  it('ends nothing that another one waits for', async () => {
    await open();
    both({ kind: 'latency', ms: 1500 });
    const { gone, answers } = await whoIsAsked(2);
    // The second is told to be there by the gateway itself.
    await until(
      async () => /coalesced_total\{source="ARGUS"\} 1/.test(await (await fetch(`${bed.url}/metrics`)).text()),
      'one joined',
    );
    gone[0]?.abort();
    expect(await answers[0]).toBe('hung up');
    expect(await answers[1]).toMatchObject({
      data: { indicator: { threatScore: 80, memberships: [{ state: 'ACTIVE' }] } },
    });
    expect(calls()).toEqual([1, 1]);
    expect(searches()[0]?.abortedAt).toBeUndefined();
  });
});

describe('with nothing cached at all and more asked than the sources can take', () => {
  it('every operation is answered or told, in time, and no limit is broken', async () => {
    const nothing = { CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0' };
    await open();
    both({ kind: 'latency', ms: 50 });
    const gateway = await startGatewayProcess(bed.emulators, {
      ...nothing,
      REQUEST_DEADLINE_MS: '3000',
      DATADOG_CONCURRENCY: '32',
    });
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, index) => postQuery(gateway.url, query, { value: `host-${index}.example.org` })),
    );
    expect(performance.now() - began).toBeLessThan(15_000);
    const codes = new Set(answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []));
    const allowed = ['UPSTREAM_TIMEOUT', 'DEADLINE_EXCEEDED', 'UPSTREAM_UNAVAILABLE', 'OVERLOADED'];
    expect([...codes].filter(code => !allowed.includes(code))).toEqual([]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(bed.emulators.datadog.concurrentPeak).toBeLessThanOrEqual(33); // 32 lookups, and the proof beside them
    expect(bed.emulators.argus.concurrentPeak).toBeLessThanOrEqual(5); // four searches, and GET /type beside them
    await gateway.stop();
  });
});
