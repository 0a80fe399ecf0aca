/**
 * Reads an object of an upstream of which a part is not as we know it: what only decorates falls to null by itself, and
 * never costs what else was sent.
 */
import { type Kind, text } from './tolerant-kinds.ts';

/** Called with the name of each field that could not be read and is null. */
export type OnUnreadable = (field: string) => void;

type SentObject = Readonly<Record<string, unknown>>;

/** An object that is being read, or one that lies in it. */
export interface SentPart {
  readonly sent: SentObject;
  /** Its field of the whole; empty: it is the whole. Without the indexes of lists and the keys of records, which an upstream chooses. */
  readonly path: string;
  /** What could not be read of the whole: `signal_severity.count`. A field may be named more than once. */
  readonly lost: string[];
}

export const isObject = (sent: unknown): sent is SentObject =>
  typeof sent === 'object' && sent !== null && !Array.isArray(sent);

export const wholeOf = (sent: SentObject): SentPart => ({ sent, path: '', lost: [] });

/** Tells of each field that was lost, once. */
export function tellLost({ lost }: SentPart, onUnreadable: OnUnreadable): void {
  if (lost.length > 0) for (const name of new Set(lost)) onUnreadable(name);
}

/** The path of a field: `properties.descriptor`. */
const pathTo = ({ path }: SentPart, name: string): string => (path === '' ? name : `${path}.${name}`);

export function lose(part: SentPart, name: string): null {
  part.lost.push(pathTo(part, name));
  return null;
}

/** Null: it is not set, or cannot be read. */
export function fieldOf<Value>(part: SentPart, name: string, kind: Kind<Value>): Value | null {
  const value = kind(part.sent[name]);
  return value === undefined ? lose(part, name) : value;
}

/** A field that is an object, or an object in the list that it is. Null: it is not set, or no object. */
export function partOf(part: SentPart, name: string, sent: unknown = part.sent[name]): SentPart | null {
  if (isObject(sent)) return { sent, path: pathTo(part, name), lost: part.lost };
  return sent == null ? null : lose(part, name);
}

/** Null: it is not set, or no list. */
export function listOf(part: SentPart, name: string, sent: unknown = part.sent[name]): readonly unknown[] | null {
  if (Array.isArray(sent)) return sent;
  return sent == null ? null : lose(part, name);
}

/** The items that can be read, without those that are null. */
export function itemsOf<Value>(part: SentPart, name: string, sent: readonly unknown[], kind: Kind<Value>): Value[] {
  const items: Value[] = [];
  for (const one of sent) {
    const item = kind(one);
    if (item === undefined) lose(part, name);
    else if (item !== null) items.push(item);
  }
  return items;
}

/** One item by itself is a list of one, and null is an empty list. */
export const asList = (sent: unknown): readonly unknown[] => (Array.isArray(sent) ? sent : sent == null ? [] : [sent]);

export const textsOf = (part: SentPart, name: string, sent: unknown = part.sent[name]): string[] =>
  itemsOf(part, name, asList(sent), text);
