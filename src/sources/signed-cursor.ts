/**
 * A cursor as text. Everything is in the text, so any replica can read it; it is signed, and valid only with the same
 * credential, filter and order.
 *
 *     base64url( signature (12 bytes) | version (1) | digest of filter and order (6) | content as JSON )
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const signatureBytes = 12;
const digestBytes = 6;

export interface CursorKey {
  /** Of the credential: two may see different rows. */
  readonly partition: string;
  /** Equal for equal filters and orders. */
  readonly identity: string;
}

export interface CursorFormat {
  /** What the cursors are of: one of another kind is invalid. */
  readonly purpose: string;
  /** Clients keep cursors, so another shape of the content needs a new one. One byte. */
  readonly version: number;
}

export function signCursor(content: object, key: CursorKey, format: CursorFormat): string {
  const json = Buffer.from(JSON.stringify(content));
  const body = Buffer.concat([Buffer.from([format.version]), digestOf(key), json]);
  return Buffer.concat([signatureOf(body, key, format), body]).toString('base64url');
}

/** The content; 'invalid': altered, or made for another credential; 'of another query': for another filter or order. */
export function readSignedCursor(
  text: string,
  key: CursorKey,
  format: CursorFormat,
): { readonly content: unknown } | 'invalid' | 'of another query' {
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(signatureBytes);
  if (bytes.toString('base64url') !== text || body.length < 1 + digestBytes || body[0] !== format.version)
    return 'invalid';
  if (!timingSafeEqual(bytes.subarray(0, signatureBytes), signatureOf(body, key, format))) return 'invalid';
  if (!body.subarray(1, 1 + digestBytes).equals(digestOf(key))) return 'of another query';
  return { content: JSON.parse(body.subarray(1 + digestBytes).toString()) };
}

const digestOf = ({ identity }: CursorKey): Buffer =>
  createHash('sha256').update(identity).digest().subarray(0, digestBytes);

const signatureOf = (body: Buffer, { partition }: CursorKey, { purpose }: CursorFormat): Buffer =>
  createHmac('sha256', partition).update(purpose).update(body).digest().subarray(0, signatureBytes);
