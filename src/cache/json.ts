/**
 * Freezes a value all the way down and says whether JSON carries it unchanged. A NaN, a Date, a Map or a class would come
 * back from Redis as something else, and the two tiers would disagree: what is not JSON is not cached at all.
 * For what `JSON.stringify` has accepted, which rules out cycles. No recursion: depth is the upstream's to choose.
 */
export function freezeJson(value: unknown): boolean {
  if (value === undefined) return false;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) {
      if (!isJsonScalar(next)) return false;
    } else {
      if (!isPlain(next)) return false;
      // An absent property and an undefined one are the same to JSON.
      for (const part of Object.values(Object.freeze(next))) if (part !== undefined) pending.push(part);
    }
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
  if (Array.isArray(value)) return !value.includes(undefined);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
