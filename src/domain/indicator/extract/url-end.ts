/** Where a URL in text ends: at the markup, the cell or the sentence around it. Pure. */
import { isIPv4 } from 'node:net';
import { publicSuffixOf } from '../domain-name.ts';
import { digestTypeOf } from '../type-parsers.ts';
import { fileExtensions } from './file-names.ts';
import type { LineOfText } from './lines.ts';

/** A URL with its neighbours in one line. All places are those of the line's text. */
export interface UrlInLine {
  readonly line: LineOfText;
  /** Of its scheme, and of what follows its `://`. */
  readonly at: number;
  readonly rest: number;
  /** The URL goes no further: white space, a quote, another URL. */
  readonly limit: number;
}

/** Returns one end; two, the nearer one first, where a comma may belong to the URL or follow it. */
export function endsOf(url: UrlInLine): readonly number[] {
  const { line, at, rest, limit } = url;
  const { text } = line;
  const before = text[at - 1] ?? '';
  const depths = new Map<string, number>();
  let nearer: number | undefined;
  let isInQuery = false;
  let isInPath = false;
  for (let place = rest; place < limit; place++) {
    const sign = text[place] ?? '';
    isInQuery ||= sign === '?';
    const skipped = sign === '[' ? lengthOfBrackets(text, place, rest) : 0;
    if (skipped > 0) {
      place += skipped - 1;
      continue;
    }
    if (endsAtBracket(sign, before, depths, text, place)) return ends(nearer, place);
    isInPath ||= sign === '/';
    if (beginsOther(text, place, sign, isInPath)) return ends(nearer, place);
    if ((sign === ',' || sign === ';') && place > rest) {
      const meaning = meaningOf(sign, place, url, isInQuery);
      if (meaning === 'end') return ends(nearer, place);
      if (meaning === 'either') nearer ??= place;
    }
    const change = sign > '\x7F' ? changeOfScript(text, rest, place) : 'part';
    if (change === 'end') return ends(nearer, place);
    if (change === 'either') nearer ??= place;
  }
  return ends(nearer, limit);
}

/** LEEF's next field, the account of a stolen password, the address of the host. */
const other =
  /\^[\w.-]{1,40}=|:[^\s/:@?#]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}(?![\w-])|\((?:\d{1,3}\.){3}\d{1,3}\)/iuy;

function beginsOther(text: string, place: number, sign: string, isInPath: boolean): boolean {
  if (sign !== '^' && sign !== '(' && !(sign === ':' && isInPath)) return false;
  other.lastIndex = place;
  return other.test(text);
}

const ends = (nearer: number | undefined, end: number): readonly number[] =>
  nearer === undefined ? [end] : [nearer, end];

const opening: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const mark = /\[(?:\.|dot|:|\/|@|at|-|:\/\/)\]|\[\.(?=\w)/iuy;
const address = /\[[\da-f:.[\]]{2,60}\](?=[:/?#\s]|$)/iuy;
/** ?list[]=1&by[name]=2 */
const parameter = /\[[\w%.-]{0,40}\](?=[=[&]|%5B)/iuy;

/** The length of brackets that are part of a URL: a mark, an IPv6 address, a parameter; 0: they are none. */
function lengthOfBrackets(text: string, place: number, rest: number): number {
  for (const pattern of place === rest ? [address, mark] : [mark, parameter]) {
    pattern.lastIndex = place;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found.length;
  }
  return 0;
}

/** Macros of wikis: {code}, {color:red}. */
const macro = /\{(?:code|noformat|quote|color|panel)\b/iuy;

/** Square brackets that are no part of a URL, a curly one that was not opened in it, the partner of the bracket before it. */
function endsAtBracket(
  sign: string,
  before: string,
  depths: Map<string, number>,
  text: string,
  place: number,
): boolean {
  if (sign === '[') return true;
  if (sign === '(' || sign === '{') {
    macro.lastIndex = place;
    if (sign === '{' && macro.test(text)) return true;
    depths.set(sign, (depths.get(sign) ?? 0) + 1);
  }
  const open = opening[sign];
  if (open === undefined) return false;
  const depth = (depths.get(open) ?? 0) - 1;
  depths.set(open, depth);
  return depth < 0 && (sign !== ')' || before === '(');
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const arrow = /[\u2190-\u21FF\u2794\u2798-\u27AF\u27B1-\u27BE\u2B00-\u2B11•]/u;

/** Scripts whose words change by what follows them, which may follow a URL too. */
const withParticles =
  /[\p{Script=Hiragana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Scripts without spaces go on directly behind a URL; in one, they follow a sign such as a slash. */
function changeOfScript(text: string, rest: number, place: number): Meaning {
  const [sign = '', before = ''] = [text[place], text[place - 1]];
  if (arrow.test(sign)) return 'end';
  if (sign === '–' || sign === '—') return 'either';
  if (!unspaced.test(sign)) return 'part';
  if (/[a-z0-9).]/iu.test(before)) return 'end';
  if (!withParticles.test(sign) || unspaced.test(before)) return 'part';
  return before === '/' && text.indexOf('/', rest) === place - 1 ? 'end' : 'either';
}

type Meaning = 'end' | 'part' | 'either';

/** Whether a separator ends the URL: if it stands in a cell, it does; in prose, what follows tells. */
function meaningOf(sign: ',' | ';', place: number, { line, at, limit }: UrlInLine, isInQuery: boolean): Meaning {
  const { text, separator } = line;
  const next = nextCell(text, place, sign);
  const before = text[at - 1] ?? '';
  if (sign === ';' && ownSemicolon.test(next)) return 'part';
  if (isOther(next) || (before === '=' && assignment.test(next))) return 'end';
  const cell = isQuote(before, text[limit] ?? '') ? before : cellSeparator(before, at, separator);
  if (cell !== undefined && cell !== sign) return 'part';
  if (sign === ';') return cell !== undefined || !assignment.test(next) ? 'end' : 'part';
  if (isPathLike(next)) return isInQuery && cell === undefined ? 'part' : 'either';
  // A list of URLs that hold numbers looks like a table, and so does one of URLs with numbers beside them.
  if (cell !== undefined) return at === 0 && /^\d{1,4}$/u.test(next) ? 'either' : 'end';
  if (isInQuery) return 'part';
  return at === 0 && /\s/u.test(next) ? 'end' : 'either';
}

/** What ends the cell that the URL begins. */
function cellSeparator(before: string, at: number, separator: string | undefined): string | undefined {
  if ('\t|;,'.includes(before) && before !== '') return before;
  return at === 0 ? separator : undefined;
}

const isQuote = (before: string, behind: string): boolean =>
  before !== '' && behind === closingQuotes[before as keyof typeof closingQuotes];

const closingQuotes = { '"': '"', "'": "'", '`': '`', '<': '>', '«': '»', '“': '”', '„': '“', '‘': '’', '「': '」' };

const maxCell = 120;

function nextCell(text: string, place: number, sign: string): string {
  const behind = text.slice(place + 1, place + 1 + maxCell);
  const end = behind.indexOf(sign);
  return end < 0 ? behind : behind.slice(0, end);
}

const assignment = /^[\w.-]{1,30}=/u;
/** The end of Proofpoint's links: `__;Lw!!token`. */
const ownSemicolon = /^[\w-]{0,80}!!/u;
/** The first word could go on with a URL. */
const isPathLike = (cell: string): boolean => /^\S*[/.=?&%]/u.test(cell);

const dateOrNothing = /^\s|^$|^\d{4}[-/]\d\d[-/]\d\d|^["'`“]|^[a-z*]{2,12}:\/\/|^[[({]/iu;

/** What follows is plainly no part of a URL: a date, prose, or another indicator. */
function isOther(cell: string): boolean {
  if (dateOrNothing.test(cell) || digestTypeOf(cell) !== undefined) return true;
  const host = cell.slice(cell.lastIndexOf('@') + 1).replaceAll('[.]', '.');
  if (isIPv4(host)) return true;
  const ending = /^(?:[\w-]+\.)+([a-z]{2,24})$/iu.exec(host)?.[1]?.toLowerCase();
  return ending !== undefined && !fileExtensions.has(ending) && publicSuffixOf(host) !== undefined;
}
