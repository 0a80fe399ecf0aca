/** Argus shows no row past the 10,000th: what is read then, and what it is worth. */
import { describe, expect, it } from 'vitest';
import { type HeldRows, readHeld, rowsOf } from './held-rows.ts';

const most = 2500;
const upwards = '0 2499 4998 7497 9996';
const uncounted = () => ({ count: null });
const read = async (length: number, more: Partial<HeldRows>) => {
  const { rows, ...all } = await readHeld({ rows: rowsOf(length), most, ...more });
  return { ...all, number: new Set(rows).size };
};

describe('a search for many values', () => {
  it('is read up to the 10,000th row, and none is asked for that is past it', async () => {
    const all = await read(9999, {});
    expect(all).toMatchObject({ asked: upwards, number: 9999, isTooMany: false, isTruncated: false, doubt: undefined });
    expect(all.limits).toEqual([2500, 2500, 2500, 2500, 4]);
  });

  it('is too large where more are counted, and then no further page is read', async () => {
    expect(await read(10_001, {})).toMatchObject({ asked: '0', number: 0, isTooMany: true, isTruncated: true });
  });

  it('is too large where it is not counted and does not end by then', async () => {
    const all = await read(10_001, { page: uncounted });
    expect(all).toMatchObject({ asked: upwards, number: 0, isTooMany: true, isTruncated: true });
  });
});

describe('a search for one value', () => {
  const isSingleValue = true;

  it('is read from its other end too, until all rows that are counted are there', async () => {
    const all = await read(15_000, { isSingleValue });
    expect(all).toMatchObject({ asked: `${upwards} -0 -2499 -4998`, number: 15_000, isTooMany: false });
    expect(all).toMatchObject({ isTruncated: false, doubt: undefined });
  });

  it('is complete with 20,000 rows, and lacks some with one more', async () => {
    const both = `${upwards} -0 -2499 -4998 -7497 -9996`;
    expect(await read(20_000, { isSingleValue })).toMatchObject({ asked: both, number: 20_000, isTruncated: false });
    expect(await read(20_001, { isSingleValue })).toMatchObject({ asked: both, number: 20_000, isTruncated: true });
  });

  it('may lack some where they are not counted', async () => {
    const all = await read(12_000, { isSingleValue, page: uncounted });
    expect(all).toMatchObject({ number: 12_000, isTooMany: false, isTruncated: true, doubt: undefined });
  });

  it.each([1, 5, 6, 7])('is partial where Argus left something out on page %j', async partial => {
    const page = (number: number) => (number === partial ? { partialReason: 'a.warning' } : {});
    expect(await read(15_000, { isSingleValue, page })).toMatchObject({ number: 15_000, doubt: 'partial' });
  });
});
