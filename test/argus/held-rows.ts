/** Argus's pages over rows in memory, which may change before any of them, and what is read of them. */
import type { PageCriteria } from '../../src/sources/argus/client.ts';
import { createFurtherCalls } from '../../src/sources/argus/further-calls.ts';
import type { Page } from '../../src/sources/argus/page.ts';
import { firstPage, readAllPages } from '../../src/sources/argus/search/read-all-pages.ts';

export interface HeldRows {
  readonly rows: readonly unknown[];
  /** The most rows of a page. */
  readonly most?: number;
  /** The rows from this page on, counted from 1 through all readings. */
  readonly from?: Readonly<Record<number, readonly unknown[]>>;
  /** What is otherwise about a page. */
  readonly page?: (number: number, criteria: PageCriteria) => Partial<Page>;
  readonly isSingleValue?: boolean;
  readonly leavesAbsences?: (rows: readonly unknown[]) => boolean;
}

/** Where rows come to be asked for without end, the test fails at once. */
const mostPages = 200;

export const row = (id: number | string) => ({ id: `r${id}` });
export const rowsOf = (length: number) => Array.from({ length }, (_, index) => row(index));

/** `asked`: the offsets, those of the reverse order with a minus; `ids`: of the rows that were read. */
export async function readHeld({ rows, most = 5, from, page, isSingleValue = false, leavesAbsences }: HeldRows) {
  const asked: string[] = [];
  const limits: number[] = [];
  let held = rows;
  const readPage = async (criteria: PageCriteria): Promise<Page> => {
    const { offset, limit, sortBy } = criteria;
    const isReverse = sortBy.every(field => field.startsWith('-'));
    const number = asked.push(`${isReverse ? '-' : ''}${offset}`);
    limits.push(limit);
    if (number > mostPages) throw new Error('rows are asked for without end');
    held = from?.[number] ?? held;
    const used = Math.min(limit, most);
    const sent = (isReverse ? held.toReversed() : held).slice(offset, offset + used);
    return { rows: sent, count: held.length, limit: used, partialReason: undefined, ...page?.(number, criteria) };
  };
  const first = await readPage(firstPage);
  const further = createFurtherCalls();
  const all = await readAllPages(first, {
    readPage: async page => (further.take() ? readPage(page) : undefined),
    isSingleValue,
    leavesAbsences: leavesAbsences ?? (() => true),
  });
  return { ...all, asked: asked.join(' '), limits, ids: all.rows.map(held => (held as { id?: unknown } | null)?.id) };
}
