import { isIPv4, isIPv6 } from 'node:net';
import { hostName, suffixOf } from '../domain-name.ts';
import { type Indicator, type IndicatorType, parseIndicator } from '../indicator.ts';
import { anyMark, unmarked } from '../refang.ts';
import { specialName } from '../special-use.ts';
import { fileExtensions, sharedExtensions } from './file-names.ts';

/** A dot that was defanged: whoever wrote it meant an indicator. Of private use, so it is cleared from the text first. */
const markedDot = '\uE000';

/** Runs of what may stand in an indicator. Invisible characters and symbols are in, so that they spoil a word, not split it. */
const words = /[\p{L}\p{M}\p{N}\p{Cf}\p{So}\uE000_.\-:@/+%]+/gu;

/** `t.co`, `::1` with a sign beside it: nothing shorter than three characters is an indicator. */
const shortest = 3;

interface Place {
  /** The word before, in the text. */
  readonly previous: string;
  /** The characters before and behind this word. */
  readonly before: string;
  readonly behind: string;
}

export function* indicatorsInWords(text: string, previousWord: string): Generator<Indicator> {
  const marked = text.replaceAll(markedDot, ' ').replace(anyMark, (...mark: string[]) => {
    const sign = unmarked(mark[0] ?? '', mark[1], mark[2], mark[3]);
    return sign === '.' ? markedDot : sign;
  });
  let previous = previousWord;
  for (const { 0: word, index } of marked.matchAll(words)) {
    if (word.length < shortest) {
      previous = word;
      continue;
    }
    const place = { previous, before: marked[index - 1] ?? '', behind: marked[index + word.length] ?? '' };
    yield* indicatorsInWord(word, place);
    previous = word;
  }
}

function* indicatorsInWord(word: string, place: Place): Generator<Indicator> {
  const whole = addressIn(word) ?? mailIn(word);
  if (whole) yield whole;
  else if (!word.includes('%')) yield* indicatorsInPath(word.slice(word.lastIndexOf('@') + 1), place);
}

const plain = (text: string): string => text.replaceAll(markedDot, '.');
const trimmed = (text: string): string =>
  text.slice(text.search(/[^.:/+-]/u)).replace(/(?<![.:/+-])[.:/+-]{1,9}$/u, '');

/** An IPv6 address, or a block of either version: they hold the signs that other words are split at. */
function addressIn(word: string): Indicator | undefined {
  if (word.length > 80 || !/\d/u.test(word)) return undefined;
  const bare = plain(word).replace(/[.]$/u, '');
  for (const text of [bare, bare.slice(0, -1), bare.slice(bare.indexOf(':') + 1)]) {
    const [address = '', prefix] = text.replace(/%[a-z0-9_.]+/iu, '').split('/', 2);
    if (!isIPv6(address) && !(isIPv4(address) && prefix)) continue;
    const block = prefix === undefined ? undefined : parseIndicator(`${address}/${prefix}`, 'CIDR').indicator;
    return block ?? parseIndicator(address, isIPv4(address) ? 'IPV4' : 'IPV6').indicator;
  }
  return undefined;
}

function mailIn(word: string): Indicator | undefined {
  if (!word.includes('@') || word.length > 400) return undefined;
  const match = /(?:^|[/:])([^/:@]{1,64})@([^/:@]{3,255})(?:[/:]|$)/u.exec(word);
  const domain = hostName(plain(trimmed(match?.[2] ?? '')));
  if (match?.[1] === undefined || domain === undefined || !isUnderKnownName(domain)) return undefined;
  return parseIndicator(`${plain(match[1])}@${domain}`, 'EMAIL').indicator;
}

/** evil.example/path, 192.0.2.1:80, md5:…: the host stands in the first place; further on in a path only hashes are sought. */
function* indicatorsInPath(word: string, place: Place): Generator<Indicator> {
  const segments = word.replace(/^\/\//u, '').split('/');
  let previous = place.previous;
  let isList = place.before !== '\\';
  for (const [index, segment] of segments.entries()) {
    let found = false;
    for (const part of segment.length < shortest ? [] : segment.split(':')) {
      const behind = index + 1 < segments.length ? '/' : place.behind;
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

function* indicatorsInPart(part: string, place: Place, withHosts: boolean): Generator<Indicator> {
  if (part.length < shortest) return;
  const text = trimmed(part);
  const hash = hashTypes.get(text.length);
  const digest = hash && parseIndicator(text, hash).indicator;
  if (digest) yield digest;
  else if (withHosts && text.length >= shortest && text.length < 512) yield* hostsIn(text, place);
}

function* hostsIn(text: string, place: Place): Generator<Indicator> {
  for (const piece of addressRange.exec(text)?.slice(1) ?? [text]) {
    if (isIPv4(plain(piece))) yield* addressUnlessVersion(piece, place);
    else yield* namesIn(piece, place);
  }
}

const versionWord = /^(?:v|ver|versions?|release|build|rev|revision|firmware)[.:]?$/iu;

function* addressUnlessVersion(text: string, { previous }: Place): Generator<Indicator> {
  const isVersion = !text.includes(markedDot) && versionWord.test(previous);
  const { indicator } = isVersion ? {} : parseIndicator(plain(text), 'IPV4');
  if (indicator) yield indicator;
}

/** Scripts written without spaces run into the name beside them: what is with them a name and without, may be either. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/u;

function* namesIn(text: string, place: Place): Generator<Indicator> {
  for (const candidate of unspaced.test(text) ? [text, ...text.split(unspaced)] : [text]) {
    const { indicator } = isName(candidate, place) ? parseIndicator(plain(candidate), 'DOMAIN') : {};
    if (indicator) yield indicator;
  }
}

/** Whether the writer meant a domain: not a file, a call, a product, or two sentences without a space between them. */
function isName(text: string, { behind }: Place): boolean {
  const name = /[.\uE000]/u.test(text) ? hostName(plain(text)) : undefined;
  if (name === undefined || !name.includes('.')) return false;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  if (text.includes(markedDot)) return !fileExtensions.has(ending);
  if (!isUnderKnownName(name) || behind === '(') return false;
  const mayBeFile = sharedExtensions.has(ending) && behind !== '/' && name.split('.').length === 2;
  return !mayBeFile && !/\.[A-Z][a-z]+$|^(?:ADO|ASP|ML|VB)\.NET$/u.test(text);
}

function isUnderKnownName(name: string): boolean {
  const suffix = suffixOf(name);
  return suffix === undefined ? name.includes('.') && specialName(name) !== undefined : suffix.length < name.length;
}
