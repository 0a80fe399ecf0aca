/** Recognises a table by its first lines, and which of its columns hold indicators. */
import { cellsOf, createJoiner, delimiters, isComment } from './cells.ts';
import type { Line } from './model.ts';
import { holdsIndicators, isIndicatorName, isLikeIndicator, isOtherName } from './names.ts';

export interface Columns {
  readonly delimiter: string;
  readonly width: number;
  /** Those that hold indicators. */
  readonly columns: readonly number[];
  /** Their names, or their numbers. */
  readonly names: readonly string[];
  /** Those that may mention some. */
  readonly searched: readonly number[];
  /** The names of those that are left alone. */
  readonly otherNames: readonly string[];
  /** The line with the names. */
  readonly head: string | undefined;
}

export const columnsIn = (lines: readonly Line[]): Columns | undefined =>
  delimiters.map(delimiter => columnsBy(delimiter, lines)).find(found => found !== undefined);

function columnsBy(delimiter: string, sample: readonly Line[]): Columns | undefined {
  const joiner = createJoiner(delimiter);
  const lines = [...sample.flatMap(joiner.add), ...joiner.end()]
    .map(({ text }) => text)
    .filter(text => text.trim() !== '');
  const rows = lines.filter(line => !isComment(line)).map(line => cellsOf(line, delimiter).cells);
  const width = rows[0]?.length ?? 0;
  const head = headOf(lines, delimiter, width);
  const isHeadFirst = head !== undefined && !isComment(head);
  const body = isHeadFirst ? rows.slice(1) : rows;
  const isAlone = rows.length === 1 && (head === undefined || isHeadFirst);
  const isTable = width > 1 && !isAlone && rows.filter(row => row.length === width).length >= rows.length * 0.6;
  if (!isTable) return undefined;
  const names = head === undefined ? [] : namesIn(head, delimiter);
  const columns = [...Array(width).keys()].filter(at => holdsIndicators(names[at] ?? '', shareIn(body, at)));
  if (columns.length === 0) return undefined;
  const nameOf = (at: number) => names[at] || `column ${at + 1}`;
  const others = [...Array(width).keys()].filter(at => !columns.includes(at));
  const left = others.filter(at => isOtherName(names[at] ?? ''));
  const searched = others.filter(at => !left.includes(at));
  return { delimiter, width, columns, searched, names: columns.map(nameOf), otherNames: left.map(nameOf), head };
}

const namesIn = (head: string, delimiter: string) => cellsOf(head.replace(/^#\s*/, ''), delimiter).cells;

/** Some feeds have it in their last comment. */
function headOf(lines: readonly string[], delimiter: string, width: number): string | undefined {
  const at = lines.findIndex(line => !isComment(line));
  const comment = lines[at - 1];
  const names = comment === undefined ? [] : namesIn(comment, delimiter);
  if (names.length === width && names.some(isIndicatorName)) return comment;
  const first = lines[at] ?? '';
  return cellsOf(first, delimiter).cells.some(isLikeIndicator) ? undefined : first;
}

function shareIn(rows: readonly (readonly string[])[], at: number): number {
  const cells = rows.map(row => row[at] ?? '').filter(cell => cell !== '');
  return cells.length === 0 ? 0 : cells.filter(isLikeIndicator).length / cells.length;
}
