/** What formats write in place of a character: JSON, HTML, mail, regular expressions, terminals. Pure. */
import { undoMailEncodings } from './mail-encodings.ts';
import { type MappedText, replaceMapped } from './mapped-text.ts';

/** Undoes the escapes that a text is seen to use. An escaped line end becomes a space: it ends whatever stands before it. */
export function undoEscapes(text: MappedText): MappedText {
  let plain = undoMailEncodings(text);
  if (plain.text.includes('\u001B')) plain = replaceMapped(plain, colour, () => '');
  if (plain.text.includes('\\')) plain = undoBackslashes(plain);
  // Twice, because &amp;lt; stands for &lt;.
  for (let pass = 0; pass < 2 && plain.text.includes('&'); pass++) plain = replaceMapped(plain, entity, entityText);
  return plain;
}

/** A path of Windows, a share or a key of its registry: there, backslashes are no escapes. */
const windowsPath = /(?<![a-z\d])[a-z]:\\|(?<![\w\\])\\\\(?=[\w[])|\bHK(?:LM|CU|CR|U|EY_\w+):?\\|%\w+%\\/iu;
const token = /[^\s"'<>]+/gu;
const escaped = /(?<!\\)\\(?:u([0-9a-f]{4})|x([2-7][0-9a-f])|([nrt])|([.:()[\]{}=-])|\\*(\/))/giu;
/** Whose strings hold \n for a line end. In other text, CORP\nick is an account of Windows. */
const jsonString = /"\s*:\s*["{[\d]|^\s*(?:\{\s*"|\[\s*["{])/u;
const severalLineEnds = /\\[nrt].*\\[nrt]|\\[nrt]\d/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals begin a colour with it
const colour = /\u001B\[[\d;?]*[a-z]/giu;

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
        holdsLineEnds: isJson || isUrl || severalLineEnds.test(text),
      };
    });
  let next = 0;
  return replaceMapped(mapped, escaped, match => {
    while ((tokens[next]?.end ?? Number.POSITIVE_INFINITY) <= match.index) next++;
    return escapedText(match, tokens[next] as Token);
  });
}

function escapedText([whole, code, byte, lineEnd, sign, slash]: RegExpExecArray, { isPath, ...token }: Token): string {
  if (isPath) return whole;
  const number = code ?? byte;
  if (number !== undefined) return String.fromCharCode(Number.parseInt(number, 16)).toWellFormed();
  if (lineEnd !== undefined) return token.holdsLineEnds ? ' ' : whole;
  if (slash !== undefined) return slash;
  return sign === undefined || (sign === '.' && !token.isEveryDotEscaped) ? whole : sign;
}

const entity = /&(?:(amp|lt|gt|quot|apos|nbsp|shy|sol|period|colon|commat)|#(\d{1,6})|#x([0-9a-f]{1,5}));/giu;
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  shy: '\u00AD',
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
