/** What the lines around a piece of text tell: whether it stands in a table, or in a list of names. Pure. */

export interface Line {
  readonly text: string;
  readonly start: number;
  /** What cuts this line and those beside it into cells; undefined: it is no row of a table. */
  readonly separator: string | undefined;
  /** Of tcpdump or of dnsmasq, which write addresses and names in their own ways. */
  readonly isTraffic: boolean;
  readonly isDnsmasq: boolean;
  /** The cells above and below the place `at`: of a line without cells, the lines themselves. */
  neighbours(at: number): readonly string[];
  /** The cell at the place `at`, or the line. Empty for one that is too long. */
  cell(at: number): string;
}

/** Longer lines are no rows that people read, and comparing them would cost. */
const maxRow = 4_096;

export function linesOf(text: string): readonly Line[] {
  const rows = [...text.matchAll(/[^\r\n]+/gu)].filter(([row]) => row.trim() !== '');
  return rows.map(({ 0: row, index }, line) => {
    const beside = [rows[line - 1]?.[0], rows[line + 1]?.[0]];
    return toLine(row, index, row.length > maxRow ? [] : beside.filter(other => isRow(other)));
  });
}

const isRow = (text: string | undefined): text is string => text !== undefined && text.length <= maxRow;

function toLine(text: string, start: number, beside: readonly string[]): Line {
  const separator = separators.find(sign => isRowOf(text, sign, beside));
  let cells: readonly (readonly string[])[] | undefined;
  let own: readonly string[] | undefined;
  return {
    text,
    start,
    separator,
    isTraffic: text.includes(' > '),
    isDnsmasq: /^\s*(?:address|server|local|ipset|nftset)=\//u.test(text),
    neighbours(at) {
      if (separator === undefined) return beside;
      cells ??= beside.map(row => row.split(separator));
      const column = countOf(text.slice(0, at), separator);
      return cells.map(row => row[column] ?? '');
    },
    cell(at) {
      if (text.length > maxRow) return '';
      if (separator === undefined) return text;
      own ??= text.split(separator);
      return own[countOf(text.slice(0, at), separator)] ?? '';
    },
  };
}

/** As many cells as a line beside it; or any number in a line without spaces, between others that have cells. */
function isRowOf(text: string, separator: string, beside: readonly string[]): boolean {
  const count = countOf(text, separator);
  if (count === 0 || beside.length === 0) return false;
  const counts = beside.map(row => countOf(row, separator));
  return counts.includes(count) || (counts.every(other => other > 0) && !/\s/u.test(text));
}

const separators = ['\t', '|', ';', ','] as const;
const quoted = /"[^"]*"/gu;

const countOf = (row: string, separator: string): number =>
  row.includes(separator) ? row.replace(quoted, '').split(separator).length - 1 : 0;

const bareName = /^\W{0,8}(?:[\w-]{1,63}\[?\.\]?)+([a-z]{2,63})\W{0,8}$/iu;

/** The last label of a cell that holds a name and nothing else. */
export const endingOf = (cell: string): string | undefined => bareName.exec(cell)?.[1]?.toLowerCase();
