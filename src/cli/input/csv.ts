/** Tables with commas, semicolons, tabs or bars; cells may be in quotes, as in RFC 4180. */
import { withoutPort } from './host-port.ts';
import type { InputItem, Line } from './model.ts';
import { holdsIndicators, isIndicatorName, isLikeIndicator, isOtherName, mentionsIndicator } from './names.ts';

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

const delimiters = [',', ';', '\t', '|'];

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

const isComment = (line: string) => line.startsWith('#');
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

const cellPattern = (delimiter: string) => {
  const sign = delimiter === '|' ? String.raw`\|` : delimiter;
  return new RegExp(`(?:^|${sign})(?:\\s*"((?:[^"]|"")*)"\\s*(?=${sign}|$)|([^${sign}]*))`, 'g');
};
const cellPatterns = new Map(delimiters.map(delimiter => [delimiter, cellPattern(delimiter)]));

/** `isOpen`: a quoted cell does not end here. */
function cellsOf(line: string, delimiter: string): { readonly cells: readonly string[]; readonly isOpen: boolean } {
  const pattern = cellPatterns.get(delimiter) ?? cellPattern(delimiter);
  const cells = [...line.matchAll(pattern)].map(([, quoted, bare = '']) =>
    (quoted?.replaceAll('""', '"') ?? bare).trim(),
  );
  return { cells, isOpen: cells.some(cell => /^"(?:[^"]|"")*$/.test(cell)) };
}

/** An open quote that does not end by then is a character like any other. */
const maxRowLines = 50;

interface TableRow {
  readonly line: Line;
  readonly text: string;
}

/** Joins the lines of cells that hold line ends. */
function createJoiner(delimiter: string) {
  let open: Line[] = [];
  function apart(): readonly TableRow[] {
    const rows = open.map(line => ({ line, text: line.text }));
    open = [];
    return rows;
  }
  return {
    add(line: Line): readonly TableRow[] {
      open.push(line);
      const text = open.map(part => part.text).join('\n');
      if (cellsOf(text, delimiter).isOpen) return open.length < maxRowLines ? [] : apart();
      const [first = line] = open;
      open = [];
      return [{ line: first, text }];
    },
    end: apart,
  };
}

async function* rowsIn(lines: AsyncIterable<Line>, delimiter: string): AsyncGenerator<TableRow> {
  const joiner = createJoiner(delimiter);
  for await (const line of lines) yield* joiner.add(line);
  yield* joiner.end();
}

export async function* csvItems(
  lines: AsyncIterable<Line>,
  file: string,
  { delimiter, width, columns, searched, head }: Columns,
): AsyncGenerator<InputItem> {
  let isHeadSeen = head === undefined;
  for await (const { line, text } of rowsIn(lines, delimiter)) {
    const place = { from: `${file}:${line.number}`, bytes: line.bytes };
    const isHead = !isHeadSeen && text === head;
    isHeadSeen ||= isHead;
    if (text.trim() === '') continue;
    if (isHead || isComment(text)) {
      yield { ...place, kind: 'left out', why: isHead ? 'header' : 'comment' };
      continue;
    }
    const cells = cellsOf(text, delimiter).cells;
    const values = cells.length === width ? columns.flatMap(at => cells[at] || []) : [];
    for (const input of values) yield { ...place, kind: 'value', value: withoutPort(input), input };
    const mentions = values.length > 0 ? searched.map(at => cells[at] ?? '').filter(mentionsIndicator) : [];
    if (mentions.length > 0) yield { ...place, kind: 'text', text: mentions.join('\n') };
    const problem =
      cells.length === width
        ? 'The row has nothing in the columns that hold indicators.'
        : `The row has ${cells.length} cells in place of ${width}.`;
    if (values.length === 0) yield { ...place, kind: 'text', text, input: text, problem };
  }
}
