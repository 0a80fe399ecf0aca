import type { Deserialize, Serialize } from 'keyv';

/** A row of Redis. Its shape is checked, its fact is not. */
export interface RedisRow {
  readonly fact: unknown;
  readonly fetchedAt: number;
  /** Epoch milliseconds by Redis's clock, like `fetchedAt`. */
  readonly expiresAt: number;
  /** Characters of JSON. */
  readonly size: number;
}

/** Stands for a row that is not JSON of this shape, or is too large. */
export const corrupt = 'corrupt';

/**
 * Characters of JSON in one row. Larger facts are kept in memory only: a reply of many megabytes would delay the
 * commands behind it on the connection.
 */
export const maxRowSize = 2 * 1024 * 1024;

/** A row is JSON of Keyv's format already: stringified once, and dated by Redis's clock, not by this machine's. */
export const serialize: Serialize = ({ value }) => String(value);

/**
 * Never throws, because in Keyv 5.6 one bad row fails the whole getMany. It hides the expiry from Keyv: Redis expires
 * the rows, and Keyv would delete by this machine's clock what other machines still use.
 */
export const deserialize: Deserialize = text => ({ value: readRow(text) });

// biome-ignore lint/suspicious/noExplicitAny: Keyv's Deserialize is generic in what it returns, so nothing else fits it
function readRow(text: string): any {
  if (text.length > maxRowSize) return corrupt;
  try {
    return toRow(JSON.parse(text), text.length);
  } catch {
    return corrupt;
  }
}

function toRow(stored: unknown, size: number): RedisRow | typeof corrupt {
  if (!isRecord(stored) || !isRecord(stored.value)) return corrupt;
  const { fact, fetchedAt } = stored.value;
  if (fact === undefined || !isTime(fetchedAt) || !isTime(stored.expires)) return corrupt;
  return { fact, fetchedAt, expiresAt: stored.expires, size };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
