/** Where a page goes on: an offset, with what was seen before it, so that rows that move are noticed. */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type CursorFormat, type CursorKey, readSignedCursor, signCursor } from '../../signed-cursor.ts';

export interface PagePosition {
  /** Rows of Datadog's list before this place. */
  readonly offset: number;
  /** How many rows there were in all; null: Datadog did not say. */
  readonly count: number | null;
  /** Hashes of the identities of the rows before, the last hundred, one after the other. */
  readonly seen: string;
}

const format: CursorFormat = { purpose: 'threat indicators', version: 1 };
const stored = z.object({ offset: z.int().min(0), count: z.int().nullable(), seen: z.string() });

export const encodePosition = (position: PagePosition, key: CursorKey): string => signCursor(position, key, format);

export function decodePosition(text: string, key: CursorKey): PagePosition | 'invalid' | 'of another query' {
  const read = readSignedCursor(text, key, format);
  return typeof read === 'string' ? read : stored.parse(read.content);
}

const hashLength = 8;
const most = 100;

/** Keyed, so that nobody can make two values that are taken for one. */
export const hashOf = (identity: string, { partition }: CursorKey): string =>
  createHmac('sha256', partition).update(identity).digest('base64url').slice(0, hashLength);

export const withSeen = (seen: string, hashes: readonly string[]): string =>
  (seen + hashes.join('')).slice(-most * hashLength);

export const seenIn = (seen: string): ReadonlySet<string> =>
  new Set(seen.match(new RegExp(`.{${hashLength}}`, 'g')) ?? []);
