/** Deeply readonly: facts are shared between operations. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/**
 * Deeply freezes a value and returns about how many characters of JSON it takes; undefined if JSON would change it. A
 * NaN, a Date, a Map, a class or a cycle would come back from Redis as something else, so that memory and Redis
 * disagreed. It does not recurse, because the upstream decides how deeply the value nests.
 */
export function freezeJson(value: unknown): number | undefined {
  const parts: object[] = [];
  let size = sizeOf(value, parts);
  let count = 0;
  for (let next = parts.pop(); next !== undefined && count + parts.length < maxParts; next = parts.pop()) {
    if (!isPlain(next)) return undefined;
    Object.freeze(next);
    size += Array.isArray(next) ? sizeOfItems(next, parts) : sizeOfProperties(next, parts);
    count += 1;
  }
  return Number.isFinite(size) && count + parts.length < maxParts ? size : undefined;
}

/** More than any response has; a cycle reaches it. */
const maxParts = 1_000_000;
/** Characters around a value: quotes, colons, commas, brackets. */
const punctuation = 2;
const typicalNumber = 6;

/** Infinite for a scalar that is not JSON. Objects and lists are added to `parts`, to be measured later. */
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

/** `for in` is twice as fast as Object.values here, and a plain object inherits nothing that it could list. */
function sizeOfProperties(record: object, parts: object[]): number {
  let size = 0;
  for (const name in record) {
    const value: unknown = record[name as keyof typeof record];
    // JSON leaves out a property that is undefined.
    if (value !== undefined) size += name.length + 2 * punctuation + sizeOf(value, parts);
  }
  return size;
}

/** JSON text, or undefined if the value nests too deeply. */
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
