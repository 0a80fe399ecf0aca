/** The rows and cells of a table with commas, semicolons, tabs or bars; cells may be in quotes, as in RFC 4180. */
import type { Line } from './model.ts';

export const delimiters = [',', ';', '\t', '|'];

const cellPattern = (delimiter: string) => {
  const sign = delimiter === '|' ? String.raw`\|` : delimiter;
  return new RegExp(`(?:^|${sign})(?:\\s*"((?:[^"]|"")*)"\\s*(?=${sign}|$)|([^${sign}]*))`, 'g');
};
const cellPatterns = new Map(delimiters.map(delimiter => [delimiter, cellPattern(delimiter)]));

/** `isOpen`: a quoted cell does not end here. */
export function cellsOf(
  line: string,
  delimiter: string,
): { readonly cells: readonly string[]; readonly isOpen: boolean } {
  const pattern = cellPatterns.get(delimiter) ?? cellPattern(delimiter);
  const cells = [...line.matchAll(pattern)].map(([, quoted, bare = '']) =>
    (quoted?.replaceAll('""', '"') ?? bare).trim(),
  );
  return { cells, isOpen: cells.some(cell => /^"(?:[^"]|"")*$/.test(cell)) };
}

/** An open quote that does not end by then is a character like any other. */
const maxRowLines = 50;

export interface TableRow {
  readonly line: Line;
  readonly text: string;
}

/** Joins the lines of cells that hold line ends. */
export function createJoiner(delimiter: string) {
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

export const isComment = (line: string): boolean => line.startsWith('#');
