/** Makes text that others wrote safe to display, to paste and to open in a spreadsheet. Pure. */

/** Control, bidirectional and invisible characters: a terminal executes them, a page or a cell displays them misleadingly. */
const unsafeCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const toEscape = (character: string) =>
  [...Array(character.length).keys()]
    .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** Writes unsafe characters as `\uXXXX`. JSON stays valid JSON. */
export const escapeUnsafe = (text: string): string => text.replace(unsafeCharacters, toEscape);

/** What is defanged already, or else a sign that makes text a link. */
const linkSigns = /(\[(?:[.@]|:\/\/)\]|[hH][xX]{2}[pP][sS]?:\/\/)|(?<![A-Za-z0-9+.-])http(s?):\/\/|:\/\/|[.@]/g;

/**
 * Defangs text that the gateway has not parsed, so that it does not become a link. The result is the gateway's own
 * spelling, with two differences: what is defanged already stays as it is, and so does every single colon.
 */
export const defangText = (text: string): string =>
  text.replace(
    linkSigns,
    (sign: string, defanged?: string, s?: string) => defanged ?? (s === undefined ? `[${sign}]` : `hxxp${s}://`),
  );

type CsvValue = string | number | boolean | null | undefined;

/**
 * A cell by RFC 4180 that is safe in a spreadsheet: text that begins with = + - @, a tab or a line end, also after spaces
 * and quotes, would be a formula there, so an apostrophe is put in front (OWASP, CSV injection).
 */
export function csvCell(value: CsvValue): string {
  const text = String(value ?? '');
  const withoutFormula = typeof value === 'string' && /^[\s"']*[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  const escaped = escapeUnsafe(withoutFormula);
  return /[",;']/.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

/** One line of a CSV file, with its end. */
export const csvRow = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(',')}\r\n`;
