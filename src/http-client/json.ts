import { createSlices, isSliceOver } from '../slices.ts';
import { type ByteRange, beginSurvey, bytesPerPart, type LongList, surveyTo, UnreadableBody } from './json-survey.ts';

/**
 * Parses the JSON of an upstream more safely than JSON.parse: integers beyond 2^53-1 become decimal strings instead of
 * being rounded, and `__proto__` is dropped. Throws UnreadableBody for a number that would become infinite (`1e400`),
 * for deep nesting, before it is parsed, and for invalid JSON or UTF-8.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const survey = beginSurvey();
  surveyTo(bytes.length, bytes, survey);
  return parse(withQuotes(bytes, survey.longIntegers));
}

/** A smaller body is parsed in a few milliseconds. */
export const isLarge = (bytes: Uint8Array): boolean => bytes.length > 4 * bytesPerPart;

/** The same in slices: the items of a long list are parsed some at a time. Rejects where `parseJson` throws. */
export async function parseLargeJson(bytes: Uint8Array): Promise<unknown> {
  const slices = createSlices();
  const survey = beginSurvey();
  while (survey.at < bytes.length) {
    surveyTo(Math.min(survey.at + bytesPerPart, bytes.length), bytes, survey);
    if (isSliceOver()) await slices.next();
  }
  const { longIntegers, longLists } = survey;
  const rest = parse(withoutLists(bytes, longIntegers, longLists));
  const lists = new Map<unknown, readonly unknown[]>();
  for (const [index, { from, cuts, to }] of longLists.entries()) {
    const ends = [from, ...cuts, to];
    const items: unknown[] = [];
    for (const [part, end] of ends.slice(1).entries()) {
      for (const item of parsePart(bytes, [ends[part] as number, end], longIntegers)) items.push(item);
      if (isSliceOver()) await slices.next();
    }
    lists.set(placeOf(index), items);
  }
  putInPlace(Object(rest), lists);
  return rest;
}

/** The items between two delimiters of a list. */
function parsePart(bytes: Uint8Array, [from, to]: ByteRange, integers: readonly ByteRange[]): readonly unknown[] {
  const list = bytes.slice(from, to + 1);
  list[0] = 0x5b;
  list[list.length - 1] = 0x5d;
  const items = parse(withQuotes(list, within(integers, from, to))) as unknown[];
  // Of a list without a comma too many or too few.
  if (items.length === 0) throw new UnreadableBody('not JSON');
  return items;
}

const within = (ranges: readonly ByteRange[], start: number, end: number): readonly ByteRange[] =>
  ranges.flatMap(([from, to]) => (from >= start && to <= end ? [[from - start, to - start] as const] : []));

/** Stands for a list while the rest is parsed. No upstream knows it. */
const placeOf = (index: number): string => `${mark} ${index}`;
const mark = crypto.randomUUID();

function withoutLists(bytes: Uint8Array, integers: readonly ByteRange[], lists: readonly LongList[]): Uint8Array {
  let read = 0;
  const parts: Uint8Array[] = [];
  const copy = (to: number) => parts.push(withQuotes(bytes.subarray(read, to), within(integers, read, to)));
  for (const [index, { from, to }] of lists.entries()) {
    copy(from);
    parts.push(Buffer.from(JSON.stringify(placeOf(index))));
    read = to + 1;
  }
  copy(bytes.length);
  return Buffer.concat(parts);
}

/** A name that comes twice has its last value, as JSON.parse sees it. */
function putInPlace(whole: Record<string, unknown>, lists: ReadonlyMap<unknown, readonly unknown[]>): void {
  for (const name of Object.keys(whole)) if (lists.has(whole[name])) whole[name] = lists.get(whole[name]);
}

function parse(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  try {
    // A reviver makes parsing six times slower, so it is used only if the key may be there.
    return mayHoldProto.test(text) ? JSON.parse(text, dropProto) : JSON.parse(text);
  } catch {
    throw new UnreadableBody('not JSON');
  }
}

/** As it is, or with any of its characters (`_ p r o t`) escaped. */
const mayHoldProto = /"__proto__"|\\u00(?:5f|6f|7[024])/i;

function dropProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableBody('not UTF-8');
  }
}

/** Puts quotes around each range, so that the integer is parsed as a string. */
function withQuotes(bytes: Uint8Array, ranges: readonly ByteRange[]): Uint8Array {
  if (ranges.length === 0) return bytes;
  const quoted = new Uint8Array(bytes.length + 2 * ranges.length);
  let read = 0;
  let written = 0;
  const copy = (to: number) => {
    quoted.set(bytes.subarray(read, to), written);
    written += to - read;
    read = to;
  };
  const quote = () => {
    quoted[written] = 0x22;
    written += 1;
  };
  for (const [from, to] of ranges) {
    copy(from);
    quote();
    copy(to);
    quote();
  }
  copy(bytes.length);
  return quoted;
}
