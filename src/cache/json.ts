/**
 * Freezes a value all the way down and says whether JSON carries it unchanged. A NaN, a Date, a Map or a class would come
 * back from Redis as something else, so that memory and Redis would disagree; what is not JSON is not cached at all.
 * Call it on what `JSON.stringify` has accepted: that rules out cycles. No recursion: depth is the upstream's to choose.
 */
export function freezeJson(value: unknown): boolean {
  const pending: unknown[] = [value];
  let isJson = value !== undefined;
  for (let next = pending.pop(); pending.length > 0 || next !== undefined; next = pending.pop()) {
    if (typeof next === 'object' && next !== null) {
      isJson = isPlain(next) && isJson;
      Object.freeze(next);
      for (const part of Object.values(next)) if (part !== undefined) pending.push(part);
    } else {
      isJson = isJsonScalar(next) && isJson;
    }
  }
  return isJson;
}

function isJsonScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return value.every(part => part !== undefined);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** JSON text, or undefined for what JSON refuses (BigInt, cycles). */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
