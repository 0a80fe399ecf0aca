/** A report that was pasted: what was found in it, what could not be used, and what was not read. Pure. */
import { plural } from '../format.ts';
import { onlyValueIn, textLines } from './lines.ts';
import type { TextPart } from './parts.ts';
import type { FoundPlace, PartRead } from './read-in-parts.ts';

export interface PastedText {
  readonly id: number;
  readonly text: string;
  /** In order. */
  readonly places: readonly FoundPlace[];
  readonly unread: readonly UnreadPart[];
  readonly isReading: boolean;
}

interface UnreadPart extends TextPart {
  /** undefined: it was not tried yet. */
  readonly why?: string;
}

export const toPastedText = (id: number, text: string): PastedText => ({
  id,
  text,
  places: [],
  unread: [{ start: 0, end: text.length }],
  isReading: true,
});

export function withPart(pasted: PastedText, { start, end, places = [], failure }: PartRead): PastedText {
  const others = pasted.unread.flatMap(part => without(part, { start, end }));
  const unread = failure ? [...others, { start, end, why: failure.message }] : others;
  return {
    ...pasted,
    places: inOrder([...pasted.places, ...places]),
    unread: joined(inOrder(unread)),
  };
}

function without<S extends TextPart>(part: S, { start, end }: TextPart): readonly S[] {
  if (end <= part.start || start >= part.end) return [part];
  const before = { ...part, end: start };
  const behind = { ...part, start: end };
  return [before, behind].filter(rest => rest.end > rest.start);
}

/** What follows directly and failed alike is named as one. */
function joined(parts: readonly UnreadPart[]): readonly UnreadPart[] {
  const all: UnreadPart[] = [];
  for (const one of parts) {
    const last = all.at(-1);
    if (last?.end === one.start && last.why === one.why) all.splice(-1, 1, { ...last, end: one.end });
    else all.push(one);
  }
  return all;
}

const inOrder = <S extends TextPart>(all: readonly S[]): readonly S[] => all.toSorted((a, b) => a.start - b.start);

export const valuesIn = ({ places }: Pick<PastedText, 'places'>): readonly string[] => [
  ...new Set(places.flatMap(({ value }) => value ?? [])),
];

const silentLine = 'No indicator was found in this line. If the line itself is meant, add it as a list.';

/**
 * Where most lines hold exactly one indicator, the text is a list with notes, and a line that holds none is shown as well:
 * nobody wonders where it is. In a report such lines are the rule.
 */
export function placesIn({ text, places, unread }: PastedText): readonly FoundPlace[] {
  if (unread.length > 0) return places;
  const lines = textLines(text, places).filter(line => line.text.trim() !== '');
  if (lines.filter(line => onlyValueIn(line) !== undefined).length * 2 <= lines.length) return places;
  const silent = lines.filter(line => line.places.length === 0);
  return inOrder([
    ...places,
    ...silent.map(line => ({ start: line.start, end: line.start + line.text.length, problem: silentLine })),
  ]);
}

/** "6 indicators found in the text, 3 pieces could not be used". */
export function outcomeOf(pasted: PastedText): string {
  const unusable = placesIn(pasted).filter(({ problem }) => problem !== undefined).length;
  const found = `${plural(valuesIn(pasted).length, 'indicator')} found in the text`;
  return unusable > 0 ? `${found}, ${plural(unusable, 'piece')} could not be used` : found;
}

/** "; lines 7 to 9 were not read: The gateway answered 503". */
export const unreadWords = ({ text, unread }: PastedText): string =>
  unread.map(part => `; ${placeOf(text, part)} not read${part.why === undefined ? ' yet' : `: ${part.why}`}`).join('');

function placeOf(text: string, { start, end }: TextPart): string {
  const first = lineCount(text.slice(0, start));
  const last = Math.max(first, lineCount(text.slice(0, end).replace(/[\r\n]+$/, '')));
  if (first !== last) return `lines ${first.toLocaleString('en')} to ${last.toLocaleString('en')} were`;
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const isWhole = start === lineStart && end >= (lineEnd === -1 ? text.length : lineEnd);
  const characters = [start - lineStart + 1, end - lineStart].map(at => at.toLocaleString('en'));
  return `line ${first.toLocaleString('en')}${isWhole ? '' : ` from character ${characters.join(' to ')}`} was`;
}

const lineCount = (text: string): number => text.split(/\r\n|[\r\n]/).length;
