/** Hosts and hashes in a word: which part of it may be a host. Pure. */
import { isIPv4 } from 'node:net';
import { parseIndicator } from '../indicator.ts';
import { digestTypeOf } from '../type-parsers.ts';
import { type Found, foundAt, lastWords, type Steps } from './found.ts';
import { hashesIn } from './hashes.ts';
import type { LineOfText } from './lines.ts';
import { markedDot, namesIn, withPlainDots } from './names.ts';
import { asciiIn, type Part, trimPunctuation } from './part.ts';

/** No indicator is shorter than three characters, such as `::1`. */
export const minLength = 3;

export interface WordsContext {
  readonly line: LineOfText;
  /** Where in the line the words begin. */
  readonly at: number;
  /** The word before them. */
  readonly previous: string;
  /** They are the host of what is no URL. */
  readonly isHost?: boolean;
}

/** A word and what is around it. */
export interface WordContext extends WordsContext {
  /** Some characters directly before and after this word. */
  readonly before: string;
  readonly behind: string;
}

/** `\\evil.example@80\share`, not `C:\\evil.example`. */
const share = /(?:^|[^\w\\:]|\w{2}:)\\{2,4}$/u;

/** In evil.example/path, 192.0.2.1:80 or md5:… only the first segment can be a host; the rest may hold hashes. */
export function* indicatorsInPath(word: string, context: WordContext): Steps {
  const isShare = share.test(context.before);
  let isHost = isShare || !context.before.endsWith('\\');
  let { previous } = context;
  // The scheme before it is none that can be read.
  let start = word.startsWith('://') ? 3 : 0;
  const segments = word.slice(start).split('/');
  for (const [index, segment] of segments.entries()) {
    const behind = index + 1 < segments.length ? '/' : context.behind;
    const isSkipped = segment === '' && index < 2 && (/^\/\/|^\/[^/]+\/[a-z]*$/iu.test(word) || context.line.isDnsmasq);
    let isFound = isSkipped;
    for (const one of indicatorsInSegment(
      { text: hostPart(segment, isShare), start },
      { ...context, previous, behind },
      isHost,
    )) {
      isFound = true;
      yield one;
    }
    isHost &&= isFound;
    previous = lastWords(previous, segment.slice(segment.lastIndexOf(':') + 1));
    start += segment.length + 1;
    yield undefined;
  }
}

/** In evil.example/jim@2.exe and user@host the last part may be a host; in \\host@80\share the first is. */
const hostPart = (segment: string, isShare: boolean): string => (isShare ? (segment.split('@')[0] ?? '') : segment);

/** Behind main.rs:10 stands the number of a line. */
const usualPorts = new Set(
  '21 22 25 53 80 81 88 110 143 389 443 445 465 587 636 993 995 1080 1337 1433 3306 3389 4443 4444 5432 5900 6379 8000 8008 8080 8081 8088 8090 8443 8888 9000 9001 9090 9200 9443'.split(
    ' ',
  ),
);

function* indicatorsInSegment(segment: Part, context: WordContext, withHosts: boolean): Generator<Found> {
  let { start } = segment;
  let { previous } = context;
  const at = segment.text.lastIndexOf('@') + 1;
  start += at;
  const texts = segment.text.slice(at).split(':');
  for (const [index, text] of texts.entries()) {
    const behind = usualPorts.has(texts[index + 1] ?? '') ? '/' : context.behind;
    // 192.0.2.7%eth0
    const bare = text.replace(/(?<=^[\d.]{7,15})%\w+$/u, '');
    if (bare.length >= minLength && !bare.includes('%'))
      for (const part of ofOneScript({ text: bare, start }))
        yield* indicatorsInPart(part, { ...context, previous, behind }, withHosts);
    previous = lastWords(previous, text);
    start += text.length + 1;
  }
}

/** Names may hold letters of any script, so the text as it stands goes last. */
const ofOneScript = (part: Part): readonly Part[] => [
  ...asciiIn(part).filter(({ text, start }) => {
    const bare = trimPunctuation({ text, start }).text;
    return isIPv4(withPlainDots(bare)) || digestTypeOf(bare) !== undefined;
  }),
  part,
];

/** A fingerprint that is the digest of no file. */
const otherDigest =
  /(?:^|[ ._-])(?:ja3s?|ja4\w{0,2}|jarm|hassh\w*|imphash|richhash|rich_pe|pehash|vhash|authentihash|tlsh|ssdeep)(?:\(\))?(?:[ ._-]?(?:hash|digest|fingerprint|md5|value|is))?[:=]?$/iu;

function* indicatorsInPart(part: Part, context: WordContext, withHosts: boolean): Generator<Found> {
  const trimmed = trimPunctuation(part);
  const { text, start } = trimmed;
  const type = digestTypeOf(text);
  const isOfSomethingElse = otherDigest.test(context.previous);
  const digest = type && !isOfSomethingElse && foundAt(parseIndicator(text, type).indicator, start, text.length);
  if (digest) yield digest;
  if (digest || (type && isOfSomethingElse)) return;
  const hosts = withHosts && text.length >= minLength && text.length < 512 ? [...hostsIn(trimmed, context)] : [];
  yield* hosts;
  if (hosts.length === 0) yield* hashesIn(trimmed);
}

const addressRange = /^([\d.\uE000]{7,30})-([\d.\uE000]{7,30})$/u;
/** 192.0.2.7.51234 in a line of traffic. */
const withPort = /^((?:\d{1,3}\.){3}\d{1,3})\.\d{1,5}$/u;

function* hostsIn({ text, start }: Part, context: WordContext): Generator<Found> {
  const [, first, second] = addressRange.exec(text) ?? [];
  const pieces =
    first === undefined || second === undefined
      ? [{ text, start }]
      : [
          { text: first, start },
          { text: second, start: start + first.length + 1 },
        ];
  for (const piece of pieces) {
    const traffic = context.line.isTraffic ? withPort.exec(piece.text)?.[1] : undefined;
    const address = traffic ?? piece.text;
    if (!isIPv4(withPlainDots(address))) yield* namesIn(piece, context);
    else if (!isVersion(address, context)) {
      const one = foundAt(parseIndicator(withPlainDots(address), 'IPV4').indicator, piece.start, address.length);
      if (one) yield one;
    }
  }
}

const versionWord =
  /(?:^| )(?:(?:v|ver|versions?|release|build|rev|revision|firmware)[.:=]?|kernel|openssh|pan-os|fortios|oid)$/iu;
/** Django==1.2.3.4, ^1.2.3.4, and the header of CEF. */
const versionBefore = /(?:[=<>~]=|~>|\^|\b(?:CEF:\d|LEEF:[\d.]+)\|[^|]*\|[^|]*\|)$/u;

const isVersion = (text: string, { line, at, previous }: WordContext): boolean =>
  !text.includes(markedDot) &&
  (versionWord.test(previous) || versionBefore.test(line.text.slice(Math.max(0, at - 200), at)));
