/**
 * The position behind one delivered record, from which the next page goes on. Pure.
 *
 * Argus can go on behind a value (`afterValue`), not behind a record, and many records may share one value. A position
 * therefore names the last value that was delivered completely, and counts what was delivered of the value after it:
 *
 *     value      a   a   b   b   b   c   …
 *     record     1   2   3   4   5   6   …
 *                            ^
 *                            delivered so far: 1 to 4
 *
 *     lastCompleteValue  a, with lastCompleteCount 2
 *     currentValue       b, with currentCount 2 and seenIds of records 3 and 4
 */
import { createHash } from 'node:crypto';

export interface CursorPosition {
  /** Records delivered so far, on this page and all before it. */
  readonly deliveredCount: number;
  /** All that match, as counted on the first page; null: Argus could not count. */
  readonly totalCount: number | null;
  /** `afterValue` of the search that returned the record, and how many rows of that search were read. */
  readonly afterValue?: string | undefined;
  readonly offset: number;
  /** The value before the current one, and how many records it had. Undefined: the current value is the first. */
  readonly lastCompleteValue?: string | undefined;
  readonly lastCompleteCount: number;
  /** The value of the record, and how many records of it were delivered. */
  readonly currentValue: string;
  readonly currentCount: number;
  /**
   * Hashes of their ids, one after the other. Records of one value have no order, and some may appear or vanish between
   * two pages. Undefined: there are too many, so that only `currentCount` is known.
   */
  readonly seenIds?: string | undefined;
  /** Argus begins with the records of `afterValue` itself. Undefined: not known before its first use. */
  readonly isInclusive?: boolean | undefined;
}

/** What the search that returned a record knows. */
type SearchState = Pick<CursorPosition, 'totalCount' | 'offset' | 'afterValue' | 'isInclusive'>;

/** Argus may take spellings that differ in case for one value, so they are never separated. */
export const isSameValue = (a: string, b: string | undefined): boolean =>
  b !== undefined && a.toLowerCase() === b.toLowerCase();

/** The position behind the record that follows `last`; undefined: it is the first of all. */
export function positionAfter(
  last: CursorPosition | undefined,
  { recordId, value }: { readonly recordId: string; readonly value: string },
  search: SearchState,
): CursorPosition {
  const deliveredCount = (last?.deliveredCount ?? 0) + 1;
  if (last === undefined || !isSameValue(value, last.currentValue))
    return {
      ...search,
      deliveredCount,
      lastCompleteValue: last?.currentValue,
      lastCompleteCount: last?.currentCount ?? 0,
      currentValue: value,
      currentCount: 1,
      seenIds: hashOf(recordId),
    };
  const { lastCompleteValue, lastCompleteCount, currentValue, currentCount, seenIds } = last;
  return {
    ...search,
    deliveredCount,
    lastCompleteValue,
    lastCompleteCount,
    currentValue,
    currentCount: currentCount + 1,
    seenIds: withId(seenIds, recordId),
  };
}

/** The ids of a value with more records are not kept, or cursors would grow without bound. */
const maxSeenIds = 32;
const hashLength = 8;

const hashOf = (recordId: string): string =>
  createHash('sha256').update(recordId).digest('base64url').slice(0, hashLength);

const withId = (seenIds: string | undefined, recordId: string): string | undefined =>
  seenIds === undefined || seenIds.length >= maxSeenIds * hashLength ? undefined : seenIds + hashOf(recordId);

/** Whether a record is one of them; undefined: they were not kept. */
export function readSeenIds(seenIds: string | undefined): ((recordId: string) => boolean) | undefined {
  if (seenIds === undefined) return undefined;
  const hashes = new Set(seenIds.match(new RegExp(`.{${hashLength}}`, 'g')));
  return recordId => hashes.has(hashOf(recordId));
}
