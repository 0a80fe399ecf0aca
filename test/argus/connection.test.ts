import { afterEach, describe, expect, it } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { type Answer, postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';
import { silentLog } from '../setup/silent-log.ts';

let bed: TestBed;
let second: RunningGateway | undefined;
afterEach(async () => {
  await second?.stop();
  second = undefined;
  await bed.stop();
});

/** Groups of `sizes` records under one value each, in the order of their values. */
function worldOf(sizes: readonly number[]): DataSet {
  const dataSet = createDataSet();
  dataSet.argus.addList({ shortName: 'feed' });
  for (const [group, size] of sizes.entries()) addGroup(dataSet, group, size);
  return dataSet;
}

function addGroup(dataSet: DataSet, group: number, size: number, list = 'feed'): void {
  const value = `v${String(group).padStart(5, '0')}.test`;
  for (let record = 0; record < size; record++) dataSet.argus.add({ value, list, updated: 1 + group * 7 + record });
}

function randomSizes(dataSet: DataSet, total: number, most: number): number[] {
  const sizes: number[] = [];
  for (let left = total; left > 0; left -= sizes.at(-1) ?? 0)
    sizes.push(Math.min(left, 1 + dataSet.random.below(most)));
  return sizes;
}

const pageQuery = `query ($first: Int!, $after: String, $direction: Direction!, $filter: ReputationFilter) {
  reputationRecords(filter: $filter, orderBy: [{ field: VALUE, direction: $direction }], first: $first, after: $after) {
    nodes { recordId value } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`;

interface Walk {
  readonly ids: string[];
  readonly cursors: string[];
  readonly totals: (number | null)[];
}

type Ask = (variables: Record<string, unknown>, page: number) => Promise<Answer>;
const askBed: Ask = variables => bed.ask(pageQuery, variables);

async function readAllPages(
  first: number,
  direction = 'ASC',
  ask: Ask = askBed,
  between?: (page: number) => void,
): Promise<Walk> {
  const ids: string[] = [];
  const cursors: string[] = [];
  const totals: (number | null)[] = [];
  let after: string | null = null;
  for (let page = 0; ; page++) {
    const { data, errors }: Answer = await ask({ first, after, direction }, page);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    const { nodes, pageInfo, totalCount } = data.reputationRecords;
    ids.push(...nodes.map((node: { recordId: string }) => node.recordId));
    totals.push(totalCount);
    expect(pageInfo.hasPreviousPage).toBe(page > 0);
    if (!pageInfo.hasNextPage) return { ids, cursors, totals };
    expect(nodes.length).toBeGreaterThan(0);
    after = pageInfo.endCursor;
    cursors.push(pageInfo.endCursor);
    between?.(page);
  }
}

const start = async (dataSet: DataSet, argusBehaviours: Partial<ArgusBehaviours> = {}, environment = {}) => {
  bed = await startTestBed(environment, { dataSet, argusBehaviours });
  return dataSet;
};

const expectAll = (ids: readonly string[], dataSet: DataSet) => {
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBe(dataSet.argus.records.length);
};

const modes = (['strict', 'inclusive'] as const).flatMap(afterValueMatch =>
  (['total', 'remaining'] as const).map(countWithAfterValue => ({ afterValueMatch, countWithAfterValue })),
);

describe('reading all records by value, page by page,', () => {
  it.each(modes)(
    'meets each of 25,000 once, 1 to 300 to a value: $afterValueMatch, $countWithAfterValue',
    async mode => {
      const dataSet = await start(worldOf(randomSizes(createDataSet(), 25_000, 300)), mode);
      const { ids, cursors, totals } = await readAllPages(1000);
      expectAll(ids, dataSet);
      expect(ids).toEqual([...dataSet.argus.records].map(({ id }) => id)); // put into the dataSet in the order of their values
      expect(cursors).toHaveLength(24);
      expect(new Set(totals)).toEqual(new Set([25_000]));
      // Nothing is kept between pages but the cursor, and neither it nor a page grows on the way.
      expect(Math.max(...cursors.map(({ length }) => length))).toBeLessThan(1000);
      const searches = bed.emulators.argus.requests;
      expect(searches.length).toBeLessThanOrEqual(26);
      for (const { body } of searches) {
        expect(body).toMatchObject({ sortBy: ['value'], offset: 0 });
        expect((body as { limit: number }).limit).toBeLessThanOrEqual(2500);
      }
      expect(searches[0]?.body).not.toHaveProperty('afterValue');
      expect(searches.at(-1)?.body).toHaveProperty('afterValue');
    },
  );

  it.each(modes)(
    'meets each once whatever the page size and the groups: $afterValueMatch, $countWithAfterValue',
    async mode => {
      const dataSet = createDataSet();
      const dice = dataSet.random;
      const rounds = Array.from({ length: 10 }, (_, round) => {
        const list = `round-${round}`;
        dataSet.argus.addList({ shortName: list });
        for (const [group, size] of randomSizes(dataSet, 1 + dice.below(90), dice.pick([1, 2, 3, 10, 60])).entries())
          addGroup(dataSet, group, size, list);
        return { list, first: dice.pick([1, 2, 3, 7, 25, 50, 200]), direction: dice.pick(['ASC', 'DESC']) };
      });
      await start(dataSet, mode);
      for (const { list, first, direction } of rounds) {
        const filter = { lists: [list] };
        const { ids } = await readAllPages(first, direction, variables => askBed({ ...variables, filter }, 0));
        const wanted = dataSet.argus.records.filter(record => record.list.shortName === list).map(({ id }) => id);
        expect(ids).toHaveLength(wanted.length);
        expect(new Set(ids)).toEqual(new Set(wanted));
      }
    },
  );

  it.each(modes)('gets past values with thousands of records: $afterValueMatch, $countWithAfterValue', async mode => {
    const dataSet = await start(worldOf([3, 4000, 1, 1500, 900, 6000, 20]), mode);
    const { ids } = await readAllPages(700);
    expectAll(ids, dataSet);
  });

  it('ends in UPSTREAM_TRUNCATED at a value with more records than one search reaches, never in silence', async () => {
    await start(worldOf([5, 10_500, 5]));
    await expect(readAllPages(1000)).rejects.toThrow(/UPSTREAM_TRUNCATED/);
  });

  it('goes on in another replica, for the cursor is all there is', async () => {
    const dataSet = await start(worldOf(randomSizes(createDataSet(), 3000, 40)));
    const environment = { PORT: '0', DATADOG_URL: bed.emulators.datadog.url, ARGUS_URL: bed.emulators.argus.url };
    second = await startGateway({ ...environment, ARGUS_API_KEY: 'demo/key/full' }, { log: silentLog });
    const urls = [bed.url, second.url];
    const { ids } = await readAllPages(250, 'ASC', (variables, page) =>
      postQuery(urls[page % 2] ?? '', pageQuery, variables),
    );
    expectAll(ids, dataSet);
  });

  it('loses and repeats no record that stays, while others come and go before and behind it', async () => {
    const dataSet = worldOf(randomSizes(createDataSet(), 1200, 9));
    const original = [...dataSet.argus.records];
    const gone = new Set(original.filter((_, index) => index % 5 === 0).map(({ id }) => id));
    await start(dataSet);
    const departing = [...gone];
    const { ids } = await readAllPages(100, 'ASC', askBed, page => {
      for (const id of departing.splice(0, 20)) dataSet.argus.remove(id);
      dataSet.argus.add({ value: `a-new-${page}.test`, list: 'feed' });
      dataSet.argus.add({ value: `z-new-${page}.test`, list: 'feed' });
    });
    expect(new Set(ids).size).toBe(ids.length);
    const stayed = original.filter(({ id }) => !gone.has(id)).map(({ id }) => id);
    expect(stayed.filter(id => !ids.includes(id))).toEqual([]);
  });

  it('is as complete where Argus uses a lower limit than the requested one', async () => {
    const dataSet = await start(worldOf(randomSizes(createDataSet(), 400, 12)));
    bed.emulators.argus.faults.add({ kind: 'lowerLimit', limit: 17 });
    const { ids } = await readAllPages(60);
    expectAll(ids, dataSet);
  });

  it('goes on, without a total, where Argus cannot count', async () => {
    const dataSet = await start(worldOf(randomSizes(createDataSet(), 500, 12)));
    bed.emulators.argus.faults.add({ kind: 'countUnknown' });
    const { ids, totals } = await readAllPages(60);
    expectAll(ids, dataSet);
    expect(new Set(totals)).toEqual(new Set([null]));
  });

  it('counts a row that was sent twice as one', async () => {
    const dataSet = await start(worldOf(randomSizes(createDataSet(), 300, 12)));
    bed.emulators.argus.faults.add({ kind: 'duplicateRows' });
    const { ids } = await readAllPages(50);
    expectAll(ids, dataSet);
  });

  it.each([
    ['rows are left out', { kind: 'missingRows', every: 3 }],
    ['a record comes that was not requested', { kind: 'otherIndicator', value: 'elsewhere.example.com' }],
    ['a row is unreadable', { kind: 'wrongTypes' }],
  ] as const)('fails rather than lose a record when %s', async (_, fault) => {
    await start(worldOf([3, 3, 3]));
    bed.emulators.argus.faults.add(fault);
    const filter = { values: ['v00000.test', 'v00001.test', 'v00002.test'] };
    const { data, errors } = await bed.ask(pageQuery, { first: 25, direction: 'ASC', filter });
    expect(data.reputationRecords).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED', source: 'ARGUS' } }]);
  });

  it('meets records of one value once though Argus gives equal values in another order each time', async () => {
    const dataSet = await start(worldOf(Array(40).fill(6)));
    let call = 0;
    const reshuffle = () => {
      const turn = call++ % 2 === 0 ? 1 : -1;
      const turned = dataSet.argus.records.toSorted((a, b) => (a.id < b.id ? -turn : turn));
      for (const { id, value, list } of turned) {
        dataSet.argus.remove(id);
        dataSet.argus.add({ id, value, list: list.shortName });
      }
    };
    const { ids } = await readAllPages(7, 'ASC', askBed, reshuffle);
    expectAll(ids, dataSet);
  });

  it('fails rather than go round in circles where Argus does not keep to the order', async () => {
    await start(worldOf(Array(40).fill(2)));
    const { data } = await bed.ask(pageQuery, { first: 8, direction: 'ASC' });
    bed.emulators.argus.faults.add({ kind: 'shuffleRows' });
    const after = data.reputationRecords.pageInfo.endCursor;
    const { errors } = await bed.ask(pageQuery, { first: 60, direction: 'ASC', after });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED' } }]);
  });

  it('asks in bulk beyond the first 1,000 records, unless the operator says otherwise', async () => {
    await start(worldOf(randomSizes(createDataSet(), 2500, 5)));
    await readAllPages(500);
    const priorities = () => bed.emulators.argus.requests.map(({ headers }) => headers['argus-priority']);
    expect(priorities()).toEqual(['standard', 'standard', 'bulk', 'bulk', 'bulk']);
    await bed.stop();
    await start(worldOf(randomSizes(createDataSet(), 1500, 5)), {}, { ARGUS_PRIORITY: 'standard' });
    await readAllPages(1000);
    expect(new Set(priorities())).toEqual(new Set(['standard']));
  });
});

describe('any other order', () => {
  const query = `query ($after: String, $first: Int) { reputationRecords(first: $first, after: $after) {
    nodes { recordId } totalCount pageInfo { hasNextPage endCursor } } }`;

  it('ends at 10,000 records with an error that names the order which goes on', async () => {
    await start(worldOf([...Array(2100)].map(() => 5)));
    const ids = new Set<string>();
    let after: string | undefined;
    for (let page = 0; page < 10; page++) {
      const { data } = await bed.ask(query, { first: 1000, after });
      for (const { recordId } of data.reputationRecords.nodes) ids.add(recordId);
      expect(data.reputationRecords).toMatchObject({ totalCount: 10_500, pageInfo: { hasNextPage: true } });
      after = data.reputationRecords.pageInfo.endCursor;
    }
    expect(ids.size).toBe(10_000);
    const sent = bed.emulators.argus.requests.length;
    const { data, errors } = await bed.ask(query, { first: 1000, after });
    expect(data.reputationRecords).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringContaining('VALUE'), extensions: { code: 'BAD_USER_INPUT', argument: 'orderBy' } },
    ]);
    expect(bed.emulators.argus.requests).toHaveLength(sent);
  });

  it('says truthfully that nothing follows where exactly 10,000 match', async () => {
    await start(worldOf([...Array(2000)].map(() => 5)));
    let after: string | undefined;
    const more: boolean[] = [];
    for (let page = 0; page < 10; page++) {
      const { data } = await bed.ask(query, { first: 1000, after });
      after = data.reputationRecords.pageInfo.endCursor;
      more.push(data.reputationRecords.pageInfo.hasNextPage);
    }
    expect(more).toEqual([...Array(9).fill(true), false]);
  });
});
