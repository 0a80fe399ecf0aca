import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { argusAs } from './ask-argus.ts';

let emulators: Emulators;
const full = argusAs(() => emulators, 'demo/key/full');
const total = 25_000;

function crowdedDataSet() {
  const dataSet = createDataSet();
  dataSet.argus.addList({ shortName: 'feed' });
  for (let value = 0, added = 0; added < total; value += 1) {
    const records = Math.min(1 + dataSet.random.below(300), total - added);
    for (let record = 0; record < records; record += 1) {
      dataSet.argus.add({ value: `v${String(value).padStart(4, '0')}.test`, list: 'feed', updated: added });
      added += 1;
    }
  }
  return dataSet;
}

beforeEach(async () => {
  emulators = await startEmulators({ dataSet: crowdedDataSet() });
});
afterEach(() => emulators.close());

/** Reads all pages as documented, 2,500 records a page; returns every id in order. */
async function walk(sortBy: string[]): Promise<string[]> {
  const ids: string[] = [];
  let afterValue: string | undefined;
  for (;;) {
    const { rows } = await full.search({ sortBy, limit: 2500, ...(afterValue !== undefined && { afterValue }) });
    if (rows.length === 0 || ids.length > 2 * total) return ids;
    ids.push(...rows.map(({ id }) => id));
    if (rows.every(({ value }) => value === afterValue)) return ids;
    afterValue = rows.at(-1)?.value;
  }
}

describe('limit and offset', () => {
  it('reach 10,000 elements and no further', async () => {
    const last = await full.search({ offset: 9_000, limit: 1_000, sortBy: ['value'] });
    expect(last.body).toMatchObject({ count: total, size: 1_000, offset: 9_000, limit: 1_000 });
    expect((await full.search({ offset: 9_001, limit: 1_000 })).status).toBe(412);
  });

  it('are capped in silence when configured so', async () => {
    emulators.argus.behaviours.windowOver = 'cap';
    expect((await full.search({ offset: 9_500, limit: 1_000 })).body).toMatchObject({ size: 500, count: total });
    expect((await full.search({ limit: 25_000 })).body.size).toBe(10_000);
  });

  it('of 0 mean everything, as long as it fits', async () => {
    expect((await full.search({ limit: 0, value: ['v0001.test'] })).body).toMatchObject({ limit: 0 });
    expect((await full.search({ limit: 0 })).status).toBe(412);
    emulators.argus.behaviours.limitZero = '412';
    expect((await full.search({ limit: 0, value: ['v0001.test'] })).status).toBe(412);
  });
});

describe('afterValue', () => {
  it('begins strictly behind the value, so a group cut by the edge loses its rest', async () => {
    const ids = await walk(['value']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThan(total);
  });

  it('begins with the value when inclusive, so a group at the edge comes twice', async () => {
    emulators.argus.behaviours.afterValueMatch = 'inclusive';
    const ids = await walk(['value']);
    expect(new Set(ids).size).toBe(total);
    expect(ids.length).toBeGreaterThan(total);
  });

  it('goes downwards with a descending sort', async () => {
    const { rows } = await full.search({ sortBy: ['-value'], afterValue: 'v0002.test', limit: 1000 });
    expect(new Set(rows.map(({ value }) => value))).toEqual(new Set(['v0001.test', 'v0000.test']));
  });

  it('works together with offset', async () => {
    const behind = await full.search({ sortBy: ['value'], afterValue: 'v0000.test', limit: 20 });
    const further = await full.search({ sortBy: ['value'], afterValue: 'v0000.test', offset: 10, limit: 10 });
    expect(further.rows).toEqual(behind.rows.slice(10));
  });

  it('leaves the count that of the whole filter, or of what remains when configured so', async () => {
    const terms = { sortBy: ['-value'], afterValue: 'v0001.test', limit: 1000 };
    expect((await full.search(terms)).body.count).toBe(total);
    emulators.argus.behaviours.countWithAfterValue = 'remaining';
    const { body } = await full.search(terms);
    expect(body.count).toBe(body.size);
  });

  it('is ignored with another sort when configured so', async () => {
    emulators.argus.behaviours.afterValueWithOtherSort = 'ignored';
    const with_ = await full.search({ afterValue: 'v0050.test' });
    const without = await full.search({});
    expect(with_.rows).toEqual(without.rows);
  });

  it('sees a record that was added between two pages', async () => {
    await full.search({ sortBy: ['value'], limit: 10 });
    emulators.dataSet.argus.add({ value: 'zzz.test', list: 'feed' });
    expect((await full.search({ sortBy: ['value'], afterValue: 'z' })).values).toEqual(['zzz.test']);
  });
});
