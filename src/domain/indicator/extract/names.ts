/** Domain names in a word: which of the words that are spelled like one mean one. Pure. */
import { hostName, publicSuffixOf, suffixOf } from '../domain-name.ts';
import { parseIndicator } from '../indicator.ts';
import { specialUseOfName } from '../special-use.ts';
import { fileExtensions, isCode, isPackage, mayBeFile } from './file-names.ts';
import type { Found } from './found.ts';
import type { LineOfText } from './lines.ts';

/**
 * Stands for a dot that was defanged, which shows that an indicator was meant. A private-use character, so it is
 * removed from the input first.
 */
export const markedDot = '\uE000';

export const withPlainDots = (text: string): string => text.replaceAll(markedDot, '.');

/** Scripts written without spaces may adjoin a name, so the text is tried both with and without them. */
export const unspacedScripts =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/u;
const allUnspaced = new RegExp(unspacedScripts, 'gu');

interface NameContext {
  readonly line: LineOfText;
  /** Where in the line the word begins. */
  readonly at: number;
  /** The word before, and the character behind. */
  readonly previous: string;
  readonly behind: string;
  readonly isHost?: boolean;
}

interface Candidate {
  readonly text: string;
  readonly start: number;
}

export function* namesIn(word: Candidate, context: NameContext): Generator<Found> {
  for (const { text, start } of candidatesIn(word)) {
    const { indicator } = isName(text, context) ? parseIndicator(withPlainDots(text), 'DOMAIN') : {};
    if (indicator) yield { indicator, start, end: start + text.length };
  }
}

/** Where such a script adjoins other letters in one label, it is hardly that of a name, and the others are. */
function candidatesIn(word: Candidate): readonly Candidate[] {
  const runs = [...word.text.matchAll(allUnspaced)];
  if (runs.length === 0) return [withoutPrefix(word)];
  const ends = [...runs.map(({ index }) => index), word.text.length];
  const starts = [0, ...runs.map(({ index, 0: run }) => index + run.length)];
  const pieces = starts.map((from, index) => ({ text: word.text.slice(from, ends[index]), start: word.start + from }));
  const withDots = pieces.filter(({ text }) => /[\p{L}\p{N}][.\uE000][\p{L}\p{N}]/u.test(text));
  return withDots.length > 0 && mixedLabel.test(word.text) ? withDots : [word];
}

/** Hebrew and Arabic put a letter and a hyphen before a name. */
function withoutPrefix(word: Candidate): Candidate {
  const length = /^[\p{Script=Hebrew}\p{Script=Arabic}]{1,3}-/u.exec(word.text)?.[0].length ?? 0;
  return { text: word.text.slice(length), start: word.start + length };
}

const mixedLabel =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}][a-z\d]|[a-z\d][\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/iu;

/** A scheme whose sign has become letters: part of it is no name. */
const brokenScheme = /^h(?:tt|xx)ps?_+/iu;

/** Whether the text means a domain: not a file, a call, a package, a product, or two sentences without a space. */
function isName(text: string, context: NameContext): boolean {
  const name = /[.\uE000]/u.test(text) ? hostName(withPlainDots(text)) : undefined;
  if (name === undefined || !name.includes('.') || brokenScheme.test(name)) return false;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (text.includes(markedDot)) return !fileExtensions.has(ending);
  if (!isUnderKnownName(name) || fileExtensions.has(ending) || isCalled(context)) return false;
  if (
    context.isHost ||
    context.behind.startsWith('/') ||
    context.line.isListed(context.at) ||
    domainLabel.test(context.previous)
  )
    return true;
  if (mayBeFile(name) || isPackage(name) || isCode(text) || isEndOfSentence(name, context.previous)) return false;
  return !/\.[A-Z][a-z]+$|^(?:ADO|ASP|ML|VB)\.NET$/u.test(text);
}

/** `file.open("x")`, `$x.name`; but `mail.evil.example(192.0.2.1)` is a name and its address. */
const isCalled = ({ line, at, behind }: NameContext): boolean =>
  (behind.startsWith('(') && !/^\(\d{1,3}\./u.test(behind)) || behind.startsWith('$') || line.text[at - 1] === '$';

/** What follows such a word is no file. */
const domainLabel = /(?:^| )(?:domains?|host|hostname|[ds]host|fqdn|sni|cn|server_name|rrname)[:=]?$/iu;

/** Of `automatinghr. workers.dev` only the end is left, and that belongs to many. */
const isEndOfSentence = (name: string, previous: string): boolean =>
  previous.endsWith('.') && suffixOf(name).isPrivate && suffixOf(name).suffix === name;

export function isUnderKnownName(name: string): boolean {
  const suffix = publicSuffixOf(name);
  return suffix === undefined
    ? name.includes('.') && specialUseOfName(name) !== undefined
    : suffix.length < name.length;
}
