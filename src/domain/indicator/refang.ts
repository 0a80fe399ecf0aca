import { withPlainScheme } from './url-schemes.ts';

/** Refanged text, or what is wrong with the input. */
export type RefangedText =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: string; readonly text?: undefined };

export const tooLong = {
  bytes: 2_048,
  problem: 'The text is too long: an indicator has at most 2,048 bytes in UTF-8.',
} as const;

export const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Defanging can make text three times as long; longer input cannot be a valid indicator. */
const maxInputLength = 4 * tooLong.bytes;

/**
 * First step, for text of every type: removes white space and quotes around it and refangs `[.]`, `[:]`, `[@]`, `[://]`
 * and `hxxp://`. No canonical value contains any of these, so `defang` is reversible.
 */
export function refangText(input: string): RefangedText {
  const bare = unquote(trim(input));
  if (bare.length > maxInputLength) return tooLongText;
  if (!bare.isWellFormed()) return { problem: 'The text holds half a character (a lone surrogate): send it as UTF-8.' };
  const control = /[\p{Cc}\p{Zl}\p{Zp}]/u.exec(bare)?.[0].charCodeAt(0);
  if (control !== undefined)
    return {
      problem: `The text holds a control character (${codePointName(control)}): one value, in one line, is expected.`,
    };
  const text = refangSquareMarks(bare);
  if (text === undefined) return { problem: 'The text holds brackets nested too deeply: write [.] or a plain dot.' };
  if (text === '')
    return { problem: 'The text is empty: an address, domain, URL, e-mail address, hash or other value is expected.' };
  return bytesOf(text) > tooLong.bytes ? tooLongText : { text };
}

const tooLongText: RefangedText = { problem: tooLong.problem };
export const codePointName = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** Like `String.trim`, but keeps U+FEFF: an invisible character must be reported and not removed. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return text.slice(start, end);
}

const isSpace = (character = ''): boolean => character !== '\uFEFF' && character.trim() === '';

const quotes: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’', '«': '»' }),
);
const brackets: ReadonlyMap<string, string> = new Map(Object.entries({ '(': ')', '[': ']', '{': '}', '<': '>' }));

const unquote = (text: string): string => unwrap(text, quotes);

/** Removes pairs that enclose the whole text and do not occur inside: `'a' or 'b'` keeps its quotes. */
function unwrap(text: string, pairs: ReadonlyMap<string, string>): string {
  let bare = text;
  for (let depth = 0; depth < 8; depth++) {
    const open = bare[0] ?? '';
    const close = pairs.get(open);
    const inner = bare.slice(1, -1);
    if (bare.length < 2 || close === undefined || !bare.endsWith(close)) return bare;
    if (inner.includes(open) || inner.includes(close)) return bare;
    bare = trim(inner);
  }
  return bare;
}

const squareMark = /\[([.:@]|:\/\/)\]/gu;
// No flag u: with it, i would match the long s (U+017F) as an s.
const hxxp = /(?<![a-z0-9+.-])hxxp(s?):\/\//gi;

function refangSquareMarks(text: string): string | undefined {
  let plain = text;
  for (let pass = 0; plain.includes('['); pass++) {
    const next = plain.replace(squareMark, '$1');
    if (next === plain) break;
    if (pass === 8) return undefined;
    plain = next;
  }
  return plain.replace(hxxp, (_, s: string) => `http${s.toLowerCase()}://`);
}

/** Second step, for every type but OTHER: removes brackets around the text, and refangs its scheme and all other marks in its host. */
export function stripBrackets(text: string): string {
  const bare = withPlainScheme(unwrap(unwrap(text, brackets), quotes).replaceAll('[/]', '/'));
  if (!/[[({]/u.test(bare)) return bare;
  const head = schemeWithMarks.exec(bare);
  const plain = head ? refangUrl(head[1] ?? '', bare.slice(head[0].length)) : bare.replace(defangMark, refangMark);
  return refangSquareMarks(plain) ?? bare;
}

const schemeWithMarks = /^([a-z][a-z0-9+-]*)(?::\/\/|\(:\/\/\)|\{:\/\/\}|(?:\(:\)|\{:\})\/\/)/i;

/** A defanged sign such as [.], (dot), {at} or [://], with at most one space in and around it. */
export const defangMark =
  / ?(?:\[ ?(\.|dot|@|at|:|:\/\/) ?\]|\( ?(\.|dot|@|at|:|:\/\/) ?\)|\{ ?(\.|dot|@|at|:|:\/\/) ?\}) ?/giu;

const signOfWord: ReadonlyMap<string, string> = new Map([
  ['dot', '.'],
  ['at', '@'],
]);

/** The replacer for `String.replace` with `defangMark`. */
export function refangMark(_mark: string, square?: string, round?: string, curly?: string): string {
  const sign = (square ?? round ?? curly ?? '').toLowerCase();
  return signOfWord.get(sign) ?? sign;
}

/**
 * A path may contain such text literally (`/wiki/Foo_(dot)`), so behind the host only those marks are refanged that also
 * occur in the host.
 */
function refangUrl(scheme: string, rest: string): string {
  const end = rest.search(/[/?#]/u);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const used = new Set(authority.match(defangMark)?.map(mark => mark.trim().toLowerCase()));
  const tail = rest.slice(authority.length);
  const plainTail = tail.replace(defangMark, (mark, ...signs: string[]) =>
    used.has(mark.trim().toLowerCase()) ? refangMark(mark, signs[0], signs[1], signs[2]) : mark,
  );
  return `${scheme}://${authority.replace(defangMark, refangMark)}${plainTail}`;
}
