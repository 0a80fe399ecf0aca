import { type Indicator, indicatorKey, parseIndicator } from '../indicator.ts';
import { anyMark, tooLong } from '../refang.ts';
import { indicatorsInWords } from './words.ts';

/**
 * Every indicator in free text, defanged ones too, in order of appearance, without repeats; `most` ends the search early.
 * URLs and e-mail addresses stand for themselves: their hosts are not listed beside them. What is found is only what
 * `parseIndicator` takes; names of files, version numbers and names under no known top-level domain are left out.
 * Time grows with the length of the text, not faster, whatever the text is.
 */
export function extractIndicators(text: string, most = Number.POSITIVE_INFINITY): readonly Indicator[] {
  const found = new Map<string, Indicator>();
  const fruitful = new Set<string>();
  let previous = '';
  for (const [chunk] of tidied(text).matchAll(chunks)) {
    for (const indicator of mayHold.test(chunk) && !fruitful.has(chunk) ? indicatorsIn(chunk, previous) : []) {
      if (found.size >= most) return [...found.values()];
      fruitful.add(chunk);
      const key = indicatorKey(indicator);
      if (!found.has(key)) found.set(key, indicator);
    }
    previous = chunk;
  }
  return [...found.values()];
}

const chunks = /[^\s"'`<>|«»“”„‘’，。、；：！？（）【】《》「」]+/gu;

/** A cheap look before the careful one: every indicator has one of these. */
const mayHold = /[.:@]|[[({](?:dot|at)[\])}]|[0-9a-f]{32}/iu;

/** Marks lose the spaces in them, and around them if on both sides; half marks get their other half, JSON's `\/` is a slash. */
function tidied(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\/', '/')
    .replace(anyMark, withoutSpaces)
    .replace(/(?<=[\p{L}\p{N}])(?:\[\.|\.\])(?=[\p{L}\p{N}])/gu, '[.]');
}

/** In "saw [:][:]1 and" the first mark begins a word; in "evil [.] com" it joins two. */
function withoutSpaces(mark: string): string {
  const bare = mark.replaceAll(' ', '');
  const joins = mark.startsWith(' ') && mark.endsWith(' ') && !bare.includes(':');
  return joins ? bare : `${mark.startsWith(' ') ? ' ' : ''}${bare}${mark.endsWith(' ') ? ' ' : ''}`;
}

const schemeSign = /[[({]:\/\/[\])}]|[[({]:[\])}]\/\/|:\/\//gu;
const schemeBefore = /[a-z][a-z0-9+-]*$/i;
const longestScheme = 20;

interface Start {
  /** Where the scheme begins, and where what follows `://` does. */
  readonly at: number;
  readonly rest: number;
}

function* indicatorsIn(chunk: string, previous: string): Generator<Indicator> {
  const starts = startsIn(chunk);
  let done = 0;
  for (const [index, start] of starts.entries()) {
    if (start.at < done) continue;
    yield* indicatorsInWords(chunk.slice(done, start.at), previous);
    const next = starts.slice(index + 1, index + 50).find(({ at }) => ',;()[]{}'.includes(chunk[at - 1] ?? ' '));
    done = next?.at ?? chunk.length;
    yield* urlIn(chunk.slice(start.at, done), start.rest - start.at);
  }
  if (done < chunk.length) yield* indicatorsInWords(chunk.slice(done), previous);
}

function startsIn(chunk: string): readonly Start[] {
  return [...chunk.matchAll(schemeSign)].flatMap(({ index, 0: sign }) => {
    const scheme = schemeBefore.exec(chunk.slice(Math.max(0, index - longestScheme), index))?.[0];
    return scheme === undefined ? [] : [{ at: index - scheme.length, rest: index + sign.length }];
  });
}

/** What is no URL, or too long a one to be asked about, is still worth its host. */
function* urlIn(text: string, rest: number): Generator<Indicator> {
  const short = text.length <= 2 * tooLong.bytes;
  const { indicator } = short ? parseIndicator(withoutPunctuation(text), 'URL') : {};
  if (indicator) yield indicator;
  else yield* indicatorsInWords(/^[^/?#]{0,300}/u.exec(text.slice(rest))?.[0] ?? '', '');
}

const closing: ReadonlyMap<string, string> = new Map(Object.entries({ ')': '(', ']': '[', '}': '{' }));

/** Takes off what ends the sentence around a URL: stops, and brackets that were not opened in it. */
function withoutPunctuation(text: string): string {
  const surplus = new Map([...closing].map(([close, open]) => [close, count(text, close) - count(text, open)]));
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] ?? '';
    const extra = surplus.get(last);
    if (extra === undefined ? !'.,;:!?*\\([{'.includes(last) : extra <= 0) break;
    if (extra !== undefined) surplus.set(last, extra - 1);
  }
  return text.slice(0, end);
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;
