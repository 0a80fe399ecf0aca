/** Where in a piece of text URLs begin, however their scheme is written. Pure. */
import { plainScheme, withPlainScheme } from '../url-schemes.ts';

export interface UrlStart {
  /** Offset of the scheme, and of the text behind `://`. */
  readonly at: number;
  readonly rest: number;
}

/** `://` whole, in marks, broken or with backslashes: [:]//, [://, :\\, []://, (:)//, :///, //. */
const signs = /[[({\])}]{0,3}(?::[[({\])}]{0,2}(?:[/\\][\])}]?){1,3}|:\/\/|\/\/)[\])}]{0,2}/gu;
const simpleWord = /[a-z][a-z0-9+.-]*$/i;
const markedWord = /[[({]?[a-z*][\w*+.\-[\](){}]{0,23}$/i;
const maxHead = 40;
/** A scheme that adjoins another word: urlhttp://evil.example. */
const glued = /^[a-z0-9+.-]*?(h(?:tt|xx)ps?)$/i;

export function urlStartsIn(chunk: string): readonly UrlStart[] {
  return [...chunk.matchAll(signs)].flatMap(({ index, 0: sign }) => {
    const rest = index + sign.length;
    const before = chunk.slice(Math.max(0, index - maxHead), index);
    const scheme = schemeAt(before, sign, chunk.slice(rest, rest + 1));
    return scheme === undefined ? [] : [{ at: index - scheme.length, rest }];
  });
}

/** The end of the text that is a scheme; undefined: what follows it makes no URL. */
function schemeAt(before: string, sign: string, next: string): string | undefined {
  const [word = ''] = simpleWord.exec(before) ?? [];
  if (sign === '://' && word !== '' && plainScheme(word) === undefined) {
    const inner = glued.exec(word)?.[1];
    if (inner !== undefined) return inner;
  }
  for (const scheme of [word, markedWord.exec(before)?.[0]])
    if (scheme !== undefined && isScheme(scheme, sign, next)) return scheme;
  return sign === '://' && word !== '' ? word : undefined;
}

function isScheme(word: string, sign: string, next: string): boolean {
  if (word === '') return false;
  const whole = `${word}${sign}${next === '' ? 'x' : next}`;
  const plain = withPlainScheme(whole);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(plain) && plainScheme(plain.slice(0, plain.indexOf(':'))) !== undefined;
}
