/** Text that was changed, with the place of each of its characters in the text as given. Pure. */

export interface MappedText {
  readonly text: string;
  /** Where each UTF-16 unit began and ended in the text as given; undefined: at its own place. */
  readonly places?: Places;
}

interface Places {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where in the text as given the part of the changed text from `start` to `end` stands. It holds at least one character. */
export function placeOf({ places }: MappedText, { start, end }: TextSpan): TextSpan {
  return places === undefined
    ? { start, end }
    : { start: places.starts[start] as number, end: places.ends[end - 1] as number };
}

/** Like `text.replace`. `pattern` is global, and a replacement stands where the whole of its match stood. */
export function replaceMapped(
  mapped: MappedText,
  pattern: RegExp,
  replace: (match: RegExpExecArray) => string,
): MappedText {
  const changes = [...mapped.text.matchAll(pattern)]
    .map(match => ({ match, by: replace(match) }))
    .filter(({ match, by }) => by !== match[0]);
  if (changes.length === 0) return mapped;
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const { match, by } of changes) {
    pieces.push({ start: from, end: match.index }, { start: match.index, end: match.index + match[0].length, by });
    from = match.index + match[0].length;
  }
  pieces.push({ start: from, end: mapped.text.length });
  return join(mapped, pieces);
}

/** A part that stays, or what it is replaced by. */
interface TextPiece extends TextSpan {
  readonly by?: string;
}

function join(mapped: MappedText, pieces: readonly TextPiece[]): MappedText {
  const text = pieces.map(({ start, end, by }) => by ?? mapped.text.slice(start, end)).join('');
  const places = { starts: new Int32Array(text.length), ends: new Int32Array(text.length) };
  let at = 0;
  for (const piece of pieces) {
    const length = piece.by?.length ?? piece.end - piece.start;
    if (piece.by === undefined) copyPlaces(mapped, piece, places, at);
    else if (length > 0) {
      const place = placeOf(mapped, piece);
      places.starts.fill(place.start, at, at + length);
      places.ends.fill(place.end, at, at + length);
    }
    at += length;
  }
  return { text, places };
}

function copyPlaces({ places }: MappedText, { start, end }: TextSpan, to: Places, at: number): void {
  if (places !== undefined) {
    to.starts.set(places.starts.subarray(start, end), at);
    to.ends.set(places.ends.subarray(start, end), at);
    return;
  }
  for (let index = 0; index < end - start; index++) {
    to.starts[at + index] = start + index;
    to.ends[at + index] = start + index + 1;
  }
}
