/**
 * The rows of one page, each once. `offset` reaches 10,000 rows; beyond, Argus has `afterValue`, which knows a value and
 * not a record. Many records may share one value, so a cursor at the page's edge would lose the rest of them (or, if
 * Argus begins with the value itself, repeat them). Therefore a page begins behind the last value that was delivered
 * whole, reads on from there, and drops what was delivered already: the same whether Argus begins behind that value or
 * with it, and unmoved by records that came or went before it meanwhile.
 */
import { badInput } from '../../graphql/errors.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import { createWitness } from './asked-for.ts';
import type { Page, SearchCriteria } from './client.ts';
import type { Terms } from './criteria.ts';
import { type Place, readTags, tagOn } from './cursor.ts';
import { type ArgusRecord, mapRecord } from './mapping.ts';
import { reach, unreadable } from './walk.ts';
import { wireRecord } from './wire.ts';

export interface Step {
  readonly record: ArgusRecord;
  /** The place behind it. */
  readonly place: Place;
}

export interface Stretch {
  readonly steps: readonly Step[];
  readonly hasMore: boolean;
  readonly total: number | null;
}

export interface StretchAsk {
  readonly sortBy: readonly string[];
  readonly first: number;
  /** undefined: from the beginning. */
  readonly place: Place | undefined;
  readonly terms: Terms;
  /** Properties that were asked for and cannot be had, as known when the rows are here. */
  readonly refused: () => ArgusRecord['refused'];
}

type Call = (at: Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>) => Promise<Page>;

const mostRows = 2500;
/** Delivered records of one value that are read again rather than trusted to an offset, under which a list may move. */
const mostReread = 1000;

/** Spellings that Argus may hold for one value: such a group is never parted. */
const fold = (value: string): string => value.toLowerCase();
const isSame = (a: string, b: string | undefined): boolean => b !== undefined && fold(a) === fold(b);

/** Only an order by value alone has a cursor. */
const isEndless = (sortBy: readonly string[]): boolean => sortBy.length === 1 && /^-?value$/.test(sortBy[0] as string);

/** Reads one more record than the page has, which proves that another follows. */
export async function readOn(ask: StretchAsk, call: Call): Promise<Stretch> {
  const reader = openReader(ask);
  const wanted = ask.first + 1;
  while (!reader.hasEnded && reader.steps.length < wanted) {
    const limit = Math.min(mostRows, reach - reader.offset, wanted - reader.steps.length + reader.toDrop());
    if (limit <= 0) break;
    reader.take(await call({ offset: reader.offset, limit, ...reader.cursor() }));
  }
  if (!reader.hasEnded && reader.steps.length === 0) throw outOfReach();
  const steps = reader.steps.slice(0, ask.first);
  return { steps, hasMore: reader.steps.length > ask.first || !reader.hasEnded, total: reader.total };
}

interface Reader {
  readonly steps: readonly Step[];
  readonly offset: number;
  readonly hasEnded: boolean;
  readonly total: number | null;
  cursor(): Pick<SearchCriteria, 'afterValue'>;
  /** Rows that were delivered already and will come again. */
  toDrop(): number;
  take(page: Page): void;
}

interface Beginning {
  readonly base: string | undefined;
  readonly offset: number;
  /** Records of `place.group` that come again. */
  readonly again: number;
}

function beginningOf(place: Place | undefined, sortBy: readonly string[]): Beginning {
  if (place === undefined) return { base: undefined, offset: 0, again: 0 };
  const here = { base: place.base, offset: place.offset, again: 0 };
  if (!isEndless(sortBy)) {
    if (place.offset >= reach) throw noFurther();
    return here;
  }
  const behindEdge = { base: place.edge, offset: 0, again: place.inGroup };
  if (place.inGroup <= mostReread) return behindEdge;
  if (place.offset < reach) return here;
  if (place.edge !== place.base) return behindEdge;
  throw outOfReach();
}

function openReader({ sortBy, place: start, terms, refused }: StretchAsk): Reader {
  const begin = beginningOf(start, sortBy);
  const { base } = begin;
  const isAsked = createWitness(terms);
  const seen = new Set<string>();
  /** Values that the walk has left behind: one that comes back was not sorted. */
  const left = new Set<string>();
  const steps: Step[] = [];
  let { offset, again } = begin;
  let place = start;
  let total = start?.total ?? null;
  let hasEnded = false;
  let isInclusive = start?.isInclusive;
  let isLeading = base !== undefined && offset === 0;
  let isInGroup = false;

  const isTagged = readTags(start?.tags);

  /** Delivered before, as a record of the value that the search began behind or of the one that the walk stands in. */
  const wasDelivered = ({ value, recordId }: ArgusRecord): boolean => {
    if (isLeading && isSame(value, base)) return true;
    if (isLeading) checkDirection(value);
    isLeading = false;
    const isOfGroup = again > 0 && isSame(value, start?.group);
    if (isInGroup && !isOfGroup) again = 0; // some of them are gone
    isInGroup ||= isOfGroup;
    if (!isOfGroup || isTagged?.(recordId) === false) return false;
    again--;
    return true;
  };

  const checkDirection = (value: string): void => {
    if (base === undefined || isSame(value, start?.group)) return;
    if (sortBy[0] === 'value' ? value < base : value > base) throw disorder();
  };

  const deliver = (record: ArgusRecord): void => {
    const isInSameGroup = isSame(record.value, place?.group);
    if (!isInSameGroup && isEndless(sortBy)) {
      if (left.has(record.value)) throw disorder();
      left.add(place?.group ?? '');
    }
    const tags = tagOn(isInSameGroup ? place?.tags : '', record.recordId);
    const before = isInSameGroup ? place : { edge: place?.group, edgeSize: place?.inGroup ?? 0 };
    place = {
      delivered: (place?.delivered ?? 0) + 1,
      total,
      ...(base !== undefined && { base }),
      offset,
      ...(before?.edge !== undefined && { edge: before.edge }),
      edgeSize: before?.edgeSize ?? 0,
      group: isInSameGroup && place !== undefined ? place.group : record.value,
      inGroup: isInSameGroup && place !== undefined ? place.inGroup + 1 : 1,
      ...(tags !== undefined && { tags }),
      ...(isInclusive !== undefined && { isInclusive }),
    };
    steps.push({ record, place });
  };

  /** A count behind a cursor may be of all or of the rest: only what holds under both readings ends a walk. */
  const isEnd = (page: Page, rows: number): boolean => {
    const isShort = rows < page.limit;
    if (rows === 0) return true;
    if (page.count === null) return isShort;
    if (offset >= page.count) return true;
    const delivered = place?.delivered ?? 0;
    return base !== undefined && isShort && page.count === total && delivered >= page.count;
  };

  return {
    steps,
    get offset() {
      return offset;
    },
    get hasEnded() {
      return hasEnded;
    },
    get total() {
      return total;
    },
    cursor: () => (base === undefined ? {} : { afterValue: base }),
    toDrop: () => again + (isLeading && isInclusive !== false ? Math.min(start?.edgeSize ?? 0, mostReread) : 0),
    take(page) {
      const records = recordsOf(page, refused());
      if (base === undefined) {
        total = page.count;
        const expected = Math.min(page.limit, (page.count ?? 0) - offset);
        if (records.length < expected) throw missing();
      }
      const isFirst = isLeading;
      for (const record of records) {
        offset++;
        if (!isAsked(record)) throw aboutAnother();
        if (seen.has(record.recordId)) continue;
        seen.add(record.recordId);
        if (wasDelivered(record)) continue;
        deliver(record);
      }
      if (isFirst && records[0] !== undefined) isInclusive = isSame(records[0].value, base);
      hasEnded = isEnd(page, records.length);
    },
  };
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

const disorder = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus did not keep to the order that was asked.');

const aboutAnother = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus answered with a record that was not asked for.');
