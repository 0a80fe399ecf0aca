/** A place as text that only its own filter, order and credential can read. Nothing is kept here for it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type CursorPosition, cursorPosition } from './cursor-position.ts';

const version = 1;
const macBytes = 12;
const digestBytes = 6;

export interface CursorKey {
  /** Of the credential: whom one key shows a list, another may not. */
  readonly partition: string;
  /** Equal for equal filters and orders. */
  readonly identity: string;
}

export function encodeCursor(at: CursorPosition, key: CursorKey): string {
  const body = Buffer.concat([Buffer.from([version]), digestOf(key), Buffer.from(JSON.stringify(at))]);
  return Buffer.concat([macOf(body, key), body]).toString('base64url');
}

/** The place, or why there is none in that text. */
export function decodeCursor(text: string, key: CursorKey): CursorPosition | 'not ours' | 'of another question' {
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(macBytes);
  if (bytes.toString('base64url') !== text || body.length < 1 + digestBytes || body[0] !== version) return 'not ours';
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(body, key))) return 'not ours';
  if (!body.subarray(1, 1 + digestBytes).equals(digestOf(key))) return 'of another question';
  return cursorPosition.parse(JSON.parse(body.subarray(1 + digestBytes).toString()));
}

const digestOf = ({ identity }: CursorKey): Buffer =>
  createHash('sha256').update(identity).digest().subarray(0, digestBytes);

const macOf = (body: Buffer, { partition }: CursorKey): Buffer =>
  createHmac('sha256', partition).update('cursor').update(body).digest().subarray(0, macBytes);
