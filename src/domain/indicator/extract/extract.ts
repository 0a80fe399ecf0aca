/** Finds the indicators in text of any kind: reports, mails, tables, logs. Pure. */
import { parseIndicator } from '../indicator.ts';
import { undoEscapes } from './escapes.ts';
import { type Found, lastWords, type Steps, shifted } from './found.ts';
import { type LineOfText, linesOf } from './lines.ts';
import { type MappedText, placeOf } from './mapped-text.ts';
import { completeMarks } from './marks.ts';
import { urlStartsIn } from './url-starts.ts';
import { urlAt } from './urls.ts';
import { indicatorsInWords } from './words.ts';
import { escapedUrlsIn } from './wrapped-links.ts';

/**
 * Yields each indicator of the text, defanged ones too, in order of appearance, each time that it appears; and what looks
 * like one and is none. Places are UTF-16 units of the text as given. The hosts of URLs and e-mail addresses are not
 * listed separately; what a URL wraps is, in the place of the URL. Everything found is valid for `parseIndicator`; file
 * names, version numbers and names under no known top-level domain are left out. The time is linear in the length of the
 * text, for any text; undefined is yielded in between, so that who searches a long one can do something else.
 */
export function* findIndicators(text: string): Steps {
  const unescaped = undoEscapes({ text: text.toWellFormed() });
  yield undefined;
  const plain = completeMarks(unescaped);
  yield undefined;
  for (const line of linesOf(plain.text)) {
    let previous = '';
    for (const { 0: chunk, index } of line.text.matchAll(chunks)) {
      if (mayContainIndicator.test(chunk))
        yield* inPlaces(plain, line.start, indicatorsIn(line, chunk, index, previous));
      if (/[\p{L}\p{N}]/u.test(chunk)) previous = lastWords(previous, chunk);
      yield undefined;
    }
  }
}

const chunks = /[^\s"'`<>|«»“”„‘’，。、；：！？（）【】《》「」]+/gu;

/** A cheap test before the expensive one: every indicator contains one of these. */
const mayContainIndicator = /[.:@]|[[({](?:dot|at)[\])}]|[0-9a-f]{32}|\/\//iu;

function* inPlaces(plain: MappedText, from: number, all: Steps): Steps {
  for (const found of all)
    yield found && { ...found, ...placeOf(plain, { start: found.start + from, end: found.end + from }) };
}

/** Places are those of the line. */
function* indicatorsIn(line: LineOfText, chunk: string, at: number, previous: string): Steps {
  const starts = urlStartsIn(chunk).map(start => ({ at: start.at + at, rest: start.rest + at }));
  const end = at + chunk.length;
  let searchedTo = at;
  let isFound = false;
  for (const [index, start] of starts.entries()) {
    // http://http://evil.example is one URL too many.
    if (start.at < searchedTo || starts[index + 1]?.at === start.rest) {
      yield undefined;
      continue;
    }
    for (const found of inWords(line, searchedTo, start.at, previous)) {
      isFound ||= found !== undefined;
      yield found;
    }
    const next = starts.slice(index + 1, index + 50).find(other => ',;()[]{}'.includes(line.text[other.at - 1] ?? ' '));
    const url = urlAt(line, start, next?.at ?? end);
    isFound ||= url.found.length > 0;
    yield* url.found;
    yield undefined;
    searchedTo = Math.max(url.end, start.rest);
  }
  for (const found of inWords(line, searchedTo, end, previous)) {
    isFound ||= found !== undefined;
    yield found;
  }
  if (!isFound) yield* problemOf(chunk, at);
}

function* inWords(line: LineOfText, from: number, to: number, previous: string): Steps {
  const text = line.text.slice(from, to);
  let at = from;
  for (const url of text.includes('%') ? escapedUrlsIn(text) : []) {
    yield* wordsBetween(line, at, from + url.start, previous);
    yield shifted(url, from);
    at = from + url.end;
  }
  yield* wordsBetween(line, at, to, previous);
}

function* wordsBetween(line: LineOfText, from: number, to: number, previous: string): Steps {
  for (const found of to > from ? indicatorsInWords(line.text.slice(from, to), { line, at: from, previous }) : [])
    yield found && shifted(found, from);
}

const maxProblem = 300;
/** A scheme, four numbers, a mail address, a mark, as many digits as a hash. */
const looksLikeOne = /^[^/]{0,12}:\/\/|^\W?\d{1,3}(?:\.\d{1,3}){3}\W?$|\w@[\w-]+\.\w|\[\.\]|^\W?[0-9a-f]{30,130}\W?$/iu;

/** What looks like an indicator, and what is wrong with it. */
function* problemOf(chunk: string, at: number): Generator<Found> {
  if (chunk.length > maxProblem || !looksLikeOne.test(chunk)) return;
  const { indicator, problem = noSuchName } = parseIndicator(chunk);
  // A version is spelled like an address, and means none.
  if (indicator === undefined || indicator.type === 'OTHER') yield { problem, start: at, end: at + chunk.length };
}

const noSuchName =
  'This looks like an indicator, but is no address, domain, URL, e-mail address or hash: write it whole, as in evil[.]example[.]org.';
