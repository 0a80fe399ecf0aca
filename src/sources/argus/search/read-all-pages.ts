/**
 * Reads all pages of a search, and says what its answer is worth. Rows come and go while pages are read, so each page
 * overlaps the one before it by a row:
 *
 *     page 1   a b c            page 2, asked from c on   c d e      nothing is missing between them
 *                               where b has gone          d e        a row may have been passed over: it is asked from
 *                                                                    further ahead, until it begins with a known row
 */
import type { Later } from '../../../slices.ts';
import { maxOffset, type PageCriteria, rowsPerCall } from '../client.ts';
import type { Doubt } from '../errors.ts';
import { mayBeCut, type Page } from '../page.ts';

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
  /** undefined: there were enough calls. */
  readonly readPage: (page: PageCriteria) => Promise<Page | undefined>;
  readonly isSingleValue: boolean;
  /** Whether these rows leave a value without a record, so that an absence rests on there being no more of them. */
  readonly leavesAbsences: (rows: readonly unknown[]) => Later<boolean>;
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
  const readIn = (sortBy: readonly string[]) => (offset: number) =>
    source.readPage({ offset, limit: Math.min(rowsPerCall, maxOffset - offset), sortBy });
  const readForward = (page: Page) => readInOrder(page, readIn(fromOldest), source, rows, () => false);
  let forward = await readForward(first);
  for (let times = 1; times < maxReadings && lacksRows(forward); times++) {
    const page = await readIn(fromOldest)(0);
    if (page === undefined) break;
    const again = await readForward(page);
    forward = { ...again, count: again.count ?? forward.count };
  }
  if (forward.end !== 'beyond maxOffset') {
    const doubt = doubtOf(forward, rows.size);
    return { rows: [...rows.values()], isTruncated: forward.end === 'cut', isTooMany: false, doubt };
  }
  if (!isSingleValue) return tooMany;
  const reversed = readIn(fromNewest);
  const last = await reversed(0);
  const reverse = last && (await readInOrder(last, reversed, source, rows, count => rows.size >= count));
  const isTruncated = reverse === undefined || reverse.count === null || rows.size < reverse.count;
  const isCut = isTruncated && (reverse === undefined || reverse.end === 'cut');
  const doubt = forward.isPartial || reverse?.isPartial === true ? 'partial' : isCut ? 'pages' : undefined;
  return { rows: [...rows.values()], isTruncated, isTooMany: false, doubt };
}

interface Reading {
  /** `cut`: there were enough calls. */
  readonly end: 'complete' | 'beyond maxOffset' | 'moved' | 'cut';
  /** The lowest count of its pages: a record that is added meanwhile is none that was missed. */
  readonly count: number | null;
  readonly rowCount: number;
  readonly isPartial: boolean;
  /** It took more than one page of which Argus cut the last but one. */
  readonly isPaged: boolean;
}

/** Rows that this order reaches may have changed places while its pages were read. */
const lacksRows = ({ end, count, rowCount, isPartial, isPaged }: Reading): boolean =>
  isPaged && !isPartial && end !== 'moved' && end !== 'cut' && rowCount < Math.min(count ?? 0, maxOffset);

/** `known`: how many rows there are from all readings. */
function doubtOf({ end, count, rowCount, isPartial, isPaged }: Reading, known: number): Doubt | undefined {
  if (isPartial) return 'partial';
  if (end === 'moved') return 'moving';
  if (end === 'cut') return 'pages';
  if (count === null || rowCount >= count) return undefined;
  return isPaged && known < count ? 'moving' : 'short';
}

type ReadAt = (offset: number) => Promise<Page | undefined>;

/** Equal rows may come in another order each time, so that some come twice and others not at all. */
const maxReadings = 2;
/** Pages in a row without a new record, or with known rows among new ones. */
const maxOddPages = 2;

/** Adds the rows by record id; some may be there already. `isAll`: with those read before, no more are to come. */
async function readInOrder(
  first: Page,
  readAt: ReadAt,
  source: PageSource,
  rows: Map<string, unknown>,
  isAll: (count: number) => boolean,
): Promise<Reading> {
  const seen = new Set<string>();
  let [count, isPartial] = [first.count, false];
  /** Where the rows go on that are not read yet, and how many known rows before them the next page is to begin with. */
  let [position, overlap, offset] = [0, 0, 0];
  let [pagesWithoutNews, strangePages] = [0, 0];
  let [isPaged, hasMoved] = [false, false];
  const end = (how: Reading['end']): Reading => ({ end: how, count, rowCount: seen.size, isPartial, isPaged });
  for (let page: Page | undefined = first; page !== undefined; page = await readAt(offset)) {
    const { added, repeated, isInOrder } = addRows(page, seen, rows, offset > 0 && overlap > 0);
    if (page.count !== null) count = Math.min(count ?? page.count, page.count);
    isPartial ||= page.partialReason !== undefined;
    if (repeated === 0 && offset > 0 && overlap > 0) {
      hasMoved = true;
      overlap *= 5;
      offset = Math.max(0, position - overlap);
      continue;
    }
    // Without a count, known rows among new ones are the only sign that other rows are left out.
    if (count === null && added > 0 && repeated > overlap && !isInOrder) strangePages++;
    pagesWithoutNews = added === 0 ? pagesWithoutNews + 1 : 0;
    const isShort = page.rows.length < page.limit;
    const isLast = added === 0 || (seen.size >= (count ?? 0) && !(mayBeCut(page) && (await isCut(source, rows))));
    if ((isShort && isLast) || (count !== null && isAll(count))) return end(strangePages > 0 ? 'moved' : 'complete');
    if (Math.max(pagesWithoutNews, strangePages) >= maxOddPages) return end('moved');
    isPaged ||= !isShort;
    position = offset + added + repeated;
    overlap = Math.min(Math.max(1, overlap), Math.floor(page.limit / 2), position);
    offset = position - overlap;
    if (position >= maxOffset) return end('beyond maxOffset');
  }
  return end(hasMoved ? 'moved' : 'cut');
}

/**
 * How many rows of the page this reading has not met before, and how many it has; `isInOrder`: these come first. Rows of a page that does not overlap
 * count, but the reading does not go on from them.
 */
function addRows(page: Page, seen: Set<string>, rows: Map<string, unknown>, mustOverlap: boolean) {
  const byId = new Map(page.rows.map(row => [idOf(row), row]));
  for (const [id, row] of byId) rows.set(id, row);
  const ids = [...byId.keys()];
  const repeated = ids.filter(id => seen.has(id)).length;
  const isInOrder = ids.findLastIndex(id => seen.has(id)) === repeated - 1;
  if (repeated > 0 || !mustOverlap) for (const id of ids) seen.add(id);
  return { added: ids.length - repeated, repeated, isInOrder };
}

const isCut = ({ leavesAbsences }: PageSource, rows: ReadonlyMap<string, unknown>): Later<boolean> =>
  leavesAbsences([...rows.values()]);

/** A row without an id is known by its text. */
function idOf(row: unknown): string {
  const id = typeof row === 'object' && row !== null && 'id' in row ? row.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : JSON.stringify(row);
}
