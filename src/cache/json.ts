/** What nobody changes, all the way down: a fact is everybody's who asks for it. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/**
 * Freezes a value all the way down and tells how many characters of JSON it takes, give or take a few; undefined where
 * JSON would not carry it unchanged. A NaN, a Date, a Map, a class or a cycle would come back from Redis as something else
 * or not at all, and the two tiers would disagree: what is not JSON is not cached. No recursion: depth is the upstream's to
 * choose.
 */
export function freezeJson(value: unknown): number | undefined {
  const parts: object[] = [];
  let size = sizeOf(value, parts);
  let count = 0;
  for (let next = parts.pop(); next !== undefined && count + parts.length < mostParts; next = parts.pop()) {
    if (!isPlain(next)) return undefined;
    Object.freeze(next);
    size += Array.isArray(next) ? sizeOfItems(next, parts) : sizeOfProperties(next, parts);
    count += 1;
  }
  return Number.isFinite(size) && count + parts.length < mostParts ? size : undefined;
}

/** More than any answer has, and what a cycle comes to. */
const mostParts = 1_000_000;
/** Room of what stands between values: quotes, colons, commas, brackets. */
const punctuation = 2;
const typicalNumber = 6;

/** Scalars are judged in passing, infinite where they are not JSON; only what has parts of its own has to wait. */
function sizeOf(value: unknown, parts: object[]): number {
  if (typeof value === 'string') return value.length + punctuation;
  if (typeof value === 'object' && value !== null) {
    parts.push(value);
    return punctuation;
  }
  return value === null || typeof value === 'boolean' || Number.isFinite(value)
    ? typicalNumber
    : Number.POSITIVE_INFINITY;
}

function sizeOfItems(list: readonly unknown[], parts: object[]): number {
  let size = 0;
  for (const item of list) size += sizeOf(item, parts);
  return size;
}

/** By `in`, which is half as dear as a list of the values: what is plain inherits nothing that could be counted. */
function sizeOfProperties(record: object, parts: object[]): number {
  let size = 0;
  for (const name in record) {
    const value: unknown = record[name as keyof typeof record];
    // An absent property and an undefined one are the same to JSON.
    if (value !== undefined) size += name.length + 2 * punctuation + sizeOf(value, parts);
  }
  return size;
}

/** JSON text, or undefined where it cannot be told (nested too deeply). */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
