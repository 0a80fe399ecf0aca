import { createHash, timingSafeEqual } from 'node:crypto';

/** One entry of API_KEYS; the gateway has only the hash of the key. */
export interface ApiKeyEntry {
  readonly name: string;
  /** SHA-256 of the key: 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<string>;
}

/** A problem names an entry by its number, never by its text. */
export type ApiKeys =
  | { readonly entries: readonly ApiKeyEntry[]; readonly problem?: undefined }
  | { readonly entries?: undefined; readonly problem: string };

const entryPattern = /^([\w.@-]{1,64}):([0-9a-f]{64})(?::([^\s:+]+(?:\+[^\s:+]+)*))?$/i;

/**
 * Parses `name:sha256-hex-of-key[:scope+scope]`, separated by commas or line breaks. A name may occur several times, so
 * that an old and a new key work side by side. A key may not: it would have two owners.
 */
export function parseApiKeys(text: string): ApiKeys {
  const parts = text.split(/[,\n]/).map(part => part.trim());
  const entries: ApiKeyEntry[] = [];
  const seen = new Set<string>();
  for (const [index, part] of parts.filter(part => part !== '').entries()) {
    const entry = parseEntry(part);
    if (entry === undefined) return { problem: `entry ${index + 1} is not name:sha256-hex-of-key[:scope+scope]` };
    const digest = entry.digest.toString('hex');
    if (seen.has(digest)) return { problem: `entry ${index + 1} repeats the key of another` };
    seen.add(digest);
    entries.push(entry);
  }
  return entries.length === 0 ? { problem: 'holds no entry' } : { entries };
}

function parseEntry(text: string): ApiKeyEntry | undefined {
  const [, name, hex, scopes] = entryPattern.exec(text) ?? [];
  if (name === undefined || hex === undefined) return undefined;
  return { name, digest: Buffer.from(hex, 'hex'), scopes: new Set(scopes?.split('+')) };
}

/**
 * Finds a key's entry in constant time: the hash of the key is compared with every entry, also after a match, so the
 * time reveals neither how much of a guess was right nor the position of the entry.
 */
export function findEntry(
  entries: readonly ApiKeyEntry[],
  key: string,
  isEqual: (a: Buffer, b: Buffer) => boolean = timingSafeEqual,
): ApiKeyEntry | undefined {
  const digest = createHash('sha256').update(key).digest();
  let found = -1;
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined) continue;
    const matches = Number(isEqual(entry.digest, digest));
    // Arithmetic instead of an `if`, so that no branch depends on the comparison.
    found = matches * index + (1 - matches) * found;
  }
  return entries[found];
}
