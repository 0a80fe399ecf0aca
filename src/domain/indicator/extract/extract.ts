import { indicatorKey, parseIndicator } from '../indicator.ts';
import type { Indicator } from '../model.ts';
import { defangMark, tooLong } from '../refang.ts';
import { indicatorsInWords } from './words.ts';

/**
 * Finds the indicators in free text, defanged ones too, in order of appearance and without repeats; the search stops at
 * `limit`. The hosts of URLs and e-mail addresses are not listed separately. Everything found is valid for
 * `parseIndicator`; file names, version numbers and names under no known top-level domain are left out.
 * The time is linear in the length of the text, for any text.
 */
export function extractIndicators(text: string, limit = Number.POSITIVE_INFINITY): readonly Indicator[] {
  const found = new Map<string, Indicator>();
  const searchedChunks = new Set<string>();
  let previous = '';
  for (const [chunk] of normalizeMarks(text).matchAll(chunks)) {
    for (const indicator of mayContainIndicator.test(chunk) && !searchedChunks.has(chunk)
      ? indicatorsIn(chunk, previous)
      : []) {
      if (found.size >= limit) return [...found.values()];
      searchedChunks.add(chunk);
      const key = indicatorKey(indicator);
      if (!found.has(key)) found.set(key, indicator);
    }
    previous = chunk;
  }
  return [...found.values()];
}

const chunks = /[^\s"'`<>|«»“”„‘’，。、；：！？（）【】《》「」]+/gu;

/** A cheap test before the expensive one: every indicator contains one of these. */
const mayContainIndicator = /[.:@]|[[({](?:dot|at)[\])}]|[0-9a-f]{32}/iu;

/** Removes spaces in marks, and around those with one on both sides; completes half marks; reads `\/` as a slash. */
function normalizeMarks(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\\/', '/')
    .replace(defangMark, stripMarkSpaces)
    .replace(/(?<=[\p{L}\p{N}])(?:\[\.|\.\])(?=[\p{L}\p{N}])/gu, '[.]');
}

/** In "saw [:][:]1 and" the first mark begins a word; in "evil [.] com" the mark joins two. */
function stripMarkSpaces(mark: string): string {
  const bare = mark.replaceAll(' ', '');
  const joins = mark.startsWith(' ') && mark.endsWith(' ') && !bare.includes(':');
  return joins ? bare : `${mark.startsWith(' ') ? ' ' : ''}${bare}${mark.endsWith(' ') ? ' ' : ''}`;
}

const schemeSign = /[[({]:\/\/[\])}]|[[({]:[\])}]\/\/|:\/\//gu;
const schemeBefore = /[a-z][a-z0-9+-]*$/i;
const maxSchemeLength = 20;

interface UrlStart {
  /** Offset of the scheme, and of the text after `://`. */
  readonly at: number;
  readonly rest: number;
}

function* indicatorsIn(chunk: string, previous: string): Generator<Indicator> {
  const starts = startsIn(chunk);
  let searchedTo = 0;
  for (const [index, start] of starts.entries()) {
    if (start.at < searchedTo) continue;
    yield* indicatorsInWords(chunk.slice(searchedTo, start.at), previous);
    const next = starts.slice(index + 1, index + 50).find(({ at }) => ',;()[]{}'.includes(chunk[at - 1] ?? ' '));
    searchedTo = next?.at ?? chunk.length;
    yield* urlIn(chunk.slice(start.at, searchedTo), start.rest - start.at);
  }
  if (searchedTo < chunk.length) yield* indicatorsInWords(chunk.slice(searchedTo), previous);
}

function startsIn(chunk: string): readonly UrlStart[] {
  return [...chunk.matchAll(schemeSign)].flatMap(({ index, 0: sign }) => {
    const scheme = schemeBefore.exec(chunk.slice(Math.max(0, index - maxSchemeLength), index))?.[0];
    return scheme === undefined ? [] : [{ at: index - scheme.length, rest: index + sign.length }];
  });
}

/** Yields the URL; for text that is not a valid URL, or one that is too long, its host. */
function* urlIn(text: string, rest: number): Generator<Indicator> {
  const short = text.length <= 2 * tooLong.bytes;
  const { indicator } = short ? parseIndicator(withoutPunctuation(text), 'URL') : {};
  if (indicator) yield indicator;
  else yield* indicatorsInWords(/^[^/?#]{0,300}/u.exec(text.slice(rest))?.[0] ?? '', '');
}

const closing: ReadonlyMap<string, string> = new Map(Object.entries({ ')': '(', ']': '[', '}': '{' }));

/** Removes punctuation of the surrounding sentence: stops, and brackets that were not opened inside the URL. */
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
