import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/emulators/random.ts';
import { createSlices } from '../../src/slices.ts';
import type { SearchCriteria } from '../../src/sources/argus/client.ts';
import type { CursorPosition } from '../../src/sources/argus/records/cursor-position.ts';
import { readPage } from '../../src/sources/argus/records/page-reader.ts';

/** What the documents leave open about the cursor, and what they do not even mention. */
interface Habits {
  readonly isInclusive: boolean;
  readonly counts: 'total' | 'remaining' | 'never';
  /** Values that differ in case alone are one value to the order and to the cursor. */
  readonly ignoresCase: boolean;
  readonly cursor: 'kept' | 'ignored' | 'always upwards';
  readonly mostRows: number;
}

interface Row {
  readonly id: string;
  readonly value: string;
}

const sign = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Argus's pages, as its document has them, over rows in memory. */
function pagesOf(rows: readonly Row[], habits: Habits, isDownwards: boolean) {
  const key = (value: string) => (habits.ignoresCase ? value.toLowerCase() : value);
  const direction = isDownwards ? -1 : 1;
  const sorted = rows.toSorted((a, b) => direction * sign(key(a.value), key(b.value)));
  const isBehind = (value: string, cursor: string): boolean => {
    if (habits.cursor === 'ignored') return true;
    const order = (habits.cursor === 'always upwards' ? 1 : direction) * sign(key(value), key(cursor));
    return habits.isInclusive ? order >= 0 : order > 0;
  };
  return async ({ offset, limit, afterValue }: Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>) => {
    expect(offset + limit).toBeLessThanOrEqual(10_000);
    const used = Math.min(limit, habits.mostRows);
    const behind = afterValue === undefined ? sorted : sorted.filter(({ value }) => isBehind(value, afterValue));
    const count = { total: rows.length, remaining: behind.length, never: null }[habits.counts];
    return {
      rows: behind.slice(offset, offset + used).map(wire),
      count,
      limit: used,
      partialReason: undefined,
      refused: {},
    };
  };
}

const list = { id: 'l', shortName: 'feed', name: 'Feed', confidence: 1 };
const wire = ({ id, value }: Row) => ({
  id,
  value,
  indicatorList: list,
  type: { shortName: 'domain' },
  state: 'active',
});

async function readAllPages(
  rows: readonly Row[],
  first: number,
  habits: Habits,
  isDownwards: boolean,
): Promise<string[]> {
  const call = pagesOf(rows, habits, isDownwards);
  const ids: string[] = [];
  for (let position: CursorPosition | undefined; ; ) {
    const request = {
      sortBy: [isDownwards ? '-value' : 'value'],
      first,
      position,
      terms: {},
      onUnreadable() {},
      slices: createSlices(),
    };
    const { records, hasMore } = await readPage(request, call);
    ids.push(...records.map(({ record }) => record.recordId));
    if (!hasMore) return ids;
    expect(records.length).toBeGreaterThan(0);
    position = structuredClone(records.at(-1)?.position);
  }
}

const plain: Habits = { isInclusive: false, counts: 'total', ignoresCase: false, cursor: 'kept', mostRows: 2500 };

function rowsOf(random: ReturnType<typeof createRandom>, total: number, mostPerValue: number): Row[] {
  const rows: Row[] = [];
  for (let group = 0; rows.length < total; group++) {
    const value = `v${random.below(1000)}-${group}`;
    for (let left = 1 + random.below(mostPerValue); left > 0 && rows.length < total; left--)
      rows.push({ id: `${rows.length}`, value: random.next() < 0.3 ? value.toUpperCase() : value });
  }
  return random.shuffled(rows);
}

describe('reading all pages by value', () => {
  it('meets each record once, whatever Argus makes of its own cursor, count, order and limit', async () => {
    const random = createRandom(7);
    for (let round = 0; round < 400; round++) {
      const habits: Habits = {
        isInclusive: random.next() < 0.5,
        counts: random.pick(['total', 'remaining', 'never']),
        ignoresCase: random.next() < 0.5,
        cursor: 'kept',
        mostRows: random.pick([1, 3, 10, 2500]),
      };
      const rows = rowsOf(random, random.below(120), random.pick([1, 2, 5, 40]));
      const first = random.pick([1, 2, 3, 10, 50, 200]);
      const ids = await readAllPages(rows, first, habits, random.next() < 0.5);
      expect(ids.toSorted(), JSON.stringify({ round, habits, first })).toEqual(rows.map(({ id }) => id).toSorted());
    }
  });

  it('gets past a value with thousands of records, and over the limit of 10,000', async () => {
    const rows = [3, 2600, 4000, 1, 9000, 7].flatMap((size, group) =>
      Array.from({ length: size }, (_, at) => ({ id: `${group}.${at}`, value: `v${group}` })),
    );
    for (const isInclusive of [false, true]) {
      const ids = await readAllPages(rows, 900, { ...plain, isInclusive }, false);
      expect(ids).toHaveLength(rows.length);
      expect(new Set(ids).size).toBe(rows.length);
    }
  });

  it.each([
    ['upwards, when the cursor is ignored', 'ignored', false],
    ['downwards, when the cursor is ignored', 'ignored', true],
    ['downwards, when the cursor knows one direction', 'always upwards', true],
  ] as const)('never goes round in circles %s', async (_, cursor, isDownwards) => {
    const rows = Array.from({ length: 40 }, (_, at) => ({ id: `${at}`, value: `v${String(at).padStart(2, '0')}` }));
    await expect(readAllPages(rows, 10, { ...plain, cursor }, isDownwards)).rejects.toThrow(
      'did not keep to the order',
    );
  });
});
