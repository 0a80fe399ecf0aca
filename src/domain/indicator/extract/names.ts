import { hostName, publicSuffixOf } from '../domain-name.ts';
import { parseIndicator } from '../indicator.ts';
import type { Indicator } from '../model.ts';
import { specialUseOfName } from '../special-use.ts';
import { fileExtensions, sharedExtensions } from './file-names.ts';

/**
 * Stands for a dot that was defanged, which shows that an indicator was meant. A private-use character, so it is
 * removed from the input first.
 */
export const markedDot = '\uE000';

export const withPlainDots = (text: string): string => text.replaceAll(markedDot, '.');

/** Scripts written without spaces may adjoin a name, so the text is tried both with and without them. */
const unspacedScripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/u;

/** Domain names in a piece of text. `behind`: the character after it. */
export function* namesIn(text: string, behind: string): Generator<Indicator> {
  for (const candidate of unspacedScripts.test(text) ? [text, ...text.split(unspacedScripts)] : [text]) {
    const { indicator } = isName(candidate, behind) ? parseIndicator(withPlainDots(candidate), 'DOMAIN') : {};
    if (indicator) yield indicator;
  }
}

/**
 * Whether the text means a domain: not a file, a function call, a product, or two sentences without a space between
 * them.
 */
function isName(text: string, behind: string): boolean {
  const name = /[.\uE000]/u.test(text) ? hostName(withPlainDots(text)) : undefined;
  if (name === undefined || !name.includes('.')) return false;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (text.includes(markedDot)) return !fileExtensions.has(ending);
  if (!isUnderKnownName(name) || behind === '(') return false;
  const mayBeFile = sharedExtensions.has(ending) && behind !== '/' && name.split('.').length === 2;
  return !mayBeFile && !/\.[A-Z][a-z]+$|^(?:ADO|ASP|ML|VB)\.NET$/u.test(text);
}

export function isUnderKnownName(name: string): boolean {
  const suffix = publicSuffixOf(name);
  return suffix === undefined
    ? name.includes('.') && specialUseOfName(name) !== undefined
    : suffix.length < name.length;
}
