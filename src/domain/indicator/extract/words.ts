import { isIPv4, isIPv6 } from 'node:net';
import { hostName } from '../domain-name.ts';
import { parseIndicator } from '../indicator.ts';
import type { Indicator, IndicatorType } from '../model.ts';
import { defangMark, refangMark } from '../refang.ts';
import { isUnderKnownName, markedDot, namesIn, withPlainDots } from './names.ts';

/**
 * Runs of characters of an indicator. Invisible characters and symbols are included: they invalidate a word and do not
 * split it.
 */
const words = /[\p{L}\p{M}\p{N}\p{Cf}\p{So}\uE000_.\-:@/+%]+/gu;

/** No indicator is shorter than three characters, such as `::1`. */
const minLength = 3;

interface WordContext {
  /** The previous word in the text. */
  readonly previous: string;
  /** The characters directly before and after this word. */
  readonly before: string;
  readonly behind: string;
}

export function* indicatorsInWords(text: string, previousWord: string): Generator<Indicator> {
  const marked = text.replaceAll(markedDot, ' ').replace(defangMark, (...mark: string[]) => {
    const sign = refangMark(mark[0] ?? '', mark[1], mark[2], mark[3]);
    return sign === '.' ? markedDot : sign;
  });
  let previous = previousWord;
  for (const { 0: word, index } of marked.matchAll(words)) {
    if (word.length < minLength) {
      previous = word;
      continue;
    }
    const context = { previous, before: marked[index - 1] ?? '', behind: marked[index + word.length] ?? '' };
    yield* indicatorsInWord(word, context);
    previous = word;
  }
}

function* indicatorsInWord(word: string, context: WordContext): Generator<Indicator> {
  const whole = addressIn(word) ?? emailIn(word);
  if (whole) yield whole;
  else if (!word.includes('%')) yield* indicatorsInPath(word.slice(word.lastIndexOf('@') + 1), context);
}

const trimPunctuation = (text: string): string =>
  text.slice(text.search(/[^.:/+-]/u)).replace(/(?<![.:/+-])[.:/+-]{1,9}$/u, '');

/** Finds an IPv6 address or a block of either version: they contain the characters at which other words are split. */
function addressIn(word: string): Indicator | undefined {
  if (word.length > 80 || !/\d/u.test(word)) return undefined;
  const bare = withPlainDots(word).replace(/[.]$/u, '');
  for (const text of [bare, bare.slice(0, -1), bare.slice(bare.indexOf(':') + 1)]) {
    const [address = '', prefix] = text.replace(/%[a-z0-9_.]+/iu, '').split('/', 2);
    if (!isIPv6(address) && !(isIPv4(address) && prefix)) continue;
    const block = prefix === undefined ? undefined : parseIndicator(`${address}/${prefix}`, 'CIDR').indicator;
    return block ?? parseIndicator(address, isIPv4(address) ? 'IPV4' : 'IPV6').indicator;
  }
  return undefined;
}

function emailIn(word: string): Indicator | undefined {
  if (!word.includes('@') || word.length > 400) return undefined;
  const match = /(?:^|[/:])([^/:@]{1,64})@([^/:@]{3,255})(?:[/:]|$)/u.exec(word);
  const domain = hostName(withPlainDots(trimPunctuation(match?.[2] ?? '')));
  if (match?.[1] === undefined || domain === undefined || !isUnderKnownName(domain)) return undefined;
  return parseIndicator(`${withPlainDots(match[1])}@${domain}`, 'EMAIL').indicator;
}

/**
 * In evil.example/path, 192.0.2.1:80 or md5:… only the first segment can be a host; the rest of a path is searched for
 * hashes.
 */
function* indicatorsInPath(word: string, context: WordContext): Generator<Indicator> {
  const segments = word.replace(/^\/\//u, '').split('/');
  let previous = context.previous;
  let isList = context.before !== '\\';
  for (const [index, segment] of segments.entries()) {
    let found = false;
    for (const part of segment.length < minLength ? [] : segment.split(':')) {
      const behind = index + 1 < segments.length ? '/' : context.behind;
      for (const indicator of indicatorsInPart(part, { previous, before: '', behind }, isList)) {
        found = true;
        yield indicator;
      }
      previous = part;
    }
    isList &&= found;
  }
}

const hashTypes: ReadonlyMap<number, IndicatorType> = new Map([
  [32, 'MD5'],
  [40, 'SHA1'],
  [64, 'SHA256'],
  [128, 'SHA512'],
]);

const addressRange = /^([\d.\uE000]{7,30})-([\d.\uE000]{7,30})$/u;

function* indicatorsInPart(part: string, context: WordContext, withHosts: boolean): Generator<Indicator> {
  if (part.length < minLength) return;
  const text = trimPunctuation(part);
  const hash = hashTypes.get(text.length);
  const digest = hash && parseIndicator(text, hash).indicator;
  if (digest) yield digest;
  else if (withHosts && text.length >= minLength && text.length < 512) yield* hostsIn(text, context);
}

function* hostsIn(text: string, context: WordContext): Generator<Indicator> {
  for (const piece of addressRange.exec(text)?.slice(1) ?? [text]) {
    if (isIPv4(withPlainDots(piece))) yield* addressUnlessVersion(piece, context);
    else yield* namesIn(piece, context.behind);
  }
}

const versionWord = /^(?:v|ver|versions?|release|build|rev|revision|firmware)[.:]?$/iu;

function* addressUnlessVersion(text: string, { previous }: WordContext): Generator<Indicator> {
  const isVersion = !text.includes(markedDot) && versionWord.test(previous);
  const { indicator } = isVersion ? {} : parseIndicator(withPlainDots(text), 'IPV4');
  if (indicator) yield indicator;
}
