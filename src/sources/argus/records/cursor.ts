/** A position as text, in a signed cursor. */
import { z } from 'zod';
import { type CursorFormat, type CursorKey, readSignedCursor, signCursor } from '../../signed-cursor.ts';
import type { CursorPosition } from './cursor-position.ts';
import type { TimeSpan } from './filter.ts';

const format: CursorFormat = { purpose: 'cursor', version: 1 };

/** A position, and the time span of `filter.time` as it was resolved for the first page. */
export interface CursorContent {
  readonly position: CursorPosition;
  readonly span: TimeSpan | undefined;
}

/** The JSON inside a cursor. Clients keep cursors, so its names do not follow ours: another shape needs a new version of the format. */
const storedPosition = z.object({
  delivered: z.int().min(1),
  total: z.int().nullable(),
  from: z.int().optional(),
  to: z.int().optional(),
  base: z.string().optional(),
  offset: z.int().min(1),
  edge: z.string().optional(),
  edgeSize: z.int().min(0),
  group: z.string(),
  inGroup: z.int().min(1),
  tags: z.string().optional(),
  isInclusive: z.boolean().optional(),
});
type StoredPosition = z.infer<typeof storedPosition>;

/** `JSON.stringify` leaves out what is undefined. */
const toStored = ({ position, span }: CursorContent) => ({
  delivered: position.deliveredCount,
  total: position.totalCount,
  offset: position.offset,
  edgeSize: position.lastCompleteCount,
  group: position.currentValue,
  inGroup: position.currentCount,
  base: position.afterValue,
  edge: position.lastCompleteValue,
  tags: position.seenIds,
  isInclusive: position.isInclusive,
  to: span?.to,
  from: span?.from,
});

const fromStored = (stored: StoredPosition): CursorContent => ({
  position: {
    deliveredCount: stored.delivered,
    totalCount: stored.total,
    afterValue: stored.base,
    offset: stored.offset,
    lastCompleteValue: stored.edge,
    lastCompleteCount: stored.edgeSize,
    currentValue: stored.group,
    currentCount: stored.inGroup,
    seenIds: stored.tags,
    isInclusive: stored.isInclusive,
  },
  span: stored.to === undefined ? undefined : { from: stored.from, to: stored.to },
});

export const encodeCursor = (content: CursorContent, key: CursorKey): string =>
  signCursor(toStored(content), key, format);

/** 'invalid': altered, or made for another credential. 'of another query': for another filter or order. */
export function decodeCursor(text: string, key: CursorKey): CursorContent | 'invalid' | 'of another query' {
  const read = readSignedCursor(text, key, format);
  return typeof read === 'string' ? read : fromStored(storedPosition.parse(read.content));
}
