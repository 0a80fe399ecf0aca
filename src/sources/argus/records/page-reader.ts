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
import { eachInSlices, type Slices } from '../../../slices.ts';
import type { OnUnreadable } from '../../tolerant-read.ts';
import { maxOffset, rowsPerCall, type SearchCriteria } from '../client.ts';
import { doubtful, malformed, truncated, unreadable } from '../errors.ts';
import { type MappedRecord, mapRecord } from '../mapping.ts';
import { mayBeCut, type Page } from '../page.ts';
import { readRecord } from '../wire.ts';
import { type CursorPosition, isSameValue, positionAfter } from './cursor-position.ts';
import type { FilterTerms } from './filter.ts';
import { isByValue, startOf } from './page-start.ts';
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
  readonly onUnreadable: OnUnreadable;
  /** In which its rows are read. */
  readonly slices: Slices;
}

/** Which rows of a search a call reads. */
export type PageRows = Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>;

interface ReadPage extends Page {
  /** Which of the requested properties were rejected. */
  readonly refused: MappedRecord['refused'];
}

/** undefined: there were enough calls. */
export type ReadRows = (at: PageRows) => Promise<ReadPage | undefined>;

/** Rows may move once or twice while a page is read, but not for ever. */
const maxReadings = 3;

/** Reads one more record than the page holds, which proves that there is a next page. */
export async function readPage(request: PageRequest, readRows: ReadRows): Promise<PageRecords> {
  for (let times = 0; times < maxReadings; times++) {
    const page = await readOnce(request, readRows);
    if (page !== 'moved') return page;
  }
  throw doubtful('moving');
}

/** Each call after the first begins with the last row of the one before it: where that is not there, rows have moved. */
async function readOnce(request: PageRequest, readRows: ReadRows): Promise<PageRecords | 'moved'> {
  const start = startOf(request.position, request.sortBy);
  const collector = createCollector(request, start);
  const { records } = collector;
  const wanted = request.first + 1;
  const search = start.afterValue === undefined ? {} : { afterValue: start.afterValue };
  while (!collector.hasEnded() && records.length < wanted) {
    const overlap = collector.overlap();
    const offset = collector.offset() - overlap;
    const needed = wanted - records.length + collector.maxRepeats() + overlap;
    const limit = Math.min(rowsPerCall, maxOffset - offset, needed);
    if (limit <= overlap) break;
    const page = await readRows({ offset, limit, ...search });
    if (page === undefined) return cutShort(collector);
    if (!(await collector.add(page, overlap))) return 'moved';
  }
  // Where Argus lets nobody read on, only its count can tell whether there is more.
  const hasEnded = collector.hasEnded() || (collector.offset() >= maxOffset && collector.isAllCounted());
  if (!hasEnded && records.length === 0) throw truncated();
  // Argus says that something is left out: the end of what it sent is not the end.
  if (collector.isPartial() && records.length === 0) throw doubtful('partial');
  const hasMore = records.length > request.first || !hasEnded || collector.isPartial();
  return { records: records.slice(0, request.first), hasMore, totalCount: collector.totalCount() };
}

/** The records so far are a page, which the next one goes on from. */
function cutShort({ records, totalCount }: Collector): PageRecords {
  if (records.length === 0) throw doubtful('pages');
  return { records, hasMore: true, totalCount: totalCount() };
}

/** Takes the rows of one search, call by call, and collects the records that are new. */
interface Collector {
  readonly records: readonly DeliveredRecord[];
  /** How many rows of the search were read. */
  offset(): number;
  /** How many of them the next call is to begin with. */
  overlap(): 0 | 1;
  /** The search has no more rows. */
  hasEnded(): boolean;
  totalCount(): number | null;
  /** As many rows were read as Argus counts. */
  isAllCounted(): boolean;
  /** One of the pages says that it is not complete. */
  isPartial(): boolean;
  /** How many of the rows to come may be dropped, at most. */
  maxRepeats(): number;
  /** False: they do not go on from the rows before. Rejects with UpstreamError where the rows cannot be right. */
  add(page: ReadPage, overlap: 0 | 1): Promise<boolean>;
}

function createCollector(
  { sortBy, position: start, terms, onUnreadable, slices }: PageRequest,
  from: PageStart,
): Collector {
  const { afterValue } = from;
  const resumeFilter = createResumeFilter(start, from, sortBy[0] === 'value');
  const checkOrder = isByValue(sortBy) ? createOrderCheck() : () => {};
  const relationOf = createResponseCheck(terms);
  /** In the order in which they were read. */
  const ids = new Set<string>();
  const records: DeliveredRecord[] = [];
  let lastId: string | undefined;
  let [canOverlap, isPartial] = [false, false];
  let { offset } = from;
  let totalCount = start?.totalCount ?? null;
  let isInclusive = start?.isInclusive;
  let hasEnded = false;
  const last = (): CursorPosition | undefined => records.at(-1)?.position ?? start;
  const deliveredCount = (): number => last()?.deliveredCount ?? 0;

  const addRecord = (record: MappedRecord): void => {
    offset++;
    ids.add(record.recordId);
    lastId = record.recordId;
    const relation = relationOf(record);
    if (relation === 'foreign') throw malformed('Argus answered with a record that was not asked for.');
    if (relation === 'covering') return;
    checkOrder(record.value);
    if (resumeFilter.wasDelivered(record)) return;
    const position = positionAfter(last(), record, { afterValue, offset, totalCount, isInclusive });
    records.push({ record, position });
  };

  return {
    records,
    offset: () => offset,
    overlap: () => (canOverlap ? 1 : 0),
    hasEnded: () => hasEnded,
    totalCount: () => totalCount,
    isPartial: () => isPartial,
    isAllCounted: () => afterValue === undefined && totalCount !== null && offset >= totalCount,
    maxRepeats: resumeFilter.maxRepeats,
    async add(page, overlap) {
      const found = await recordsOf(page, onUnreadable, slices);
      const last = overlap === 0 ? -1 : found.findIndex(({ recordId }) => recordId === lastId);
      if (overlap === 1 && (last < 0 || found.slice(0, last).some(({ recordId }) => !ids.has(recordId)))) return false;
      if (afterValue === undefined) totalCount = page.count;
      else if (offset === 0 && found[0] !== undefined) isInclusive = isSameValue(found[0].value, afterValue);
      const added = found.slice(last + 1).filter(({ recordId }) => !ids.has(recordId));
      await eachInSlices(added, addRecord, slices);
      isPartial ||= page.partialReason !== undefined;
      canOverlap = page.limit > 1 && found.length > 0;
      hasEnded = isEnd(page, { added: added.length, offset, afterValue, totalCount, deliveredCount: deliveredCount() });
      return true;
    },
  };
}

/** After a call: the rows that it added, and the sums so far. */
interface Progress {
  readonly added: number;
  readonly offset: number;
  readonly afterValue: string | undefined;
  readonly totalCount: number | null;
  readonly deliveredCount: number;
}

/**
 * A page that may have been cut is no end, whatever the count says. Behind an `afterValue`, the count may be of all
 * records or of those behind it; Argus does not document which. The search has ended only where that is true of both.
 */
function isEnd(page: Page, { added, offset, afterValue, totalCount, deliveredCount }: Progress): boolean {
  if (added === 0) return true;
  if (mayBeCut(page)) return false;
  if (page.count === null || offset >= page.count) return true;
  return afterValue !== undefined && page.count === totalCount && deliveredCount >= page.count;
}

/** In the order of the page; a row that was sent twice is one. */
async function recordsOf(
  { rows, refused }: ReadPage,
  onUnreadable: OnUnreadable,
  slices: Slices,
): Promise<readonly MappedRecord[]> {
  const records = new Map<string, MappedRecord>();
  const readRow = (row: unknown): void => {
    const wire = readRecord(row, onUnreadable);
    if (wire === undefined) throw unreadable('a record without a value');
    const record = mapRecord(wire, refused);
    if (!records.has(record.recordId)) records.set(record.recordId, record);
  };
  await eachInSlices(rows, readRow, slices);
  return [...records.values()];
}
