/** Symbols and markup that adjoin a word and are no part of it. Pure. */
import { isSymbol } from '../edges.ts';

/** The length of the symbols at the beginning; 0 where they are a label of their own. */
export function decorationBefore(run: string): number {
  let length = 0;
  for (const character of run) {
    if (!isSymbol(character)) break;
    length += character.length;
  }
  return length > 0 && /^[.\uE000]/u.test(run.slice(length)) ? 0 : length + pairBefore(run.slice(length));
}

/** The same at the end. */
export function decorationBehind(run: string): number {
  let length = 0;
  for (let character = run.at(-1) ?? ''; character !== ''; character = run.at(-1 - length) ?? '') {
    const whole = /[\uDC00-\uDFFF]/u.test(character) ? run.slice(-2 - length, run.length - length) : character;
    if (!isSymbol(whole)) break;
    length += whole.length;
  }
  return /[.\uE000]$/u.test(run.slice(0, run.length - length)) && length > 0 ? 0 : length + pairBehind(run, length);
}

/** _evil.example_ is Markdown. */
const pairBefore = (text: string): number => (/^_[^_].*_$/u.test(text) ? 1 : 0);
const pairBehind = (text: string, length: number): number =>
  /[^_]_$/u.test(text.slice(0, text.length - length)) ? 1 : 0;
