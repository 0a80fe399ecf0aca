/** Reads all pages of a search, and says when Argus does not let anybody read all of them. */
import { maxOffset, type Page, rowsPerCall, type SearchCriteria } from '../client.ts';
import { missingRows } from '../errors.ts';

type ReadPage = (page: Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>) => Promise<Page>;

interface AllRows {
  /** Each row once. */
  readonly rows: readonly unknown[];
  /** Argus holds more than can be read. */
  readonly isTruncated: boolean;
  /** More than one search can read: a search for fewer values would be complete. */
  readonly isTooMany: boolean;
}

// None of these fields ever changes, so an update of a record does not move rows between pages; hardly any two are equal.
const fromOldest = ['value', 'createdTimestamp', 'indicatorList', 'type'];
const fromNewest = fromOldest.map(field => `-${field}`);

export const firstPage = { offset: 0, limit: rowsPerCall, sortBy: fromOldest } as const;

const tooMany: AllRows = { rows: [], isTruncated: true, isTooMany: true };

/**
 * `first` is the page at offset 0 in the order of `firstPage`. For a single value the rows beyond `maxOffset` are read
 * in the reverse order, which reaches twice as many. Rejects with UpstreamError where rows are missing.
 */
export async function readAllPages(first: Page, readPage: ReadPage, isSingleValue: boolean): Promise<AllRows> {
  const rows = new Map<string, unknown>();
  if (!isSingleValue && (first.count ?? 0) > maxOffset) return tooMany;
  const inOrder = (sortBy: readonly string[]) => (offset: number) =>
    readPage({ offset, limit: Math.min(rowsPerCall, maxOffset - offset), sortBy });
  const end = await readInOneOrder(first, inOrder(fromOldest), rows);
  if (end === 'complete') return { rows: [...rows.values()], isTruncated: false, isTooMany: false };
  if (!isSingleValue) return tooMany;
  const reverse = inOrder(fromNewest);
  const firstReversed = await reverse(0);
  await readInOneOrder(firstReversed, reverse, rows);
  const isTruncated = firstReversed.count === null || rows.size < firstReversed.count;
  return { rows: [...rows.values()], isTruncated, isTooMany: false };
}

/** Pages in a row without a new record. Records may move once while pages are read, but not for ever. */
const maxPagesWithoutNews = 2;

/** Adds the rows by record id. Rows that are there already were read in the other order. */
async function readInOneOrder(
  first: Page,
  readAt: (offset: number) => Promise<Page>,
  rows: Map<string, unknown>,
): Promise<'complete' | 'beyond maxOffset'> {
  const isReverse = rows.size > 0;
  const seen = new Set<string>();
  let hasRepeats = false;
  let offset = 0;
  let pagesWithoutNews = 0;
  for (let page = first; ; page = await readAt(offset)) {
    const { added, repeated } = addRows(page, offset, seen, rows);
    hasRepeats ||= repeated > 0;
    // A row that was sent twice is one row, and after a page that Argus shortened the next begins where it ended.
    offset += added === 0 ? page.limit : Math.min(added, page.limit);
    pagesWithoutNews = added === 0 ? pagesWithoutNews + 1 : 0;
    if (page.count === null ? page.rows.length < page.limit : offset >= page.count) {
      // Pages that overlap also leave gaps, and without a count there is no other sign of them.
      if (page.count === null ? hasRepeats : seen.size < page.count) throw missingRows();
      return 'complete';
    }
    if (isReverse && rows.size >= (page.count ?? Number.POSITIVE_INFINITY)) return 'complete';
    if (page.rows.length === 0 || pagesWithoutNews >= maxPagesWithoutNews) throw missingRows();
    if (offset >= maxOffset) return 'beyond maxOffset';
  }
}

/** How many rows of the page this order has not sent before, and how many it has. */
function addRows(page: Page, offset: number, seen: Set<string>, rows: Map<string, unknown>) {
  const byId = new Map(page.rows.map((row, index) => [idOf(row) ?? `${offset}+${index}`, row]));
  const before = seen.size;
  for (const [id, row] of byId) {
    seen.add(id);
    rows.set(id, row);
  }
  const added = seen.size - before;
  return { added, repeated: byId.size - added };
}

const idOf = (row: unknown): string | undefined =>
  typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? row.id : undefined;
