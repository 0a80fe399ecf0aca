/** In which steps the pages of a search are read, and what makes its answer doubtful. */
import { describe, expect, it } from 'vitest';
import { readHeld, row, rowsOf } from './held-rows.ts';

const idsOf = (length: number) => rowsOf(length).map(({ id }) => id);
const sound = { isTruncated: false, isTooMany: false, doubt: undefined };

describe('pages that nothing changes', () => {
  it.each([
    [0, '0'],
    [3, '0'],
    [5, '0 4'],
    [6, '0 4'],
    [12, '0 4 8'],
    [13, '0 4 8 12'],
  ])('overlap by a row until all of %j are there: they are asked from %s', async (length, asked) => {
    const read = await readHeld({ rows: rowsOf(length) });
    expect(read).toMatchObject({ ...sound, asked, ids: idsOf(length) });
  });

  it('of one row each cannot overlap, and end with an empty one', async () => {
    expect(await readHeld({ rows: rowsOf(3), most: 1 })).toMatchObject({ ...sound, asked: '0 1 2 3', ids: idsOf(3) });
  });

  it('without a count end with one that is not full', async () => {
    const read = await readHeld({ rows: rowsOf(12), page: () => ({ count: null }) });
    expect(read).toMatchObject({ ...sound, asked: '0 4 8', ids: idsOf(12) });
  });

  it('of the rows of a usual limit may have been cut: they are read on while a value has no record', async () => {
    const cut = { rows: rowsOf(40), most: 25, page: () => ({ count: null, limit: 2500 }) };
    const leavesAbsences = (rows: readonly unknown[]) => rows.length < 40;
    expect(await readHeld({ ...cut, leavesAbsences })).toMatchObject({ ...sound, asked: '0 24', ids: idsOf(40) });
    const one = await readHeld({ ...cut, leavesAbsences: () => false });
    expect(one).toMatchObject({ ...sound, asked: '0', ids: idsOf(25) });
  });

  it('of another number of rows were not cut, also where a value has no record', async () => {
    const read = await readHeld({ rows: rowsOf(24), page: () => ({ limit: 2500 }), most: 25 });
    expect(read).toMatchObject({ ...sound, asked: '0' });
  });
});

describe('a row', () => {
  it.each([
    ['a text', row],
    ['a number', (id: number) => ({ id })],
    ['missing', (name: number) => ({ name })],
    ['not to be had of a text', (id: number) => `text ${id}`],
  ])('is had once where its id is %s', async (_, rowAt) => {
    const rows = Array.from({ length: 7 }, (_, index) => rowAt(index));
    expect(await readHeld({ rows })).toMatchObject({ ...sound, rows });
  });

  it('is known by its id, however else it changes, and had as it was last', async () => {
    for (const id of ['r4', 4]) {
      const before = rowsOf(8).with(4, { id, note: 'before' } as never);
      const after = rowsOf(8).with(4, { id, note: 'after' } as never);
      const read = await readHeld({ rows: before, from: { 2: after } });
      expect(read).toMatchObject({ ...sound, asked: '0 4', rows: after });
    }
  });

  it('of null is one row, which is no failure', async () => {
    const rows = [null, row(1), { id: null }, { id: { a: 1 } }];
    expect(await readHeld({ rows })).toMatchObject({ ...sound, rows });
  });
});

describe('rows that move while pages are read', () => {
  it('are made up for from further ahead, until a page begins with a known row', async () => {
    const after = rowsOf(60).filter((_, index) => index < 18 || index > 19);
    const read = await readHeld({ rows: rowsOf(60), most: 20, from: { 2: after } });
    expect(read).toMatchObject({ ...sound, asked: '0 19 15 30 45', ids: expect.arrayContaining(idsOf(60)) });
  });

  it('are made up for from the very beginning where so many have gone', async () => {
    const rows = rowsOf(20).slice(8);
    const read = await readHeld({ rows: rowsOf(20), most: 8, from: { 2: rows } });
    expect(read).toMatchObject({ ...sound, asked: '0 7 3 0 4 8' });
    expect(read.ids.toSorted()).toEqual(idsOf(20).toSorted());
  });

  it('are no doubt where one is added: the lowest count is believed', async () => {
    for (const page of [2, 3]) {
      const read = await readHeld({ rows: rowsOf(12), from: { [page]: [row('new'), ...rowsOf(12)] } });
      expect(read).toMatchObject({ ...sound, asked: '0 4 8 12' });
      expect(read.ids).toEqual(expect.arrayContaining(idsOf(12)));
    }
  });

  it('are no doubt where one goes that was not read yet, though the first page counted it', async () => {
    const read = await readHeld({ rows: rowsOf(12), from: { 3: rowsOf(11) } });
    expect(read).toMatchObject({ ...sound, asked: '0 4 8', ids: idsOf(11) });
  });

  it('without end are given up after a while', async () => {
    const page = (number: number) => ({ rows: rowsOf(5).map(({ id }) => row(`${number} ${id}`)), count: 100 });
    const read = await readHeld({ rows: [], page });
    expect(read.doubt).toBe('moving');
    expect(read.asked.split(' ')).toHaveLength(33);
  });
});

describe('pages of one row each', () => {
  it.each([40, 12_000])('are read until there were enough calls, and what is left of %j is doubted', async length => {
    const read = await readHeld({ rows: rowsOf(length), most: 1, isSingleValue: true });
    expect(read).toMatchObject({ doubt: 'pages', isTruncated: true, isTooMany: false, ids: idsOf(33) });
    expect(read.asked.split(' ')).toHaveLength(33);
  });

  it('are as many as it takes where those are few', async () => {
    expect(await readHeld({ rows: rowsOf(32), most: 1 })).toMatchObject({ ...sound, ids: idsOf(32) });
  });
});

it('rows in the reverse order that there are no calls for are doubted', async () => {
  const read = await readHeld({ rows: rowsOf(19_000), most: 400, isSingleValue: true });
  expect(read).toMatchObject({ doubt: 'pages', isTruncated: true });
  expect(read.asked.split(' ').filter(offset => offset.startsWith('-'))).not.toEqual([]);
  expect(read.asked.split(' ')).toHaveLength(33);
});

it('what is read again where rows are missing is doubted when there are no calls for it', async () => {
  const read = await readHeld({ rows: rowsOf(96), most: 5, page: () => ({ count: 97 }) });
  expect(read).toMatchObject({ doubt: 'pages', isTruncated: true });
  expect(read.asked.split(' ')).toHaveLength(33);
});

describe('an answer', () => {
  it('that is one page and lacks a counted row is short: reading on brings none, and it is not read again', async () => {
    const read = await readHeld({ rows: rowsOf(3), page: () => ({ count: 4 }) });
    expect(read).toMatchObject({ doubt: 'short', asked: '0 2', ids: idsOf(3) });
  });

  it('of several pages that lacks a counted row is read again once, and its rows are then taken to move', async () => {
    const read = await readHeld({ rows: rowsOf(8), page: () => ({ count: 9 }) });
    expect(read).toMatchObject({ doubt: 'moving', asked: '0 4 7 0 4 7', ids: idsOf(8) });
  });

  it('of several pages that is whole when it is read again is not doubted', async () => {
    const read = await readHeld({ rows: rowsOf(8), from: { 4: rowsOf(9) }, page: () => ({ count: 9 }) });
    expect(read).toMatchObject({ ...sound, asked: '0 4 7 0 4 8', ids: idsOf(9) });
  });

  it('of two readings that both lack a row, and together none, is short', async () => {
    const rows = rowsOf(9);
    const read = await readHeld({
      rows: rows.toSpliced(5, 1),
      from: { 4: rows.toSpliced(6, 1) },
      page: () => ({ count: 9 }),
    });
    expect(read).toMatchObject({ doubt: 'short', asked: '0 4 7 0 4 7' });
    expect(read.ids.toSorted()).toEqual(idsOf(9));
  });

  it.each([1, 2, 3])('of which Argus left something out on page %j is partial', async partial => {
    const page = (number: number) => (number === partial ? { partialReason: 'a.warning' } : {});
    expect(await readHeld({ rows: rowsOf(12), page })).toMatchObject({ doubt: 'partial', ids: idsOf(12) });
  });

  it('that is partial is so also where its rows are not all there, and is not read again', async () => {
    const page = () => ({ partialReason: 'a.warning', count: 9 });
    expect(await readHeld({ rows: rowsOf(8), page })).toMatchObject({ doubt: 'partial', asked: '0 4 7' });
  });

  it('that brings the same full page for ever is given up at the third', async () => {
    for (const count of [5, 9, null]) {
      const read = await readHeld({ rows: [], page: () => ({ rows: rowsOf(5), count }) });
      expect(read).toMatchObject({ doubt: 'moving', asked: '0 4 8', ids: idsOf(5) });
    }
  });

  it('counted on one page only is measured by that', async () => {
    for (const counted of [1, 2]) {
      const page = (number: number) => ({ count: number === counted ? 9 : null });
      expect(await readHeld({ rows: rowsOf(8), page })).toMatchObject({ doubt: 'moving', ids: idsOf(8) });
    }
  });
});

describe('known rows among new ones', () => {
  // The second page holds one more known row than it was asked from, behind a new one.
  const strange = { 2: [0, 1, 2, 3, 4, 5, 2, 6, 7].map(row) };
  const uncounted = () => ({ count: null });

  it('show that rows move where they are not counted', async () => {
    const read = await readHeld({ rows: rowsOf(8), from: strange, page: uncounted });
    expect(read).toMatchObject({ doubt: 'moving', asked: '0 4 8' });
  });

  it('say nothing where rows are counted', async () => {
    const read = await readHeld({ rows: rowsOf(8), from: strange, page: () => ({ count: 8 }) });
    expect(read).toMatchObject({ ...sound, ids: idsOf(8) });
  });

  it('say nothing where all of them come first: a row was added before', async () => {
    const read = await readHeld({ rows: rowsOf(8), from: { 2: [row('new'), ...rowsOf(8)] }, page: uncounted });
    expect(read).toMatchObject(sound);
  });

  it('on two pages end the reading', async () => {
    const pages: Record<number, number[]> = { 1: [0, 1, 2, 3, 4], 2: [4, 5, 2, 6, 7], 3: [7, 8, 2, 9, 10] };
    const page = (number: number) => ({ rows: (pages[number] ?? []).map(row), count: null });
    expect(await readHeld({ rows: [], page })).toMatchObject({ doubt: 'moving', asked: '0 4 8', ids: idsOf(11) });
  });
});
