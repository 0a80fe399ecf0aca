/**
 * The rows of one page, each once. `offset` reaches 10,000 rows; beyond, Argus has `afterValue`, which knows a value and
 * not a record. Many records may share one value, so a cursor at the page's edge would lose the rest of them (or, if
 * Argus begins with the value itself, repeat them). Therefore a page begins behind the last value that was delivered
 * whole, reads on from there, and drops what was delivered already: the same whether Argus begins behind that value or
 * with it, and unmoved by records that came or went before it meanwhile.
 */
import { badInput } from '../../../graphql/errors.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Page, SearchCriteria } from '../client.ts';
import { type ArgusRecord, mapRecord } from '../mapping.ts';
import { maxOffset } from '../search/read-all-pages.ts';
import { unreadable } from '../search/row-attribution.ts';
import { wireRecord } from '../wire.ts';
import { type CursorPosition, isSameValue, positionAfter } from './cursor-position.ts';
import type { SearchTerms } from './filter.ts';
import { createResponseCheck } from './response-check.ts';
import { createOrderCheck, createResumeFilter, type PageStart } from './resume-filter.ts';

export interface DeliveredRecord {
  readonly record: ArgusRecord;
  /** The place behind it. */
  readonly place: CursorPosition;
}

export interface RecordRows {
  readonly steps: readonly DeliveredRecord[];
  readonly hasMore: boolean;
  readonly total: number | null;
}

export interface PageRequest {
  readonly sortBy: readonly string[];
  readonly first: number;
  /** undefined: from the beginning. */
  readonly place: CursorPosition | undefined;
  readonly terms: SearchTerms;
  /** Properties that were asked for and cannot be had, as known when the rows are here. */
  readonly refused: () => ArgusRecord['refused'];
}

type Call = (at: Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>) => Promise<Page>;

const mostRows = 2500;
/** Delivered records of one value that are read again rather than trusted to an offset, under which a list may move. */
const mostReread = 1000;

/** Only an order by value alone has a cursor. */
const isEndless = (sortBy: readonly string[]): boolean => sortBy.length === 1 && /^-?value$/.test(sortBy[0] as string);

/** Reads one more record than the page has, which proves that another follows. */
export async function readPageAfter(ask: PageRequest, call: Call): Promise<RecordRows> {
  const begin = beginningOf(ask.place, ask.sortBy);
  const reader = openReader(ask, begin);
  const wanted = ask.first + 1;
  const cursor = begin.base === undefined ? {} : { afterValue: begin.base };
  while (!reader.hasEnded() && reader.steps.length < wanted) {
    const limit = Math.min(mostRows, maxOffset - reader.offset(), wanted - reader.steps.length + reader.toDrop());
    if (limit <= 0) break;
    reader.take(await call({ offset: reader.offset(), limit, ...cursor }));
  }
  if (!reader.hasEnded() && reader.steps.length === 0) throw outOfReach();
  const steps = reader.steps.slice(0, ask.first);
  return { steps, hasMore: reader.steps.length > ask.first || !reader.hasEnded(), total: reader.total() };
}

function beginningOf(place: CursorPosition | undefined, sortBy: readonly string[]): PageStart {
  if (place === undefined) return { base: undefined, offset: 0, again: 0 };
  const here = { base: place.base, offset: place.offset, again: 0 };
  if (!isEndless(sortBy)) {
    if (place.offset >= maxOffset) throw noFurther();
    return here;
  }
  const behindEdge = { base: place.edge, offset: 0, again: place.inGroup };
  if (place.inGroup <= mostReread) return behindEdge;
  if (place.offset < maxOffset) return here;
  if (place.edge !== place.base) return behindEdge;
  throw outOfReach();
}

interface Reader {
  readonly steps: readonly DeliveredRecord[];
  offset(): number;
  hasEnded(): boolean;
  total(): number | null;
  /** Rows that were delivered already and will come again. */
  toDrop(): number;
  take(page: Page): void;
}

function openReader({ sortBy, place: start, terms, refused }: PageRequest, begin: PageStart): Reader {
  const { base } = begin;
  const sieve = createResumeFilter(start, begin, sortBy[0] === 'value');
  const checkOrder = isEndless(sortBy) ? createOrderCheck() : () => {};
  const isAsked = createResponseCheck(terms);
  const seen = new Set<string>();
  const steps: DeliveredRecord[] = [];
  let { offset } = begin;
  let total = start?.total ?? null;
  let isInclusive = start?.isInclusive;
  let hasEnded = false;
  const last = (): CursorPosition | undefined => steps.at(-1)?.place ?? start;

  const read = (record: ArgusRecord): void => {
    offset++;
    if (!isAsked(record)) throw aboutAnother();
    if (seen.has(record.recordId)) return;
    seen.add(record.recordId);
    checkOrder(record.value);
    if (sieve.wasDelivered(record)) return;
    steps.push({ record, place: positionAfter(last(), record, { base, offset, total, isInclusive }) });
  };

  return {
    steps,
    offset: () => offset,
    hasEnded: () => hasEnded,
    total: () => total,
    toDrop: sieve.toDrop,
    take(page) {
      const records = recordsOf(page, refused());
      if (base === undefined) {
        total = page.count;
        if (records.length < Math.min(page.limit, (page.count ?? 0) - offset)) throw missing();
      } else if (offset === 0 && records[0] !== undefined) isInclusive = isSameValue(records[0].value, base);
      records.forEach(read);
      const delivered = last()?.delivered ?? 0;
      hasEnded = isEnd(page, { rows: records.length, offset, base, total, delivered });
    },
  };
}

interface Stand {
  readonly rows: number;
  readonly offset: number;
  readonly base: string | undefined;
  readonly total: number | null;
  readonly delivered: number;
}

/** A count behind a cursor may be of all or of the rest: only what holds under both readings ends a walk. */
function isEnd(page: Page, { rows, offset, base, total, delivered }: Stand): boolean {
  const isShort = rows < page.limit;
  if (rows === 0) return true;
  if (page.count === null) return isShort;
  if (offset >= page.count) return true;
  return base !== undefined && isShort && page.count === total && delivered >= page.count;
}

/** In the order of the page; a row that was sent twice is one. */
function recordsOf(page: Page, refused: ArgusRecord['refused']): readonly ArgusRecord[] {
  const records = new Map<string, ArgusRecord>();
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

const outOfReach = (): UpstreamError =>
  new UpstreamError('ARGUS', 'TRUNCATED', 'Argus holds more records of one value than it lets anybody read.');

const missing = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus sent fewer records than it counted.');

const aboutAnother = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus answered with a record that was not asked for.');
