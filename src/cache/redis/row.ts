import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Deserialize, Serialize } from 'keyv';
import type { Secret } from '../../config/variables.ts';
import { isFactJson } from '../json.ts';

/** A row of Redis that is about its key. Its shape is checked, its fact is not. */
interface RedisRow {
  readonly fact: unknown;
  readonly fetchedAt: number;
  /** Epoch milliseconds by Redis's clock, like `fetchedAt`. */
  readonly expiresAt: number;
  /** Characters of JSON. */
  readonly size: number;
}

/**
 * Why a row is not used. `miss`: written by a release whose rows did not say what they are about. `corrupt`: not JSON of this
 * shape, too large, or too deep. `foreign`: the row of another key. `unsigned`: without a valid signature where one is required.
 */
export type RowProblem = 'miss' | 'corrupt' | 'foreign' | 'unsigned';

export interface RowFormat {
  /** `json`: the fact. Times in epoch milliseconds by Redis's clock. */
  write(key: string, json: string, fetchedAt: number, expiresAt: number): string;
  /** Never throws: one bad row must not cost the others. */
  read(key: string, text: string): RedisRow | RowProblem;
}

/**
 * Characters of JSON in one row, fewer than any upstream may send in one body. Larger facts are kept in memory only: a reply
 * of many megabytes would delay the commands behind it on the connection.
 */
export const maxRowSize = 2 * 1024 * 1024;

/** A row is JSON of Keyv's format already: stringified once, and dated by Redis's clock, not by this machine's. */
export const serialize: Serialize = ({ value }) => String(value);

/**
 * Rows are parsed when they are taken, one after the other: all in one piece they would hold everybody up. It hides the
 * expiry from Keyv: Redis expires the rows, and Keyv would delete by this machine's clock what other machines still use.
 */
export const deserialize: Deserialize = text => ({ value: text as never });

/**
 * A row holds its key, and with it source, partition and value: whatever reply it comes in, it is believed about nothing
 * else. With `hmacKey` it is signed, and one that is not is not believed.
 */
export function createRowFormat(hmacKey?: Secret): RowFormat {
  const sign = hmacKey && createSigner(hmacKey);
  return {
    write(key, json, fetchedAt, expiresAt) {
      const content = `{"key":${JSON.stringify(key)},"value":{"fact":${json},"fetchedAt":${fetchedAt}},"expires":${expiresAt}`;
      return sign === undefined ? `${content}}` : `${content}${signatureBefore}${sign(content)}"}`;
    },
    read(key, text) {
      if (text.length > maxRowSize) return 'corrupt';
      if (sign !== undefined && !isSigned(text, sign)) return 'unsigned';
      try {
        const row = toRow(JSON.parse(text), key, text.length);
        // What a gateway has signed it had looked at.
        return typeof row === 'string' || sign !== undefined || isFactJson(row.fact) ? row : 'corrupt';
      } catch {
        return 'corrupt';
      }
    },
  };
}

type Sign = (content: string) => string;

function createSigner(secret: Secret): Sign {
  let last: { readonly value: string; readonly key: KeyObject } | undefined;
  return content => {
    const value = secret.read();
    if (last?.value !== value) last = { value, key: createSecretKey(Buffer.from(value)) };
    return createHmac('sha256', last.key).update(content).digest('base64url');
  };
}

/** The signature is the last member, so that the row is JSON to a gateway that does not ask for it. */
const signatureBefore = ',"hmac":"';
const signatureLength = 43;
const tailLength = signatureBefore.length + signatureLength + 2;

function isSigned(text: string, sign: Sign): boolean {
  const right = Buffer.from(`${signatureBefore}${sign(text.slice(0, -tailLength))}"}`);
  const given = Buffer.from(text.slice(-tailLength));
  return given.length === right.length && timingSafeEqual(given, right);
}

function toRow(stored: unknown, key: string, size: number): RedisRow | RowProblem {
  if (!isRecord(stored) || !isRecord(stored.value)) return 'corrupt';
  const { fact, fetchedAt } = stored.value;
  if (fact === undefined || !isTime(fetchedAt) || !isTime(stored.expires)) return 'corrupt';
  if (stored.key !== key) return stored.key === undefined ? 'miss' : 'foreign';
  return { fact, fetchedAt, expiresAt: stored.expires, size };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
