/** Words for the sentences of a verdict: names out of upstreams quoted, values defanged, both shortened. Pure. */
import { defang, defangText } from '../indicator/defang.ts';
import { parseIpSpan } from '../indicator/ip-span.ts';
import type { Indicator } from '../indicator/model.ts';

/** How much a sentence may say; `names` 0: only counts. */
export interface Detail {
  readonly names: number;
  readonly nameLength: number;
  readonly valueLength: number;
  /** State, confidence and dates of records, categories of feeds, what a source covers. */
  readonly hasNotes: boolean;
  /** Why each missing source gave no complete answer. */
  readonly hasCauses: boolean;
}

/** From generous to terse: a sentence takes the first with which it fits. */
export const detailLevels: readonly Detail[] = [
  { names: 3, nameLength: 80, valueLength: 80, hasNotes: true, hasCauses: true },
  { names: 3, nameLength: 40, valueLength: 80, hasNotes: true, hasCauses: true },
  { names: 2, nameLength: 30, valueLength: 80, hasNotes: true, hasCauses: true },
  { names: 3, nameLength: 30, valueLength: 80, hasNotes: false, hasCauses: true },
  { names: 1, nameLength: 24, valueLength: 80, hasNotes: false, hasCauses: true },
  { names: 1, nameLength: 24, valueLength: 60, hasNotes: false, hasCauses: false },
  { names: 0, nameLength: 0, valueLength: 60, hasNotes: false, hasCauses: false },
  { names: 0, nameLength: 0, valueLength: 12, hasNotes: false, hasCauses: false },
];
export const fullDetail = detailLevels[0] as Detail;

/** Whitespace and control characters become one space, and no quotation mark is left that could close ours. */
const oneLine = (text: string): string =>
  text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/["“”„‟«»″〝〞＂]/gu, "'")
    .trim();

/** A name out of an upstream. */
export function quoted(name: string, { nameLength }: Pick<Detail, 'nameLength'>): string {
  const line = oneLine(name);
  return `"${defangText(line.length <= nameLength ? line : `${line.slice(0, nameLength - 1)}…`.toWellFormed())}"`;
}

/** `"a", "b" and 3 more` */
export function someOf(names: readonly string[], detail: Detail): string {
  const distinct = [...new Set(names)].sort();
  return withRest(
    distinct.slice(0, detail.names).map(name => quoted(name, detail)),
    distinct.length,
  );
}

export function withRest(shown: readonly string[], count: number): string {
  const rest = count - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : joined(shown);
}

/** `a`, `a and b`, `a, b and c`. */
export const joined = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Defanged; shortened in the middle, because both ends of a URL say something; text of no type in quotes. */
export function shownValue({ type, value }: Indicator, { valueLength }: Pick<Detail, 'valueLength'>): string {
  const half = Math.floor((valueLength - 1) / 2);
  const short =
    value.length <= valueLength ? value : `${value.slice(0, half)}…${value.slice(value.length - half)}`.toWellFormed();
  const shown = defang({ type, value: short as Indicator['value'] });
  return type === 'OTHER' ? `"${oneLine(shown)}"` : shown;
}

/** A value as an upstream wrote it, such as a range of addresses. */
export const shownText = (text: string, { valueLength }: Pick<Detail, 'valueLength'>): string => {
  const line = oneLine(text);
  const shown = defangText(line.length <= valueLength ? line : `${line.slice(0, valueLength - 1)}…`.toWellFormed());
  return parseIpSpan(text)?.family === 6 ? shown.replaceAll(':', '[:]') : shown;
};

/** Rounded down, so that no number reads as if it had reached the next bound. */
export const rounded = (value: number): string => String(Math.floor(value * 100) / 100);
