/** Deeply readonly: facts are shared between operations. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** Deeper than anything that an upstream sends; a cycle reaches it. */
const maxDepth = 1000;

/**
 * JSON text; undefined if JSON would change the value. A NaN, a Date, a Map, a class or a cycle would come back as
 * something else. A property that is undefined is left out, which changes nothing for a reader.
 */
export const toJson = (value: unknown): string | undefined => (isJson(value, 0) ? JSON.stringify(value) : undefined);

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > maxDepth) return false;
  if (Array.isArray(value)) return isListOfJson(value, depth + 1);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && isRecordOfJson(value, depth + 1);
}

function isListOfJson(list: readonly unknown[], depth: number): boolean {
  for (const item of list) if (!isJson(item, depth)) return false;
  return true;
}

/** `for in` is twice as fast as Object.values here, and a plain object inherits nothing that it could list. */
function isRecordOfJson(record: object, depth: number): boolean {
  for (const name in record) {
    const value: unknown = record[name as keyof typeof record];
    if (value !== undefined && !isJson(value, depth)) return false;
  }
  return true;
}

/** Parses JSON that `toJson` made. All parts are frozen, for all readers share them. */
export function parseFrozen(json: string): unknown {
  const value: unknown = JSON.parse(json);
  freeze(value);
  return value;
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const name in value) freeze(value[name as keyof typeof value]);
}
