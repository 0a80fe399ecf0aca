import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createStillClock, type TestClock } from '../setup/test-clock.ts';

const value = 'known.example.org';
let dataSet: DataSet;
let bed: TestBed;
let clock: TestClock;
beforeEach(async () => {
  dataSet = createDataSet();
  dataSet.argus.addList({ shortName: 'list' });
  dataSet.argus.addList({ shortName: 'other' });
  dataSet.datadog.add(value, { attributes: { score: 80 } });
  dataSet.argus.add({ value, list: 'list' });
  dataSet.argus.add({ value: 'elsewhere.example.org', list: 'other' });
  clock = createStillClock();
  bed = await startTestBed({ CACHE_STALE_SECONDS: '7200' }, { dataSet }, undefined, undefined, { clock });
});
afterEach(() => bed.stop());

const reports = 'report { status servedFrom staleBecause ageSeconds }';
const ask = (maxAgeSeconds?: number, name = value) =>
  bed.ask(
    `query ($value: String!, $age: Int) { indicator(value: $value, maxAgeSeconds: $age) { threatScore
      memberships { state } datadog { ${reports} } argus { ${reports} } verdict { level missing } } }`,
    { value: name, ...(maxAgeSeconds !== undefined && { age: maxAgeSeconds }) },
  );
const searches = () => bed.emulators.argus.lookups;
const calls = () => [bed.emulators.datadog.lookups.length, searches().length];
const pass = (seconds: number) => clock.pass(seconds * 1000);
const down = () => {
  for (const emulator of [bed.emulators.datadog, bed.emulators.argus])
    emulator.faults.add({ kind: 'status', status: 500 });
};

describe('maxAgeSeconds', () => {
  it('is answered by a match that is no older, past CACHE_FRESH_SECONDS and while the sources are down', async () => {
    await ask();
    pass(310);
    down();
    const { data, errors } = await ask(3600);
    expect(errors).toBeUndefined();
    expect(data.indicator).toMatchObject({ threatScore: 80, memberships: [{}], verdict: { missing: [] } });
    for (const { report } of [data.indicator.datadog, data.indicator.argus]) {
      expect(report).toMatchObject({ status: 'MATCHED', servedFrom: 'CACHE', staleBecause: null });
      expect(Math.floor(report.ageSeconds)).toBe(310);
    }
    expect(calls()).toEqual([1, 1]);
  });

  it('is answered by nothing that is older, whatever fails', async () => {
    await ask();
    pass(310);
    down();
    const { data, errors } = await ask(300);
    expect(data.indicator).toMatchObject({ threatScore: null, memberships: null });
    expect(errors).toHaveLength(2);
  });

  it('is answered by no absence that is past its own window', async () => {
    await ask(undefined, 'nowhere.example.org');
    pass(59);
    await ask(3600, 'nowhere.example.org');
    expect(calls()).toEqual([1, 1]);
    pass(2);
    await ask(3600, 'nowhere.example.org');
    expect(calls()).toEqual([2, 2]);
  });
});

describe.each(['both', 'flag', 'timestamp'] as const)('a record that is deleted, as its %s says', deletedMark => {
  it('is no match: that there is no other is believed for a minute', async () => {
    const gone = `gone-${deletedMark}.example.org`;
    dataSet.argus.add({ value: gone, list: 'other', deleted: 1 });
    Object.assign(bed.emulators.argus.behaviours, { deletedMark, deletedInSearch: 'returned' });
    const verdict = async () => (await ask(undefined, gone)).data.indicator.verdict;
    expect(await verdict()).toEqual({ level: 'NO_MATCH', missing: [] });
    pass(59);
    await verdict();
    expect(searches()).toHaveLength(1);
    dataSet.argus.add({ value: gone, list: 'other' });
    pass(2);
    expect(await verdict()).toMatchObject({ missing: [] });
    expect(searches()).toHaveLength(2);
  });

  it('is no match of a copy that is stale', async () => {
    const gone = `stale-${deletedMark}.example.org`;
    dataSet.argus.add({ value: gone, list: 'other', deleted: 1 });
    Object.assign(bed.emulators.argus.behaviours, { deletedMark, deletedInSearch: 'returned' });
    await ask(undefined, gone);
    pass(310);
    down();
    const { data } = await ask(undefined, gone);
    expect(data.indicator.argus.report).toMatchObject({ status: 'UNAVAILABLE', servedFrom: null });
  });
});

describe('an absence that a filter makes of a match', () => {
  it.each(['states: [LATEST]', 'lists: ["other"]', 'states: [OLD]'])('(%s) is served for a minute', async filter => {
    const filtered = `{ indicator(value: "${value}") { argus(${filter}) { report { status } memberships { state } } } }`;
    const status = async () => (await bed.ask(filtered)).data.indicator.argus.report.status;
    expect(await status()).toBe('NO_MATCH');
    const state = /OLD|LATEST/.exec(filter)?.[0].toLowerCase() ?? 'active';
    dataSet.argus.add({ value, list: 'other', state: state as 'active' });
    pass(59);
    expect(await status()).toBe('NO_MATCH');
    expect(searches()).toHaveLength(1);
    pass(2);
    expect(await status()).toBe('MATCHED');
    expect(searches()).toHaveLength(2);
  });

  it('does not shorten the window of the match, nor of what is asked beside it', async () => {
    await bed.ask(`{ indicator(value: "${value}") { argus(lists: ["other"]) { report { status } } } }`);
    pass(200);
    await bed.ask(`{ indicator(value: "${value}") { memberships { state } argus { report { status } } } }`);
    expect(searches()).toHaveLength(1);
  });

  it('is asked again after a minute also beside fields that see the match, whatever age they accept', async () => {
    const beside = `{ indicator(value: "${value}", maxAgeSeconds: 3600) {
      none: argus(lists: ["other"]) { report { status } } all: argus { report { status } } } }`;
    await bed.ask(beside);
    pass(61);
    await bed.ask(beside);
    expect(searches()).toHaveLength(2);
  });

  it('may not be kept by a client for longer either', async () => {
    const { headers } = await bed.ask(
      `{ indicator(value: "${value}") { argus(lists: ["other"]) { membershipCount } } }`,
    );
    expect(Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1])).toBeLessThanOrEqual(60);
  });
});

describe('two hundred values that were fetched together', () => {
  const values = Array.from({ length: 200 }, (_, index) => `host-${index}.example.org`);
  const poll = () =>
    bed.ask('query ($values: [String!]!) { indicators(values: $values) { threatScore memberships { state } } }', {
      values,
    });

  it('are asked anew by one search, and at Datadog a few at a time, all within a tenth of the window', async () => {
    for (const name of values) {
      dataSet.datadog.add(name, { attributes: { score: 50 } });
      dataSet.argus.add({ value: name, list: 'list' });
    }
    await poll();
    const counts: number[] = [];
    for (pass(265); counts.length < 8; pass(5)) {
      const before = bed.emulators.datadog.lookups.length;
      await poll();
      counts.push(bed.emulators.datadog.lookups.length - before);
    }
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
    expect(Math.max(...counts)).toBeLessThan(80);
    expect(searches()).toHaveLength(2);
  });

  it('and are absences are asked anew by one search', async () => {
    await poll();
    for (let seconds = 50; seconds < 66; seconds += 2) {
      pass(seconds === 50 ? 50 : 2);
      await poll();
    }
    expect(calls()).toEqual([400, 2]);
  });
});
