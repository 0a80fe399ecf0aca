/**
 * Freezes a value all the way down and says whether JSON carries it unchanged. A NaN, a Date, a Map or a class would come
 * back from Redis as something else, and the two tiers would disagree: what is not JSON is not cached at all.
 * For what `JSON.stringify` has accepted, which rules out cycles. No recursion: depth is the upstream's to choose.
 */
export function freezeJson(value: unknown): boolean {
  const pending: object[] = [];
  if (!admits(value, pending)) return false;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isPlain(next)) return false;
    Object.freeze(next);
    if (!(Array.isArray(next) ? admitsItems(next, pending) : admitsProperties(next, pending))) return false;
  }
  return true;
}

/** Scalars are judged in passing; only what has parts of its own has to wait. */
function admits(value: unknown, pending: object[]): boolean {
  if (typeof value !== 'object' || value === null) return isJsonScalar(value);
  pending.push(value);
  return true;
}

function admitsItems(list: readonly unknown[], pending: object[]): boolean {
  for (const item of list) if (!admits(item, pending)) return false;
  return true;
}

/** By `in`, which is half as dear as a list of the values: what is plain inherits nothing that could be counted. */
function admitsProperties(record: object, pending: object[]): boolean {
  for (const name in record) {
    const value: unknown = record[name as keyof typeof record];
    // An absent property and an undefined one are the same to JSON.
    if (value !== undefined && !admits(value, pending)) return false;
  }
  return true;
}

/** JSON text, or undefined for what JSON refuses (BigInt, cycles). */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function isJsonScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
