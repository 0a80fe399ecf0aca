import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDataSet } from '../../src/emulators/data-set.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const many = `query ($values: [String!]!) { indicators(values: $values) {
  value threatScore memberships { recordId list { shortName } value } argus { report { status limits } } } }`;

let bed: TestBed;
beforeAll(async () => {
  const dataSet = createDataSet();
  bed = await startTestBed(
    { CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
afterEach(() => {
  bed.emulators.argus.faults.clear();
  bed.emulators.argus.clearRequests();
});

const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));

/** As many records of the value, each on a list of its own; their ids. */
function know(value: string, count: number, type?: string): string[] {
  const { argus } = bed.emulators.dataSet;
  return Array.from({ length: count }, (_, index) => {
    const { shortName } = argus.addList({ shortName: `${value}-${type}-${index}` });
    return argus.add({ value, list: shortName, created: index, ...(type && { type }) }).id;
  }).sort();
}

const idsOf = (indicator: { memberships: { recordId: string }[] }) =>
  indicator.memberships.map(({ recordId }) => recordId).sort();

// Rows come in any number and order: each goes to the value that it names.
describe('the wrong-join test: values with 0, 1, 7 and 300 records in one batch', () => {
  const counts = [0, 1, 7, 300, 0, 7, 1];
  const values = counts.map((count, index) => `join-${index}-${count}.example.org`);
  let ids: string[][];
  beforeAll(() => {
    ids = values.map((value, index) => know(value, counts[index] as number));
  });

  const faults: readonly (readonly [name: string, faults: readonly Fault[]])[] = [
    ['as they come', []],
    ['rows shuffled', [{ kind: 'shuffleRows' }]],
    ['rows doubled', [{ kind: 'duplicateRows' }]],
    ['pages shortened', [{ kind: 'lowerLimit', limit: 25 }]],
    ['nothing counted', [{ kind: 'countUnknown' }]],
    ['shuffled, doubled', [{ kind: 'shuffleRows' }, { kind: 'duplicateRows' }]],
    ['shortened, uncounted', [{ kind: 'lowerLimit', limit: 7 }, { kind: 'countUnknown' }]],
    [
      'all at once',
      [{ kind: 'lowerLimit', limit: 50 }, { kind: 'shuffleRows' }, { kind: 'duplicateRows' }, { kind: 'countUnknown' }],
    ],
  ];
  it.each(faults)('%s: every value has exactly its own', async (_, wanted) => {
    for (const fault of wanted) bed.emulators.argus.faults.add(fault);
    const { data, errors } = await bed.ask(many, { values });
    expect(errors).toBeUndefined();
    expect(data.indicators.map(idsOf)).toEqual(ids);
    expect(new Set(searches().map(search => JSON.stringify(search.values))).size).toBe(1);
  });

  it('pages that contradict each other where nobody counted: each value has all its own or an error', async () => {
    for (const kind of ['shuffleRows', 'countUnknown'] as const) bed.emulators.argus.faults.add({ kind });
    bed.emulators.argus.faults.add({ kind: 'lowerLimit', limit: 50 });
    const { data, errors } = await bed.ask(many, { values });
    const failed: number[] = [];
    data.indicators.forEach((one: { memberships: { recordId: string }[] | null }, index: number) => {
      if (one.memberships === null) failed.push(index);
      else expect(idsOf({ memberships: one.memberships })).toEqual(ids[index]);
    });
    expect(failed).toContain(3); // the value with 300 records
    expect(errors?.map(({ path }) => path[1])).toEqual(failed);
    expect(searches().length).toBeLessThanOrEqual(1 + 3 * 7 + 32 * 3);
  });

  it('in as many operations at once: every value has exactly its own', async () => {
    bed.emulators.argus.faults.add({ kind: 'shuffleRows' });
    bed.emulators.argus.faults.add({ kind: 'duplicateRows' });
    bed.emulators.argus.faults.add({ kind: 'latency', ms: 30 });
    const answers = await Promise.all(
      Array.from({ length: 35 }, (_, index) => bed.ask(many, { values: [values[index % values.length]] })),
    );
    answers.forEach(({ data }, index) => {
      expect(idsOf(data.indicators[0])).toEqual(ids[index % values.length]);
    });
  });

  it('a row that is missing fails what it may belong to: nothing reads as clean', async () => {
    bed.emulators.argus.faults.add({ kind: 'missingRows', value: values[1] as string });
    const { data, errors } = await bed.ask(many, { values });
    expect(data.indicators[1].memberships).toBeNull();
    expect(errors?.every(({ extensions }) => extensions.code === 'UPSTREAM_MALFORMED')).toBe(true);
  });
});

// Argus counts `limit` for the whole result set: the others would look clean.
describe('one noisy value among a hundred', () => {
  it('starves nobody: all hundred are complete', async () => {
    const quiet = Array.from({ length: 99 }, (_, index) => `quiet-${index}.example.org`);
    const ids = quiet.map(value => know(value, 1));
    const noisy = know('noisy.example.org', 500);
    bed.emulators.argus.faults.add({ kind: 'lowerLimit', limit: 25 });
    const { data, errors } = await bed.ask(many, { values: ['noisy.example.org', ...quiet] });
    expect(errors).toBeUndefined();
    expect(data.indicators.map(idsOf)).toEqual([noisy, ...ids]);
    expect(searches().every(({ body }) => (body as { limit: number }).limit === 2500)).toBe(true);
  });
});

describe('more records than one search reaches', () => {
  it('of 12,000 records of one value every one is read, from both ends, with equal filters; the others lose nothing', async () => {
    const ids = know('huge.example.org', 12_000);
    const small = know('beside-huge.example.org', 2);
    const { data, errors } = await bed.ask(many, { values: ['huge.example.org', 'beside-huge.example.org'] });
    expect(errors).toBeUndefined();
    expect(data.indicators.map(idsOf)).toEqual([ids, small]);
    const filters = searches()
      .filter(search => search.values.length === 1 && search.values[0] === 'huge.example.org')
      .map(({ body }) => ({ ...(body as object), offset: 0, limit: 0, sortBy: [] }));
    expect(new Set(filters.map(filter => JSON.stringify(filter))).size).toBe(1);
  }, 60_000);

  it('of 21,000 records of one value the answer says that it is truncated, and the shorthand says so as an error', async () => {
    know('endless.example.org', 21_000);
    const { data, errors } = await bed.ask(many, { values: ['endless.example.org'] });
    expect(data.indicators[0].memberships).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TRUNCATED', source: 'ARGUS' } }]);
    expect(data.indicators[0].argus.report).toMatchObject({
      status: 'MATCHED',
      limits: expect.arrayContaining(['TRUNCATED']),
    });
  }, 60_000);
});

describe('one search for several types', () => {
  it('gives a block the records of the very block, under whatever type, and an address its own', async () => {
    const { argus } = bed.emulators.dataSet;
    for (const type of ['cidr', 'ipv4']) argus.addType(type);
    const other = await startTestBed({}, { dataSet: bed.emulators.dataSet });
    const blocks = [...know('192.0.2.0/24', 1, 'cidr'), ...know('192.0.2.0/24', 1, 'ipv4')];
    const [address] = know('192.0.2.1', 1, 'ipv4');
    const { data, errors } = await other.ask(many, { values: ['192.0.2.0/24', '192.0.2.1'] });
    expect(errors).toBeUndefined();
    expect(data.indicators.map((one: Parameters<typeof idsOf>[0]) => idsOf(one).toSorted())).toEqual([
      blocks.toSorted(),
      [address],
    ]);
    await other.stop();
    for (const type of ['cidr', 'ipv4']) argus.removeType(type);
  });
});
