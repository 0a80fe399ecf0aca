/**
 * Reads the records of one page, each once.
 *
 * A *page* is what one `reputationRecords` field returns; it may take several calls. A call reads rows of a *search*:
 * `limit` rows from `offset`, and offset + limit may not exceed 10,000. Beyond that, a new search can begin behind a
 * value (`afterValue`), at offset 0. Many records may share one value, so a search behind the value of a page's last
 * record would lose the others (or, where Argus begins with the value itself, repeat some). The next page therefore
 * searches behind the last value that was delivered completely, and drops what was delivered already:
 *
 *     all rows, by value      a1 a2 b3 b4 b5 b6 c7
 *     page 1, first: 4        a1 a2 b3 b4               position: last complete value a, 2 records of b delivered
 *     page 2, first: 2
 *       search                afterValue "a", offset 0, limit 2 + 1 + what may be dropped
 *       rows                        b3 b4 b5 b6 c7      or a1 a2 b3 …, where `afterValue` is inclusive
 *       dropped                     b3 b4               by the resume filter
 *       delivered                         b5 b6         c7 only proves that there is a next page
 *
 * So a page does not depend on whether `afterValue` is inclusive, nor on records that appear or vanish before it. When
 * more than 1,000 records of one value were delivered, they are not read again: the page goes on in the same search, at
 * its offset. So it does in any other order than by value alone, for which there is no `afterValue`.
 */
import { badInput } from '../../../graphql/error-codes.ts';
import { maxOffset, type Page, rowsPerCall, type SearchCriteria } from '../client.ts';
import { malformed, missingRows, truncated, unreadable } from '../errors.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import { wireRecord } from '../wire.ts';
import { type CursorPosition, isSameValue, positionAfter } from './cursor-position.ts';
import type { FilterTerms } from './filter.ts';
import { createResponseCheck } from './response-check.ts';
import { createOrderCheck, createResumeFilter, type PageStart } from './resume-filter.ts';

interface DeliveredRecord {
  readonly record: MappedRecord;
  /** The position behind it. */
  readonly position: CursorPosition;
}

export interface PageRecords {
  readonly records: readonly DeliveredRecord[];
  readonly hasMore: boolean;
  /** null: Argus could not count. */
  readonly totalCount: number | null;
}

export interface PageRequest {
  readonly sortBy: readonly string[];
  /** The size of the page. */
  readonly first: number;
  /** undefined: the first page. */
  readonly position: CursorPosition | undefined;
  readonly terms: FilterTerms;
  /** Which of the requested properties were rejected, as known when the rows have arrived. */
  readonly refused: () => MappedRecord['refused'];
}

type ReadRows = (at: Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>) => Promise<Page>;

/** Of the current value. They are read again where that is cheap, because rows may move under an offset. */
const maxRereadRecords = 1000;

const isByValue = (sortBy: readonly string[]): boolean => sortBy.length === 1 && /^-?value$/.test(sortBy[0] as string);

/** Reads one more record than the page holds, which proves that there is a next page. */
export async function readPage(request: PageRequest, readRows: ReadRows): Promise<PageRecords> {
  const start = startOf(request.position, request.sortBy);
  const collector = createCollector(request, start);
  const { records } = collector;
  const wanted = request.first + 1;
  const search = start.afterValue === undefined ? {} : { afterValue: start.afterValue };
  while (!collector.hasEnded() && records.length < wanted) {
    const offset = collector.offset();
    const limit = Math.min(rowsPerCall, maxOffset - offset, wanted - records.length + collector.maxRepeats());
    if (limit <= 0) break;
    collector.add(await readRows({ offset, limit, ...search }));
  }
  if (!collector.hasEnded() && records.length === 0) throw truncated();
  const hasMore = records.length > request.first || !collector.hasEnded();
  return { records: records.slice(0, request.first), hasMore, totalCount: collector.totalCount() };
}

function startOf(position: CursorPosition | undefined, sortBy: readonly string[]): PageStart {
  if (position === undefined) return { afterValue: undefined, offset: 0, repeats: 0 };
  const { afterValue, offset, lastCompleteValue, currentCount } = position;
  const sameSearch = { afterValue, offset, repeats: 0 };
  if (!isByValue(sortBy)) {
    if (offset >= maxOffset) throw noFurther();
    return sameSearch;
  }
  const newSearch = { afterValue: lastCompleteValue, offset: 0, repeats: currentCount };
  if (currentCount <= maxRereadRecords) return newSearch;
  if (offset < maxOffset) return sameSearch;
  if (lastCompleteValue !== afterValue) return newSearch;
  throw truncated();
}

/** Takes the rows of one search, call by call, and collects the records that are new. */
interface Collector {
  readonly records: readonly DeliveredRecord[];
  /** Of the next call. */
  offset(): number;
  /** The search has no more rows. */
  hasEnded(): boolean;
  totalCount(): number | null;
  /** How many of the rows to come may be dropped, at most. */
  maxRepeats(): number;
  /** Throws UpstreamError where the rows cannot be right. */
  add(page: Page): void;
}

function createCollector({ sortBy, position: start, terms, refused }: PageRequest, from: PageStart): Collector {
  const { afterValue } = from;
  const resumeFilter = createResumeFilter(start, from, sortBy[0] === 'value');
  const checkOrder = isByValue(sortBy) ? createOrderCheck() : () => {};
  const isRequested = createResponseCheck(terms);
  const ids = new Set<string>();
  const records: DeliveredRecord[] = [];
  let { offset } = from;
  let totalCount = start?.totalCount ?? null;
  let isInclusive = start?.isInclusive;
  let hasEnded = false;
  const last = (): CursorPosition | undefined => records.at(-1)?.position ?? start;

  const addRecord = (record: MappedRecord): void => {
    offset++;
    if (!isRequested(record)) throw malformed('Argus answered with a record that was not asked for.');
    if (ids.has(record.recordId)) return;
    ids.add(record.recordId);
    checkOrder(record.value);
    if (resumeFilter.wasDelivered(record)) return;
    const position = positionAfter(last(), record, { afterValue, offset, totalCount, isInclusive });
    records.push({ record, position });
  };

  return {
    records,
    offset: () => offset,
    hasEnded: () => hasEnded,
    totalCount: () => totalCount,
    maxRepeats: resumeFilter.maxRepeats,
    add(page) {
      const found = recordsOf(page, refused());
      if (afterValue === undefined) {
        totalCount = page.count;
        if (found.length < Math.min(page.limit, (page.count ?? 0) - offset)) throw missingRows();
      } else if (offset === 0 && found[0] !== undefined) isInclusive = isSameValue(found[0].value, afterValue);
      found.forEach(addRecord);
      const deliveredCount = last()?.deliveredCount ?? 0;
      hasEnded = isEnd(page, { rows: found.length, offset, afterValue, totalCount, deliveredCount });
    },
  };
}

/** After a call: the rows that it sent, and the sums so far. */
interface Progress {
  readonly rows: number;
  readonly offset: number;
  readonly afterValue: string | undefined;
  readonly totalCount: number | null;
  readonly deliveredCount: number;
}

/**
 * Behind an `afterValue`, the count may be of all records or of those behind it; Argus does not document which. The
 * search has ended only where that is true of both.
 */
function isEnd(page: Page, { rows, offset, afterValue, totalCount, deliveredCount }: Progress): boolean {
  const isShort = rows < page.limit;
  if (rows === 0) return true;
  if (page.count === null) return isShort;
  if (offset >= page.count) return true;
  return afterValue !== undefined && isShort && page.count === totalCount && deliveredCount >= page.count;
}

/** In the order of the page; a row that was sent twice is one. */
function recordsOf(page: Page, refused: MappedRecord['refused']): readonly MappedRecord[] {
  const records = new Map<string, MappedRecord>();
  for (const row of page.rows) {
    const record = wireRecord.safeParse(row);
    if (!record.success) throw unreadable(record.error);
    if (!records.has(record.data.id)) records.set(record.data.id, mapRecord(record.data, refused));
  }
  return [...records.values()];
}

const noFurther = () =>
  badInput(
    'In this order Argus reads 10,000 records and no more. Only an order by VALUE alone goes on: ' +
      'orderBy: [{ field: VALUE, direction: ASC }].',
    'orderBy',
  );
