import type { Deserialize, Serialize } from 'keyv';

/** What came out of Redis: unchecked but for its outline. */
export interface Row {
  readonly fact: unknown;
  readonly fetchedAt: number;
  /** By the writer's clock, epoch milliseconds. */
  readonly expiresAt: number;
  /** Characters of JSON. */
  readonly size: number;
}

/** In place of a row that cannot be one: corrupt, of another type, too large. */
export const garbage = 'garbage';

/**
 * Characters of JSON in one row. Larger facts stay in memory: one reply of many megabytes holds up all that waits behind
 * it on the connection.
 */
export const maxRowSize = 2 * 1024 * 1024;

/** Keyv's own JSON row, around an entry that is JSON already: each entry is stringified once, for both tiers. */
export const serialize: Serialize = ({ value, expires }) => `{"value":${String(value)},"expires":${expires ?? 0}}`;

/**
 * Never throws: Keyv 5.6 lets one bad row fail the whole getMany. Nor does it show Keyv when the row expires: Redis sees
 * to that, and Keyv would delete, on the word of this machine's clock, what other machines still use.
 */
export const deserialize: Deserialize = text => ({ value: readRow(text) });

// biome-ignore lint/suspicious/noExplicitAny: Keyv's Deserialize is generic in what it returns, so nothing else fits it
function readRow(text: string): any {
  if (text.length > maxRowSize) return garbage;
  try {
    return toRow(JSON.parse(text), text.length);
  } catch {
    return garbage;
  }
}

function toRow(stored: unknown, size: number): Row | typeof garbage {
  if (!isRecord(stored) || !isRecord(stored.value)) return garbage;
  const { fact, fetchedAt } = stored.value;
  if (fact === undefined || !isTime(fetchedAt) || !isTime(stored.expires)) return garbage;
  return { fact, fetchedAt, expiresAt: stored.expires, size };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
