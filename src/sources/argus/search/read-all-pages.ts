/**
 * Reads all pages of a search, and says what its answer is worth. Rows come and go while pages are read, so each page
 * overlaps the one before it by a row:
 *
 *     page 1   a b c            page 2, asked from c on   c d e      nothing is missing between them
 *                               where b has gone          d e        nothing is known: a row may have been passed over, so
 *                                                                    that the search is read again
 */
import { maxOffset, mayBeCut, type Page, rowsPerCall, type SearchCriteria } from '../client.ts';
import type { Doubt } from '../errors.ts';

type PageCriteria = Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>;

export interface AllRows {
  /** Each row once. */
  readonly rows: readonly unknown[];
  /** Argus holds more than can be read. */
  readonly isTruncated: boolean;
  /** More than one search can read: a search for fewer values would be complete. */
  readonly isTooMany: boolean;
  /** Why what is not among the rows may exist all the same; undefined: it does not. */
  readonly doubt: Doubt | undefined;
}

export interface PageSource {
  readonly readPage: (page: PageCriteria) => Promise<Page>;
  readonly isSingleValue: boolean;
  /** Whether these rows leave a value without a record, so that an absence rests on there being no more of them. */
  readonly leavesAbsences: (rows: readonly unknown[]) => boolean;
}

// None of these fields ever changes, so an update of a record does not move rows between pages; hardly any two are equal.
const fromOldest = ['value', 'createdTimestamp', 'indicatorList', 'type'];
const fromNewest = fromOldest.map(field => `-${field}`);

export const firstPage = { offset: 0, limit: rowsPerCall, sortBy: fromOldest } as const;

const tooMany: AllRows = { rows: [], isTruncated: true, isTooMany: true, doubt: undefined };

/**
 * `first` is the page at offset 0 in the order of `firstPage`. For a single value the rows beyond `maxOffset` are read
 * in the reverse order, which reaches twice as many.
 */
export async function readAllPages(first: Page, source: PageSource): Promise<AllRows> {
  const { isSingleValue } = source;
  if (!isSingleValue && (first.count ?? 0) > maxOffset) return tooMany;
  const rows = new Map<string, unknown>();
  const forward = await readUntilStill(first, fromOldest, source, rows);
  if (forward.end !== 'beyond maxOffset')
    return { rows: [...rows.values()], isTruncated: false, isTooMany: false, doubt: doubtOf(forward) };
  if (!isSingleValue) return tooMany;
  const reverse = await readUntilStill(undefined, fromNewest, source, rows);
  const isTruncated = reverse.count === null || rows.size < reverse.count;
  return { rows: [...rows.values()], isTruncated, isTooMany: false, doubt: undefined };
}

interface Reading {
  readonly end: 'complete' | 'beyond maxOffset' | 'moved';
  /** The lowest count of its pages: a record that is added meanwhile is none that was missed. */
  readonly count: number | null;
  readonly rowCount: number;
  readonly isPartial: boolean;
}

function doubtOf({ end, count, rowCount, isPartial }: Reading): Doubt | undefined {
  if (isPartial) return 'partial';
  if (end === 'moved') return 'moving';
  return count !== null && rowCount < count ? 'short' : undefined;
}

type ReadAt = (offset: number) => Promise<Page>;

/** Rows may move once or twice while they are read, but not for ever. */
const maxReadings = 3;

async function readUntilStill(
  first: Page | undefined,
  sortBy: readonly string[],
  source: PageSource,
  rows: Map<string, unknown>,
): Promise<Reading> {
  const readAt: ReadAt = offset =>
    source.readPage({ offset, limit: Math.min(rowsPerCall, maxOffset - offset), sortBy });
  const isAll = (count: number): boolean => sortBy === fromNewest && rows.size >= count;
  let reading = await readOnce(first ?? (await readAt(0)), readAt, source, rows, isAll);
  for (let times = 1; reading.end === 'moved' && times < maxReadings; times++)
    reading = await readOnce(await readAt(0), readAt, source, rows, isAll);
  return reading;
}

/** Pages in a row without a new record. */
const maxPagesWithoutNews = 2;

/** Adds the rows by record id; some may be there already. `isAll`: with those read before, no more are to come. */
async function readOnce(
  first: Page,
  readAt: ReadAt,
  source: PageSource,
  rows: Map<string, unknown>,
  isAll: (count: number) => boolean,
): Promise<Reading> {
  const seen = new Set<string>();
  let [count, isPartial, offset, pagesWithoutNews, overlap] = [first.count, false, 0, 0, 0];
  let wasShort = false;
  const end = (how: Reading['end']): Reading => ({ end: how, count, rowCount: seen.size, isPartial });
  for (let page = first; ; page = await readAt(offset)) {
    const { added, repeated } = addRows(page, seen, rows);
    if (page.count !== null) count = Math.min(count ?? page.count, page.count);
    isPartial ||= page.isPartial;
    pagesWithoutNews = added === 0 ? pagesWithoutNews + 1 : 0;
    // Without a count, pages that overlap by more than was asked for are the only sign that others leave gaps.
    const isMoved = repeated < overlap || (count === null && added > 0 && repeated > overlap);
    if (isMoved) return end(wasShort ? 'complete' : 'moved'); // behind a short page nothing was to come but what is counted
    const isShort = page.rows.length < page.limit;
    const isLast = added === 0 || (seen.size >= (count ?? 0) && !isCut(page, source, rows));
    if ((isShort && isLast) || (count !== null && isAll(count))) return end('complete');
    if (pagesWithoutNews >= maxPagesWithoutNews) return end('moved');
    wasShort = isShort;
    overlap = page.limit > 1 && page.rows.length > 0 ? 1 : 0;
    offset += added + repeated - overlap;
    if (offset + 1 >= maxOffset) return end('beyond maxOffset');
  }
}

/** How many rows of the page this reading has not met before, and how many it has. */
function addRows(page: Page, seen: Set<string>, rows: Map<string, unknown>) {
  const byId = new Map(page.rows.map(row => [idOf(row), row]));
  const before = seen.size;
  for (const [id, row] of byId) {
    seen.add(id);
    rows.set(id, row);
  }
  const added = seen.size - before;
  return { added, repeated: byId.size - added };
}

const isCut = (page: Page, { leavesAbsences }: PageSource, rows: ReadonlyMap<string, unknown>): boolean =>
  mayBeCut(page) && leavesAbsences([...rows.values()]);

/** A row without an id is known by its text. */
function idOf(row: unknown): string {
  const id = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : JSON.stringify(row);
}
