/** What must be known of the bytes of a JSON text before they are parsed. */

/** The body is not JSON, or not within our limits. The message quotes nothing of the body. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** Deeper than any response of an upstream. (500,000 levels would cost half a gigabyte to parse.) */
const maxDepth = 64;
/** 2^53 has sixteen digits. */
const maxSafeLength = 15;

export type ByteRange = readonly [from: number, to: number];

/** A list right below the outermost object or list, which is long. */
export interface LongList {
  /** Its first bracket. */
  readonly from: number;
  /** Commas between its items, some way apart. */
  readonly cuts: readonly number[];
  /** Its last bracket. */
  readonly to: number;
}

/** How far the bytes have been read. */
export interface Survey {
  at: number;
  depth: number;
  /** The integers that a number cannot represent. */
  readonly longIntegers: ByteRange[];
  readonly longLists: LongList[];
  /** The list that is being read, if it may become a long one; its first bracket is at -1 otherwise. */
  list: { from: number; cuts: number[] };
}

/** Items of a long list are cut into parts of at least so many bytes. */
export const bytesPerPart = 64 * 1024;

const noList = () => ({ from: -1, cuts: [] });

export const beginSurvey = (): Survey => ({ at: 0, depth: 0, longIntegers: [], longLists: [], list: noList() });

/**
 * Reads on to that byte or a little beyond. Throws UnreadableBody if the value nests too deeply, or has a number that would
 * become infinite.
 */
export function surveyTo(end: number, bytes: Uint8Array, survey: Survey): void {
  let { at, depth, list } = survey;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x22) at = endOfString(bytes, at + 1);
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth === 2) list = { from: byte === 0x5b ? at : -1, cuts: [] };
      if (depth > maxDepth) throw new UnreadableBody('nested too deeply');
    } else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
      if (depth !== 1) continue;
      if (byte === 0x5d && list.from >= 0 && list.cuts.length > 0) survey.longLists.push({ ...list, to: at });
      list = noList();
    } else if (byte === 0x2c) {
      if (depth === 2 && list.from >= 0 && at - (list.cuts.at(-1) ?? list.from) > bytesPerPart) list.cuts.push(at);
    } else if (isDigit(byte) || byte === 0x2d) {
      const afterIt = endOfNumber(bytes, at + 1);
      if (isTooLong(bytes, at, afterIt)) survey.longIntegers.push([at, afterIt]);
      at = afterIt - 1;
    }
  }
  Object.assign(survey, { at, depth, list });
}

function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isExponent = (byte: number) => byte === 0x65 || byte === 0x45;
const isSign = (byte: number) => byte === 0x2d || byte === 0x2b || byte === 0x2e;

function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at] ?? 0; isDigit(byte) || isSign(byte) || isExponent(byte); byte = bytes[at] ?? 0) at += 1;
  return at;
}

function hasExponent(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (isExponent(bytes[at] ?? 0)) return true;
  return false;
}

/** Whether it is an integer that JSON.parse would round. Throws if JSON.parse would make it infinite. */
function isTooLong(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from <= maxSafeLength && !hasExponent(bytes, from, to)) return false;
  const text = Buffer.from(bytes.subarray(from, to)).toString('latin1');
  const value = Number(text);
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new UnreadableBody('a number beyond all bounds');
  }
  return !Number.isSafeInteger(value) && /^-?[1-9]\d*$/.test(text);
}
