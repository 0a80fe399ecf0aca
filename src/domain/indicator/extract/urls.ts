/** URLs in a piece of a line. Pure. */
import { trimEdges } from '../edges.ts';
import { parseIndicator } from '../indicator.ts';
import { tooLong } from '../refang.ts';
import { plainScheme } from '../url-schemes.ts';
import { type Found, shifted } from './found.ts';
import type { LineOfText } from './lines.ts';
import { endsOf } from './url-end.ts';
import type { UrlStart } from './url-starts.ts';
import { indicatorsInWords } from './words.ts';
import { wrappedIn } from './wrapped-links.ts';

/** Longer ones are no indicators, defanged or not. */
const maxLength = 2 * tooLong.bytes;

export interface FoundUrl {
  readonly found: readonly Found[];
  /** Where the search goes on. */
  readonly end: number;
}

/** The URL that begins there, and those that it wraps; for text that is no valid URL, its host. All places are those of the line. */
export function urlAt(line: LineOfText, { at, rest }: UrlStart, limit: number): FoundUrl {
  const near = Math.min(limit, at + maxLength);
  const ends = endsOf({ line, at, rest, limit: near });
  const readings = ends.map(end => readUrl(line.text, { at, rest }, end));
  const urls = readings.filter(({ indicator }) => indicator !== undefined);
  const last = ends.at(-1) as number;
  if (urls.length > 0 && near === limit) return { found: urls.flatMap(url => [url, ...wrappedIn(url)]), end: last };
  const host = [...hostIn(line, rest, last)];
  const problem = host.length > 0 ? [] : readings.slice(-1);
  return { found: [...host, ...problem], end: near < limit && last === near ? limit : last };
}

function readUrl(text: string, { at, rest }: UrlStart, end: number): Found {
  const scheme = text.slice(at, rest).replace(/[^a-z0-9+.*-]/giu, '');
  const isBroken = text.slice(at, rest).includes('\\');
  const tail = withoutPunctuation(text.slice(rest, end), text[at - 1] ?? '', text.slice(end, end + 2));
  const isLocalFile = /^file:\/{3}/iu.test(text.slice(at, rest));
  if (isLocalFile || isTorn(scheme, tail, text.slice(rest + tail.length, rest + tail.length + 8)))
    return { start: at, end: rest + tail.length, problem: torn };
  const plain = plainScheme(scheme) ?? scheme;
  const { indicator, problem = '' } = parseIndicator(
    `${plain}://${isBroken ? tail.replaceAll('\\', '/') : tail}`,
    'URL',
  );
  const span = { start: at, end: rest + tail.length };
  return indicator === undefined ? { ...span, problem } : { ...span, indicator };
}

const torn = 'The URL is cut off or torn apart here: the whole of it is expected.';

/** `http://evil .example.org`, `http://evil,example,org`, `http://evil.example.org/long...`, and a path of one's own machine. */
function isTorn(scheme: string, tail: string, behind: string): boolean {
  if (behind.startsWith('...')) return true;
  const host = /^[\w-]+(?=[:/?#]|$)/u.exec(tail)?.[0];
  if (host === undefined || host === 'localhost') return false;
  const plain = plainScheme(scheme);
  return (plain !== undefined && plain !== scheme.toLowerCase()) || /^(?:\s?\.\w|,\w|\[|\sdot\s)/iu.test(behind);
}

/** `file://host@8080/share` is a share of WebDAV, and names its host first. */
function* hostIn(line: LineOfText, rest: number, end: number): Generator<Found> {
  const authority = /^[^/\\?#]{0,300}/u.exec(line.text.slice(rest, Math.min(end, rest + 301)))?.[0] ?? '';
  const host = authority.replace(/@(?:ssl|\d{1,5})(?:@\d{1,5})?$/iu, '');
  for (const found of indicatorsInWords(host, { line, at: rest, previous: '', isHost: true }))
    if (found !== undefined) yield shifted(found, rest);
}

/** `$%7Bjndi:ldap://evil.example/a%7D`, `%22http://evil.example/%22`: what was opened before the URL. */
function withoutEscapedClosing(text: string): string {
  const [, open = '', close = ''] = /(%22|%27)$|(%7d|%29|%5d|%3e)$/iu.exec(text) ?? [];
  if (open !== '') return count(text.toLowerCase(), open) % 2 === 1 ? text.slice(0, -3) : text;
  const opener = escapedOpening[close.toLowerCase()];
  if (opener === undefined) return text;
  const lower = text.toLowerCase();
  return count(lower, close.toLowerCase()) > count(lower, opener) ? text.slice(0, -3) : text;
}

const escapedOpening: Readonly<Record<string, string>> = { '%7d': '%7b', '%29': '%28', '%5d': '%5b', '%3e': '%3c' };

/** Text that begins with a scheme is trimmed as a URL is. */
const head = 'http://';

const closing: ReadonlyMap<string, string> = new Map(Object.entries({ ')': '(', ']': '[', '}': '{' }));

/** Removes punctuation of the surrounding sentence and markup: stops, symbols, and brackets that were not opened inside the URL. */
function withoutPunctuation(whole: string, before: string, behind: string): string {
  // -> and => point on, and :10:5 is the place in a file of code.
  const text = whole.replace(behind.startsWith('>') && before !== '<' ? /[-=]$/u : /(?<=[\w/]):\d+:\d+$/u, '');
  const surplus = new Map([...closing].map(([close, open]) => [close, count(text, close) - count(text, open)]));
  const isQuery = text.includes('?');
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] ?? '';
    const extra = surplus.get(last);
    if (extra === undefined ? !isPunctuation(last, before, isQuery) : extra <= 0) break;
    if (extra !== undefined) surplus.set(last, extra - 1);
  }
  const bare = withoutEscapedClosing(text.slice(0, end).replace(/~~$/u, ''));
  const trimmed = trimEdges(`${head}${bare}`).slice(head.length);
  return bare.startsWith(trimmed) ? trimmed : bare;
}

/** `++http://evil.example/x++` is AsciiDoc, _…_ Markdown; a query may end with &. */
function isPunctuation(sign: string, before: string, isQuery: boolean): boolean {
  if (sign === '&') return !isQuery;
  return '.,;:!?*\\([{+'.includes(sign) || (sign === '_' && before === '_');
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;
