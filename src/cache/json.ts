import { giveWay, isSliceOver, type Later } from '../slices.ts';

/** Deeply readonly: facts are shared between operations. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** Bodies of upstreams nest no deeper than 64 levels, and no fact is deeper than its body; a cycle reaches it. */
const maxDepth = 64;

/**
 * JSON text; undefined if JSON would change the value. A NaN, a Date, a Map, a class or a cycle would come back as
 * something else. A property that is undefined is left out, which changes nothing for a reader.
 */
export const toJson = (value: unknown): string | undefined => toJsonAt(value, 0);

const toJsonAt = (value: unknown, depth: number): string | undefined =>
  isJson(value, depth) ? JSON.stringify(value) : undefined;

/** JSON that may be a fact: no deeper, and without `__proto__`, like the bodies of upstreams. */
export const isFactJson = (value: unknown): boolean => isJson(value, 0);

/** The same of what has long lists in slices, and of everything else at once. */
export function toJsonInSlices(value: unknown): Later<string | undefined> {
  const longest = isPlain(value) ? longestListOf(value) : 0;
  if (longest > itemsPerPart) return longToJson(value as object);
  return longest > maxShortList && isSliceOver() ? giveWay().then(() => toJson(value)) : toJson(value);
}

/** So many items take a fraction of a millisecond. */
const maxShortList = 10;
const itemsPerPart = 100;

function longestListOf(value: object): number {
  let longest = 0;
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value];
    if (Array.isArray(member)) longest = Math.max(longest, member.length);
  }
  return longest;
}

async function longToJson(value: object): Promise<string | undefined> {
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') return undefined;
    if (member === undefined) continue;
    const text = Array.isArray(member) ? await listToJson(member) : toJsonAt(member, 1);
    if (text === undefined) return undefined;
    members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join()}}`;
}

async function listToJson(list: readonly unknown[]): Promise<string | undefined> {
  const parts: string[] = [];
  for (let from = 0; from < list.length; from += itemsPerPart) {
    if (isSliceOver()) await giveWay();
    const text = toJsonAt(list.slice(from, from + itemsPerPart), 1);
    if (text === undefined) return undefined;
    parts.push(text.slice(1, -1));
  }
  return `[${parts.join()}]`;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= maxDepth) return false;
  if (Array.isArray(value)) return isListOfJson(value, depth + 1);
  return isPlain(value) && isRecordOfJson(value, depth + 1);
}

function isListOfJson(list: readonly unknown[], depth: number): boolean {
  for (const item of list) if (!isJson(item, depth)) return false;
  return true;
}

/** `for in` is twice as fast as Object.values here, and a plain object inherits nothing that it could list. */
function isRecordOfJson(record: object, depth: number): boolean {
  for (const name in record) {
    const value: unknown = record[name as keyof typeof record];
    if (name === '__proto__' || (value !== undefined && !isJson(value, depth))) return false;
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
