/** The lines of a text, with what each of them holds. Pure. */
import type { FoundPlace } from './read-in-parts.ts';

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  /** Without its end. */
  readonly text: string;
  /** What begins in it. */
  readonly places: readonly FoundPlace[];
}

/** `places` in order. */
export function textLines(text: string, places: readonly FoundPlace[]): readonly TextLine[] {
  const lines: TextLine[] = [];
  let next = 0;
  for (const { 0: line, index } of text.matchAll(/[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+$/g)) {
    const first = next;
    while ((places[next]?.start ?? Number.POSITIVE_INFINITY) < index + line.length) next++;
    lines.push({
      number: lines.length + 1,
      start: index,
      text: line.replace(/[\r\n]+$/, ''),
      places: places.slice(first, next),
    });
  }
  return lines;
}

/** The one indicator that the line holds; undefined where it holds several, none, or something unusable beside it. */
export function onlyValueIn({ text, start, places }: TextLine): string | undefined {
  const [value, ...others] = new Set(places.map(one => one.value));
  const isWhole = places.every(({ end }) => end <= start + text.length);
  return others.length === 0 && isWhole ? value : undefined;
}
