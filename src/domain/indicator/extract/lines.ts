/** What the lines around a piece of text tell: whether it stands in a table, or in a list of names. Pure. */
import { publicSuffixOf } from '../domain-name.ts';
import { fileExtensions, isPackage, mayBeFile } from './file-names.ts';

export interface LineOfText {
  readonly text: string;
  readonly start: number;
  /** What cuts this line and those beside it into cells; undefined: it is no row of a table. */
  readonly separator: string | undefined;
  /** Of tcpdump or of dnsmasq, which write addresses and names in their own ways. */
  readonly isTraffic: boolean;
  readonly isDnsmasq: boolean;
  /** A name at the place `at` stands alone in its cell or line, and so does a surer one above or below it. */
  isListed(at: number): boolean;
}

/** Longer lines are no rows that people read, and comparing them would cost. */
const maxRow = 4_096;

export function linesOf(text: string): readonly LineOfText[] {
  const rows = [...text.matchAll(/[^\r\n]+/gu)].filter(([row]) => row.trim() !== '');
  return rows.map(({ 0: row, index }, line) => {
    const beside = [rows[line - 1]?.[0], rows[line + 1]?.[0]];
    return toLine(row, index, row.length > maxRow ? [] : beside.filter(other => isRow(other)));
  });
}

const isRow = (text: string | undefined): text is string => text !== undefined && text.length <= maxRow;

function toLine(text: string, start: number, beside: readonly string[]): LineOfText {
  const separator = separators.find(sign => isRowOf(text, sign, beside));
  let listed: readonly boolean[] | undefined;
  return {
    text,
    start,
    separator,
    isTraffic: text.includes(' > '),
    isDnsmasq: /^\s*(?:address|server|local|ipset|nftset)=\//u.test(text),
    isListed(at) {
      listed ??= listedCells(text, separator, beside);
      if (!listed.includes(true)) return false;
      return listed[separator === undefined ? 0 : countOf(text.slice(0, at), separator)] === true;
    },
  };
}

/** For each cell of the row, or for the row. */
function listedCells(text: string, separator: string | undefined, beside: readonly string[]): readonly boolean[] {
  if (text.length > maxRow) return [];
  const cellsOf = (row: string): readonly string[] => (separator === undefined ? [row] : row.split(separator));
  const others = beside.map(row => cellsOf(row).map(isSureName));
  return cellsOf(text).map((cell, column) => bareName.test(cell) && others.some(cells => cells[column] === true));
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

/** A cell with a name in it that can be no file, package or member of code. */
function isSureName(cell: string): boolean {
  const ending = bareName.exec(cell)?.[1]?.toLowerCase();
  if (ending === undefined || isPackage(cell.trim())) return false;
  const name = `a.${ending}`;
  return !mayBeFile(name) && !fileExtensions.has(ending) && publicSuffixOf(name) !== undefined;
}
