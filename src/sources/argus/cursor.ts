/** Where a walk stands, as text that only its own filter, order and credential can read. Nothing is kept here for it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/**
 * The place behind one record. Argus's own cursor knows a value alone and many records may share one, so what is kept is
 * the last value that was delivered whole (`edge`) and how many records came after it.
 */
const place = z.object({
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
export type Place = z.infer<typeof place>;

/** Beyond so many the records of one value are told apart by their number alone, or cursors would grow without bound. */
const mostTags = 32;
const tagLength = 8;

const tagOf = (recordId: string): string =>
  createHash('sha256').update(recordId).digest('base64url').slice(0, tagLength);

/** Adds a record to those of its value; undefined: they are too many, now or before. */
export const tagOn = (tags: string | undefined, recordId: string): string | undefined =>
  tags === undefined || tags.length >= mostTags * tagLength ? undefined : tags + tagOf(recordId);

/** Whether a record is among them; undefined: nobody noted. */
export function readTags(tags: string | undefined): ((recordId: string) => boolean) | undefined {
  if (tags === undefined) return undefined;
  const known = new Set(tags.match(new RegExp(`.{${tagLength}}`, 'g')));
  return recordId => known.has(tagOf(recordId));
}

const version = 1;
const macBytes = 12;
const digestBytes = 6;

export interface CursorKey {
  /** Of the credential: whom one key shows a list, another may not. */
  readonly partition: string;
  /** Equal for equal filters and orders. */
  readonly identity: string;
}

export function encodeCursor(at: Place, key: CursorKey): string {
  const body = Buffer.concat([Buffer.from([version]), digestOf(key), Buffer.from(JSON.stringify(at))]);
  return Buffer.concat([macOf(body, key), body]).toString('base64url');
}

/** The place, or why there is none in that text. */
export function decodeCursor(text: string, key: CursorKey): Place | 'not ours' | 'of another question' {
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(macBytes);
  if (bytes.toString('base64url') !== text || body.length < 1 + digestBytes || body[0] !== version) return 'not ours';
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(body, key))) return 'not ours';
  if (!body.subarray(1, 1 + digestBytes).equals(digestOf(key))) return 'of another question';
  return place.parse(JSON.parse(body.subarray(1 + digestBytes).toString()));
}

const digestOf = ({ identity }: CursorKey): Buffer =>
  createHash('sha256').update(identity).digest().subarray(0, digestBytes);

const macOf = (body: Buffer, { partition }: CursorKey): Buffer =>
  createHmac('sha256', partition).update('cursor').update(body).digest().subarray(0, macBytes);
