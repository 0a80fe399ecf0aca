/**
 * A position as text. Everything is in the text, so any replica can read it; it is signed, and valid only with the same
 * filter, order and credential:
 *
 *     base64url( signature (12 bytes) | version (1) | digest of filter and order (6) | position as JSON )
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { CursorPosition } from './cursor-position.ts';
import type { TimeSpan } from './filter.ts';

const version = 1;
const signatureBytes = 12;
const digestBytes = 6;

export interface CursorKey {
  /** Of the credential: two keys may read different lists. */
  readonly partition: string;
  /** Equal for equal filters and orders. */
  readonly identity: string;
}

/** A position, and the time span of `filter.time` as it was resolved for the first page. */
export interface CursorContent {
  readonly position: CursorPosition;
  readonly span: TimeSpan | undefined;
}

/** The JSON inside a cursor. Clients keep cursors, so its names do not follow ours: another shape needs a new `version`. */
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

export function encodeCursor(content: CursorContent, key: CursorKey): string {
  const json = Buffer.from(JSON.stringify(toStored(content)));
  const body = Buffer.concat([Buffer.from([version]), digestOf(key), json]);
  return Buffer.concat([signatureOf(body, key), body]).toString('base64url');
}

/** 'invalid': altered, or made for another credential. 'of another query': for another filter or order. */
export function decodeCursor(text: string, key: CursorKey): CursorContent | 'invalid' | 'of another query' {
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(signatureBytes);
  if (bytes.toString('base64url') !== text || body.length < 1 + digestBytes || body[0] !== version) return 'invalid';
  if (!timingSafeEqual(bytes.subarray(0, signatureBytes), signatureOf(body, key))) return 'invalid';
  if (!body.subarray(1, 1 + digestBytes).equals(digestOf(key))) return 'of another query';
  return fromStored(storedPosition.parse(JSON.parse(body.subarray(1 + digestBytes).toString())));
}

const digestOf = ({ identity }: CursorKey): Buffer =>
  createHash('sha256').update(identity).digest().subarray(0, digestBytes);

const signatureOf = (body: Buffer, { partition }: CursorKey): Buffer =>
  createHmac('sha256', partition).update('cursor').update(body).digest().subarray(0, signatureBytes);
