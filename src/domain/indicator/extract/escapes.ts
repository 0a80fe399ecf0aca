/** What formats write in place of a character: JSON, HTML, quoted-printable, regular expressions. Pure. */
import { type MappedText, replaceMapped } from './mapped-text.ts';

/** Undoes the escapes that a text is seen to use. An escaped line end becomes a space: it ends whatever stands before it. */
export function undoEscapes(text: MappedText): MappedText {
  let plain = isQuotedPrintable(text.text) ? undoQuotedPrintable(text) : text;
  if (plain.text.includes('\\')) plain = undoBackslashes(plain);
  // Twice, because &amp;lt; stands for &lt;.
  for (let pass = 0; pass < 2 && plain.text.includes('&'); pass++) plain = replaceMapped(plain, entity, entityText);
  return plain;
}

const quotedPrintable = /^content-transfer-encoding:\s*quoted-printable|[a-z]=3D["']/imu;
const softBreak = /=[\t ]*\r?\n/gu;

const isQuotedPrintable = (text: string): boolean =>
  text.includes('=') &&
  (quotedPrintable.test(text) || [...text.matchAll(softBreak)].some(({ index }) => endsInUrl(text, index)));

/** Lines of mail have 76 characters at most. In a shorter one an equals sign may be the URL's own, though only in its query. */
function endsInUrl(text: string, end: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf('\n', end - 1) + 1, end - 100), end);
  return /:\/\/\S+$/u.test(line) && (line.length > 70 || !line.includes('?'));
}

const undoQuotedPrintable = (text: MappedText): MappedText =>
  replaceMapped(
    replaceMapped(text, softBreak, () => ''),
    /(?:=[0-9A-F]{2})+/gu,
    ([bytes]) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
  );

/** A path of Windows, a share or a key of its registry: there, backslashes are no escapes. */
const windowsPath = /(?<![a-z\d])[a-z]:\\|(?<![\w\\])\\\\(?=[\w[])|\bHK(?:LM|CU|CR|U|EY_)|%\w+%\\/iu;
const token = /[^\s"'<>]+/gu;
const escaped = /(?<!\\)\\(?:u([0-9a-f]{4})|([nrt])|([.:()[\]{}-])|\\*(\/))/giu;
/** Whose strings hold \n for a line end. */
const jsonString = /"\s*[:,]\s*"|^\s*[[{"]/u;

interface Token {
  readonly end: number;
  readonly isPath: boolean;
  /** Browsers take http://good.example\.evil.example for the host good.example: there, such a backslash is no escape. */
  readonly isEveryDotEscaped: boolean;
  readonly holdsLineEnds: boolean;
}

function undoBackslashes(mapped: MappedText): MappedText {
  const isJson = jsonString.test(mapped.text);
  const tokens = [...mapped.text.matchAll(token)]
    .filter(([text]) => text.includes('\\'))
    .map(({ index, 0: text }): Token => {
      const isUrl = /:\\*\/\\*\//u.test(text);
      return {
        end: index + text.length,
        isPath: windowsPath.test(text),
        isEveryDotEscaped: !isUrl || text.indexOf('.') === text.indexOf('\\.') + 1,
        holdsLineEnds: isJson || isUrl,
      };
    });
  let next = 0;
  return replaceMapped(mapped, escaped, match => {
    while ((tokens[next]?.end ?? Number.POSITIVE_INFINITY) <= match.index) next++;
    return escapedText(match, tokens[next] as Token);
  });
}

function escapedText([whole, code, lineEnd, sign, slash]: RegExpExecArray, { isPath, ...token }: Token): string {
  if (isPath) return whole;
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16)).toWellFormed();
  if (lineEnd !== undefined) return token.holdsLineEnds ? ' ' : whole;
  if (slash !== undefined) return slash;
  return sign === undefined || (sign === '.' && !token.isEveryDotEscaped) ? whole : sign;
}

const entity = /&(?:(amp|lt|gt|quot|apos|nbsp|sol|period|colon|commat)|#(\d{1,6})|#x([0-9a-f]{1,5}));/giu;
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  sol: '/',
  period: '.',
  colon: ':',
  commat: '@',
};

function entityText([whole, name, decimal, hexadecimal]: RegExpExecArray): string {
  if (name !== undefined) return named[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
}
