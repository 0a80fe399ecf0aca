/** What mail writes in place of characters: quoted-printable bodies (RFC 2045) and encoded words in headers (RFC 2047). Pure. */
import { type MappedText, replaceMapped, type TextSpan } from './mapped-text.ts';

export function undoMailEncodings(mapped: MappedText): MappedText {
  const text = mapped.text.includes('=?') ? replaceMapped(mapped, encodedWord, decodeWord) : mapped;
  if (!text.text.includes('=')) return text;
  const bodies = quotedBodies(text.text);
  if (bodies.length > 0)
    return replaceMapped(text, quoted, match => (isWithin(match.index, bodies) ? decode(match[0]) : match[0]));
  return isQuoted(text.text) ? replaceMapped(text, quoted, ([match]) => decodeIfPlain(match)) : text;
}

const encodedWord = /=\?[\w-]{1,40}\?([qb])\?([^?\s]{1,400})\?=/giu;

function decodeWord([, encoding = '', text = '']: RegExpExecArray): string {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('utf8');
  return text.replaceAll('_', ' ').replace(/(?:=[0-9a-f]{2})+/giu, decode);
}

const header = /^content-transfer-encoding:\s*quoted-printable/gimu;
const boundary = /^--[\w'()+,./:=?-]{4,}/gmu;

/** From the empty line behind each header that says so to the boundary of the next part. */
function quotedBodies(text: string): readonly TextSpan[] {
  return [...text.matchAll(header)].map(({ index }) => {
    const empty = /\r?\n\r?\n/gu;
    empty.lastIndex = index;
    const start = (empty.exec(text)?.index ?? index) + 1;
    boundary.lastIndex = start;
    return { start, end: boundary.exec(text)?.index ?? text.length };
  });
}

const isWithin = (place: number, bodies: readonly TextSpan[]): boolean =>
  bodies.some(({ start, end }) => start <= place && place < end);

const quoted = /=[\t ]*\r?\n|(?:=[0-9A-F]{2})+/gu;
const isBreak = (match: string): boolean => match.endsWith('\n');

function decode(match: string): string {
  if (isBreak(match)) return '';
  const text = Buffer.from(match.replaceAll('=', ''), 'hex').toString('utf8');
  return text.includes('\uFFFD') ? match : text;
}

/** Without a header, =12 and =AB may as well be the end of a parameter: only usual signs and letters of other scripts are read. */
const usual = /^(?:=(?:3D|20|09|0A|0D|2E|22|27|3C|3E))+$|^(?:=[89A-F][0-9A-F]){2,}$/u;
const decodeIfPlain = (match: string): string => (isBreak(match) || usual.test(match) ? decode(match) : match);

const softBreak = /=[\t ]*\r?\n/gu;

const isQuoted = (text: string): boolean =>
  /[a-z]=3D["']/iu.test(text) || [...text.matchAll(softBreak)].some(({ index }) => endsInUrl(text, index));

/** Lines of mail have 76 characters at most. In a shorter one an equals sign may well be the URL's own. */
function endsInUrl(text: string, end: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf('\n', end - 1) + 1, end - 100), end);
  const url = /:\/\/\S+$/u.exec(line)?.[0];
  if (url === undefined || url.endsWith('=')) return false;
  return !/[?=]/u.test(url) || (line.length > 70 && line.length < 77);
}
