/** Indicators in the words of a line, apart from its URLs. Pure. */
import { defangMark, refangMark } from '../refang.ts';
import { addressIn, emailIn, isCutOff } from './addresses.ts';
import { decorationBefore, decorationBehind } from './decoration.ts';
import { type Found, lastWords, type Steps, shifted } from './found.ts';
import { type MappedText, placeOf, replaceMapped } from './mapped-text.ts';
import { markedDot, unspacedScripts } from './names.ts';
import { asciiIn, type Part } from './part.ts';
import { indicatorsInPath, minLength, type WordContext, type WordsContext } from './segments.ts';

/** Signs that stand between words, such as arrows and boxes. Other symbols may be a label of a name. */
const betweenWords = String.raw`[\u2190-\u21ff\u2500-\u25ff\u2794\u2798-\u27af\u27b1-\u27be\u2b00-\u2b11]`;
const words = new RegExp(String.raw`[[\p{L}\p{M}\p{N}\p{Cf}\p{So}\uE000_.\-:@\/+%]--${betweenWords}]+`, 'gv');

/** Escapes of URLs that end a word outside of one: evil.example%2F, %20192.0.2.1. */
const escapedEnd = /%(?:2[0267-9cf]|3[abcde]|40|5[bd]|7[bcd]|0[9ad])/giu;
const escapedSign: Readonly<Record<string, string>> = { '%2f': '/', '%3a': ':', '%40': '@' };

function withMarkedDots(text: string): MappedText {
  const plain = replaceMapped(
    { text: text.replaceAll(markedDot, ' ') },
    escapedEnd,
    ([code]) => escapedSign[code.toLowerCase()] ?? ' ',
  );
  return replaceMapped(plain, defangMark, mark => {
    const sign = refangMark(mark[0], mark[1], mark[2], mark[3]);
    return sign === '.' ? markedDot : sign;
  });
}

/** Places are those of the text. */
export function* indicatorsInWords(text: string, context: WordsContext): Steps {
  const marked = withMarkedDots(text);
  if (text.length > longText) yield undefined;
  let { previous } = context;
  for (const { 0: run, index } of marked.text.matchAll(words)) {
    const from = decorationBefore(run);
    const word = run.slice(from, run.length - decorationBehind(run.slice(from)));
    if (word.length >= minLength) {
      const start = index + from;
      const at = context.at + placeOf(marked, { start, end: start + 1 }).start;
      const around = {
        before: marked.text.slice(Math.max(0, start - 8), start),
        behind: marked.text.slice(start + word.length, start + word.length + 16),
      };
      for (const found of inOrder(indicatorsInWord(word, { ...context, ...around, at, previous })))
        yield found && { ...found, ...placeOf(marked, shifted(found, start)) };
    }
    previous = lastWords(previous, word);
    yield undefined;
  }
}

/** To mark its dots has taken some milliseconds. */
const longText = 4_096;

const isSame = (one: Found, other: Found | undefined): boolean =>
  one.start === other?.start && one.end === other.end && one.indicator?.value === other.indicator?.value;

function* inOrder(all: Steps): Steps {
  const found: Found[] = [];
  for (const one of all) {
    if (one === undefined) yield undefined;
    else found.push(one);
  }
  found.sort((one, other) => one.start - other.start);
  yield* found.filter((one, index, sorted) => !isSame(one, sorted[index - 1]));
}

function* indicatorsInWord(word: string, context: WordContext): Steps {
  if (isTorn(word, context)) return;
  const runs = asciiIn({ text: word, start: 0 });
  const whole = runs.length === 0 ? addressIn(word) : undefined;
  const mail = runs.length === 0 || !unspacedScripts.test(word) ? emailIn(word) : undefined;
  const parts = whole || mail ? [whole ?? (mail as Found)] : runs.flatMap(addressOrMailIn);
  if (parts.length > 0) yield* parts;
  else yield* indicatorsInPath(word, context);
}

/** <em>evil</em>.example.org, o'brien@evil.example.org: part of it would be somebody else's. */
function isTorn(word: string, { line, at }: WordContext): boolean {
  const before = line.text.slice(Math.max(0, at - 60), at);
  if (word.includes('@') && isCutOff(before)) return true;
  return /^[.\uE000]/u.test(word) && /[\p{L}\p{N}](?:<\/\w{1,10}>|\*{1,3}|~~|`|_)$/u.test(before);
}

function addressOrMailIn({ text, start }: Part): readonly Found[] {
  const one = addressIn(text) ?? emailIn(text);
  return one === undefined ? [] : [shifted(one, start)];
}
