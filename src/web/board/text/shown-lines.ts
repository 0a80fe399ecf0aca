/** A pasted text as the dialog shows it: its lines cut into plain and marked pieces, safe to display. Pure. */
import { escapeUnsafe } from '../../../clients/safe-text.ts';
import { type TextLine, textLines } from './lines.ts';
import { type PastedText, placesIn } from './pasted-text.ts';
import type { FoundPlace } from './read-in-parts.ts';

interface ShownPiece {
  readonly start: number;
  readonly text: string;
  /** Empty: plain text. Two where a link wraps another. */
  readonly places: readonly FoundPlace[];
}

interface ShownLine {
  readonly number: number;
  readonly pieces: readonly ShownPiece[];
  /** Why pieces of it could not be used. */
  readonly problems: readonly string[];
}

/** More marks than anybody reads. */
const maxMarks = 1_000;
/** Of a longer text only the lines with marks are shown. */
const maxPlainLines = 100;
/** Plain text between two marks that is longer is cut in its middle, down to this much at either end. */
const plainEnds = 100;

export interface ShownText {
  readonly lines: readonly ShownLine[];
  /** Marks that are not shown. */
  readonly leftOut: number;
}

export function shownText(pasted: PastedText, { onlyUnusable }: { readonly onlyUnusable: boolean }): ShownText {
  const all = placesIn(pasted).filter(one => !onlyUnusable || one.problem !== undefined);
  const shown = all.slice(0, maxMarks);
  const lines = textLines(pasted.text, shown);
  const isShort = !onlyUnusable && lines.length <= maxPlainLines;
  return {
    lines: lines.filter(line => isShort || line.places.length > 0).map(toShownLine),
    leftOut: all.length - shown.length,
  };
}

const toShownLine = (line: TextLine): ShownLine => ({
  number: line.number,
  pieces: piecesOf(line),
  problems: [...new Set(line.places.flatMap(({ problem }) => problem ?? []))].map(escapeUnsafe),
});

function piecesOf({ start, text, places }: TextLine): readonly ShownPiece[] {
  const pieces: ShownPiece[] = [];
  let from = 0;
  const push = (to: number, inside: readonly FoundPlace[]) => {
    const piece = text.slice(from, to);
    if (piece !== '') pieces.push({ start: start + from, text: safe(piece, inside.length > 0), places: inside });
    from = Math.max(from, to);
  };
  for (const [place, inside] of Map.groupBy(places, one => one.start - start)) {
    push(place, []);
    push(Math.max(...inside.map(({ end }) => end - start)), inside);
  }
  push(text.length, []);
  return pieces;
}

/** A tab displays as what it is. */
function safe(text: string, isMarked: boolean): string {
  const isLong = !isMarked && text.length > 2 * plainEnds;
  const shown = isLong ? `${text.slice(0, plainEnds)} … ${text.slice(-plainEnds)}` : text;
  return shown.split('\t').map(escapeUnsafe).join('\t');
}
