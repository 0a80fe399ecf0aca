import { createHash, timingSafeEqual } from 'node:crypto';

/** One line of API_KEYS. The key itself is known to its owner alone. */
export interface ApiKeyEntry {
  readonly name: string;
  /** SHA-256 of the key: 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<string>;
}

/** Problems speak of entries by their number, never by their text. */
export type ApiKeys =
  | { readonly entries: readonly ApiKeyEntry[]; readonly problem?: undefined }
  | { readonly entries?: undefined; readonly problem: string };

const entryPattern = /^([\w.@-]{1,64}):([0-9a-f]{64})(?::([^\s:+]+(?:\+[^\s:+]+)*))?$/i;

/**
 * `name:sha256-hex-of-key[:scope+scope]`, separated by commas or, in a file, by lines. A name may stand more than once,
 * so that an old and a new key work side by side; a key may not, for it would have two owners.
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
 * The entry of a key, if it has one. The key is hashed, and every entry is compared in full whether or not one matched
 * already: the time tells neither how much of a guess was right nor where in the list its owner stands.
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
    // Arithmetic where an `if` would do: no branch depends on the outcome.
    found = matches * index + (1 - matches) * found;
  }
  return entries[found];
}
