/** Reads all records of some values, however many pages that takes, and says when it could not. */
import type { z } from 'zod';
import { type Indicator, indicatorKey, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Page, SearchCriteria } from '../client.ts';
import { type ArgusRecord, mapRecord } from '../mapping.ts';
import { rowSubject, wireRecord } from '../wire.ts';

/** `limit` + `offset` reach no further ("Searching for indicators"); beyond it is `afterValue`, or the other end. */
export const reach = 10_000;
const pageRows = 2500;

export type Ask = (page: Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>) => Promise<Page>;

/** All rows of a search, each once; `isTruncated`: there are more than Argus lets anybody read. */
export interface Walked {
  readonly rows: readonly unknown[];
  readonly isTruncated: boolean;
  /** More than one search can reach: fewer values would fit. */
  readonly isTooMany: boolean;
}

// None of these ever changes, so pages do not shift under a walk while records are updated; and hardly any two are equal.
const fromOldest = ['value', 'createdTimestamp', 'indicatorList', 'type'];
const fromNewest = fromOldest.map(field => `-${field}`);

/** `first` is the page that was read already, at offset 0 and sorted from the oldest. */
export async function walk(first: Page, ask: Ask, isSingleValue: boolean): Promise<Walked> {
  const rows = new Map<string, unknown>();
  if (!isSingleValue && (first.count ?? 0) > reach) return { rows: [], isTruncated: true, isTooMany: true };
  const end = await walkFrom(first, offset => ask({ offset, limit: limitAt(offset), sortBy: fromOldest }), rows);
  if (end !== 'beyond reach') return { rows: [...rows.values()], isTruncated: false, isTooMany: false };
  if (!isSingleValue) return { rows: [], isTruncated: true, isTooMany: true };
  const again = (offset: number) => ask({ offset, limit: limitAt(offset), sortBy: fromNewest });
  const otherEnd = await again(0);
  await walkFrom(otherEnd, again, rows);
  const isTruncated = otherEnd.count === null || rows.size < otherEnd.count;
  return { rows: [...rows.values()], isTruncated, isTooMany: false };
}

const limitAt = (offset: number): number => Math.min(pageRows, reach - offset);

export const firstPage = { offset: 0, limit: pageRows, sortBy: fromOldest } as const;

async function walkFrom(
  first: Page,
  next: (offset: number) => Promise<Page>,
  rows: Map<string, unknown>,
): Promise<'complete' | 'beyond reach'> {
  const isFromTheOtherEnd = rows.size > 0;
  const seen = new Set<string>();
  let hasRepeats = false;
  let offset = 0;
  let fruitless = 0;
  for (let page = first; ; page = await next(offset)) {
    const byId = new Map(page.rows.map((row, index) => [idOf(row) ?? `${offset}+${index}`, row]));
    const before = seen.size;
    for (const [id, row] of byId) {
      seen.add(id);
      rows.set(id, row);
    }
    const fresh = seen.size - before;
    hasRepeats ||= fresh < byId.size;
    // A row sent twice is one row; a page that Argus shortened goes on where it ended.
    offset += fresh === 0 ? page.limit : Math.min(fresh, page.limit);
    fruitless = fresh === 0 ? fruitless + 1 : 0;
    if (page.count === null ? page.rows.length < page.limit : offset >= page.count) {
      // Pages that overlap also leave gaps; where nobody counted, nothing else would tell.
      if (page.count === null ? hasRepeats : seen.size < page.count) throw missingRows();
      return 'complete';
    }
    if (isFromTheOtherEnd && rows.size >= (page.count ?? Number.POSITIVE_INFINITY)) return 'complete';
    if (page.rows.length === 0 || fruitless >= mostFruitless) throw missingRows();
    if (offset >= reach) return 'beyond reach';
  }
}

/** Pages in a row that repeat what is known: records may shift once under a walk, but not for ever. */
const mostFruitless = 2;

const missingRows = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus sent fewer records than it counted.');

const idOf = (row: unknown): string | undefined =>
  typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? row.id : undefined;

/** What was asked: an indicator, and the type names under which Argus may keep it. */
export interface Asked {
  readonly indicator: Indicator;
  readonly typeNames: readonly string[];
}

/**
 * Each indicator's own records, or why its row cannot be used. A row that nobody asked for spoils the whole answer: it
 * may stand in the place of somebody's own, and then that one would look clean.
 */
export function shareOut(
  rows: readonly unknown[],
  asked: readonly Asked[],
  refused: ArgusRecord['refused'],
): ReadonlyMap<string, readonly ArgusRecord[] | UpstreamError> {
  const shares = new Map<string, ArgusRecord[] | UpstreamError>(
    asked.map(({ indicator }) => [indicatorKey(indicator), []]),
  );
  const owner = ownerFinder(asked);
  const typeNames = new Set(asked.flatMap(one => one.typeNames));
  for (const row of rows) {
    const record = wireRecord.safeParse(row);
    const { value, type } = record.success ? record.data : subjectOf(row);
    const one = owner(value);
    if (one === undefined || !typeNames.has(type.shortName)) throw aboutAnother();
    // Of the type that another value of the search brought in: asked alone, this one would not have met it.
    if (!one.typeNames.includes(type.shortName)) continue;
    const key = indicatorKey(one.indicator);
    const share = shares.get(key);
    if (!record.success) shares.set(key, unreadable(record.error));
    else if (Array.isArray(share)) share.push(mapRecord(record.data, refused));
  }
  return shares;
}

function subjectOf(row: unknown): z.infer<typeof rowSubject> {
  const subject = rowSubject.safeParse(row);
  if (!subject.success) throw unreadable(subject.error);
  return subject.data;
}

export const unreadable = (cause: unknown): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus sent a record in a shape that is not documented.', { cause });

const aboutAnother = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus answered about another indicator.');

/** Whose a value is: by its canonical form, for Argus may spell it its own way. */
function ownerFinder(asked: readonly Asked[]): (value: string) => Asked | undefined {
  const byKey = new Map(asked.map(one => [indicatorKey(one.indicator), one]));
  const byText = new Map<string, Asked | undefined>(asked.map(one => [one.indicator.value, one]));
  return value => {
    if (!byText.has(value)) {
      const { indicator } = parseIndicator(value);
      byText.set(value, indicator && byKey.get(indicatorKey(indicator)));
    }
    return byText.get(value);
  };
}
