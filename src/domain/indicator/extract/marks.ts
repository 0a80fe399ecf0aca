/** Defanging in text: marks with spaces, half marks, marks of several signs. Pure. */
import { defangMark } from '../refang.ts';
import { type MappedText, replaceMapped } from './mapped-text.ts';

/** A mark that stands for a character which is no sign of its own elsewhere: foo[-]bar.example, 192.0.2.0[/]24, [www].example.org. */
const otherMark = /[[({]([-/]|www)[\])}](?=[\p{L}\p{N}.[])/giu;
const commaMark = /(?<=[\p{L}\p{N}])[[({],[\])}](?=[\p{L}\p{N}])/gu;
const halfMark = /(?<=[\p{L}\p{N}])(?:\[\.|\.\])(?=[\p{L}\p{N}])/gu;
/** `https:// evil.example/x`, `hxxp[:// evil[.]example`: nothing but a URL goes on behind its scheme. */
const brokenScheme = /(?<=\b(?:h..ps?|ftp)\[?:\/\/) (?=[a-z\d-]{1,63}(?:[[({]|\.[a-z\d]))/giu;

const doubleMark = /\[\.\]\.(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])\.\[\.\]/gu;
/** What searches and browsers put into words. */
const insertion = /@\/?kibana-highlighted-field@|<wbr\s?\/?>/giu;
/** 'evil.ex'+'ample.org' of a script. */
const joint = /(["'])(\s?)[+&.](\s?)\1(?![a-z]{2,8}:\/\/)/giu;
/** With spaces around the sign, "evil.example" & "bad.example" may be two: only what plainly goes on is joined. */
const goesOn = /(?:[./:-]|["'](?:h|ht|htt|https?))$/iu;

function joined({ 0: whole, 2: before, 3: behind, index, input }: RegExpExecArray): string {
  const isSpaced = before !== '' || behind !== '';
  return isSpaced && !goesOn.test(input.slice(Math.max(0, index - 8), index)) ? whole : '';
}
/** (4)evil(7)example(3)org(0), as the DNS server of Windows logs names. */
const counted = /\(\d{1,2}\)(?=[\w-]{1,63}\(\d)|(?<=[\w-])\(0\)/gu;

/** Removes spaces in marks, and around those with one on both sides; completes half marks. */
export function completeMarks(text: MappedText): MappedText {
  let marked = text;
  for (const [pattern, replace] of changes) marked = replaceMapped(marked, pattern, replace);
  if (!marked.text.includes('(0)')) return marked;
  return replaceMapped(marked, counted, ({ index, input }) => (/[\w-]/u.test(input[index - 1] ?? '') ? '[.]' : ' '));
}

/** Word processors put it where a word may be broken; it shows only there. */
const softHyphen = /(?<=[\p{L}\p{N}])\u00AD(?=[\p{L}\p{N}])/gu;

const changes: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [defangMark, ([mark]) => stripMarkSpaces(mark)],
  [otherMark, ([, sign = '']) => sign],
  [commaMark, () => '[.]'],
  [doubleMark, () => '[.]'],
  [halfMark, () => '[.]'],
  [insertion, () => ''],
  [joint, joined],
  [brokenScheme, () => ''],
  [softHyphen, () => ''],
];

/** In "saw [:][:]1 and" the first mark begins a word; in "evil [.] com" the mark joins two. */
function stripMarkSpaces(mark: string): string {
  const bare = mark.replaceAll(' ', '');
  const joins = mark.startsWith(' ') && mark.endsWith(' ') && !bare.includes(':');
  return joins ? bare : `${mark.startsWith(' ') ? ' ' : ''}${bare}${mark.endsWith(' ') ? ' ' : ''}`;
}
