import type { Line, Piece } from './model.ts';

/** A line of a JSON document can be long; a file without any line end must not fill the memory. */
const maxLength = 1024 * 1024;

/** Splits at line feeds, carriage returns, and both together. */
export async function* linesIn(pieces: AsyncIterable<Piece>): AsyncGenerator<Line> {
  let [rest, number, bytes] = ['', 1, 0];
  for await (const piece of pieces) {
    const all = rest + piece.text;
    const perCharacter = (piece.bytes - bytes) / Math.max(1, piece.text.length);
    let start = 0;
    for (const { index, 0: end } of all.matchAll(/\r\n|\n|\r(?!$)/g)) {
      const done = bytes + (index + end.length - rest.length) * perCharacter;
      yield { text: all.slice(start, index), number, bytes: done, isWhole: true };
      number += 1;
      start = index + end.length;
    }
    rest = all.slice(start);
    bytes = piece.bytes;
    while (rest.length > maxLength) {
      const [text, more] = cutAtSpace(rest, maxLength);
      yield { text, number, bytes, isWhole: false };
      rest = more;
    }
  }
  const last = rest.replace(/\r$/, '');
  if (last !== '') yield { text: last, number, bytes, isWhole: true };
}

/** Cuts text that is longer than `length`, at the last place where no indicator can be cut in two if there is one. */
export function cutAtSpace(text: string, length: number): readonly [string, string] {
  const head = text.slice(0, length);
  const at = head.search(/[\s"',;<>|][^\s"',;<>|]*$/) + 1;
  const end = at > 0 ? at : length;
  return [text.slice(0, end), text.slice(end)];
}
