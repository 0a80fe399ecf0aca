/**
 * Where a walk stands: right behind one record. Argus's own cursor knows a value alone and many records may share one, so
 * what is kept is the last value that was delivered whole (`edge`) and what came after it. Pure.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const cursorPosition = z.object({
  /** Records delivered so far. */
  delivered: z.int().min(1),
  /** All that match, as counted when the walk began. */
  total: z.int().nullable(),
  /** Of `filter.time`, resolved when the walk began. */
  from: z.int().optional(),
  to: z.int().optional(),
  /** `afterValue` of the search that brought the record, and how many of its rows were read. */
  base: z.string().optional(),
  offset: z.int().min(1),
  /** The last value before this record's, and how many records it had. */
  edge: z.string().optional(),
  edgeSize: z.int().min(0),
  /** This record's value, and how many of its records were delivered. */
  group: z.string(),
  inGroup: z.int().min(1),
  /** Which ones, while they are few: equal values have no order of their own, and some may come or go meanwhile. */
  tags: z.string().optional(),
  /** Whether Argus begins with the records of `afterValue` itself; unknown until it was used. */
  isInclusive: z.boolean().optional(),
});
export type CursorPosition = z.infer<typeof cursorPosition>;

/** What the search that brings a record knows. */
type Around = Pick<CursorPosition, 'total' | 'offset'> & {
  readonly base: string | undefined;
  readonly isInclusive: boolean | undefined;
};

/** Spellings that Argus may hold for one value: such a group is never parted. */
export const isSameValue = (a: string, b: string | undefined): boolean =>
  b !== undefined && a.toLowerCase() === b.toLowerCase();

/** The place behind the next record. */
export function positionAfter(
  last: CursorPosition | undefined,
  { recordId, value }: { readonly recordId: string; readonly value: string },
  { base, isInclusive, total, offset }: Around,
): CursorPosition {
  const same = isSameValue(value, last?.group) ? last : undefined;
  const edge = same === undefined ? last?.group : same.edge;
  const tags = tagOn(same === undefined ? '' : same.tags, recordId);
  return {
    delivered: (last?.delivered ?? 0) + 1,
    total,
    offset,
    edgeSize: same === undefined ? (last?.inGroup ?? 0) : same.edgeSize,
    group: same?.group ?? value,
    inGroup: (same?.inGroup ?? 0) + 1,
    ...(base !== undefined && { base }),
    ...(edge !== undefined && { edge }),
    ...(tags !== undefined && { tags }),
    ...(isInclusive !== undefined && { isInclusive }),
  };
}

/** Beyond so many the records of one value are told apart by their number alone, or cursors would grow without bound. */
const mostTags = 32;
const tagLength = 8;

const tagOf = (recordId: string): string =>
  createHash('sha256').update(recordId).digest('base64url').slice(0, tagLength);

/** Adds a record to those of its value; undefined: they are too many, now or before. */
const tagOn = (tags: string | undefined, recordId: string): string | undefined =>
  tags === undefined || tags.length >= mostTags * tagLength ? undefined : tags + tagOf(recordId);

/** Whether a record is among them; undefined: nobody noted. */
export function readTags(tags: string | undefined): ((recordId: string) => boolean) | undefined {
  if (tags === undefined) return undefined;
  const known = new Set(tags.match(new RegExp(`.{${tagLength}}`, 'g')));
  return recordId => known.has(tagOf(recordId));
}
