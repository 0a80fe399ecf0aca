import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { carriedBy } from './carried.ts';
import { defangText } from './defang.ts';
import { hostName, publicSuffixOf } from './domain-name.ts';

/** What is wrong with text that means an indicator but is not spelt like one, and what to write; undefined: it means none. */
type InputHint = (text: string) => string | undefined;

const range = /^([\d.]{7,15})\s?[-–—]\s?(?:[\d.]{7,15}|\d{1,3})$/u;
const hostBefore = /^(?:\/\/)?(?:\[([^\]]*)(?=\].)|([^/:?#,;|\\%]+)(?=[/:?#,;|\\%]))/u;

/** A digest that has lost or gained a digit. */
function nearlyDigest(text: string): string | undefined {
  const digits = /^[0-9a-f]{31,129}$/iu.test(text)
    ? [32, 40, 64, 128].find(all => Math.abs(all - text.length) === 1)
    : undefined;
  return digits === undefined
    ? undefined
    : `${text.length} hexadecimal digits are no hash: one has ${digits}, so look for a digit that is missing or too many.`;
}

/** 192.0.2.* and 192.0.2.x */
function wildcardBlock(text: string): string | undefined {
  const numbers = /^((?:\d{1,3}\.){3}|(?:\d{1,3}\.){1,3}(?=[*x]))(?:[*x]\.?){0,3}$/iu.exec(text)?.[1];
  if (numbers === undefined) return undefined;
  const given = numbers.split('.').length - 1;
  const block = `${numbers}${Array.from({ length: 4 - given }, () => '0').join('.')}`;
  return isIPv4(block) ? `A block of addresses is written with its length: ${block}/${given * 8}.` : undefined;
}

/** As an OTHER, which fewer sources know, such text would look unknown. */
const inputHints: readonly InputHint[] = [
  nearlyDigest,
  wildcardBlock,
  text =>
    /^(?:h..ps?|ftps?):/iu.test(text) || /^[^\s/${]{1,12}:\/\/[^/]/u.test(text)
      ? 'A URL begins with its scheme, :// and a host, as in https://evil.example.org/path.'
      : undefined,
  text =>
    isIPv4(range.exec(text)?.[1] ?? '')
      ? 'A range of addresses is no indicator: write its block, as in 192.0.2.0/24, or single addresses.'
      : undefined,
  text => {
    const host = /(?:"@|^[^\s@]+@\[)([^\]]+)\]?$/u.exec(text)?.[1];
    return isHost(host)
      ? `Mail addresses with a quoted name, or at an address in brackets, are not looked up: write ${shown(host)}.`
      : undefined;
  },
  text => {
    const inOnePiece = text.replace(/\s?\.\s?/gu, '.');
    return /\s/u.test(text) && isHost(inOnePiece)
      ? `A domain name or address holds no white space: write ${shown(inOnePiece)} if that is meant.`
      : undefined;
  },
  text => {
    const [, address, name = address] = (!/\s/u.test(text) && hostBefore.exec(text)) || [];
    return isHost(name)
      ? `It begins with a host but goes on: for a URL write its scheme, as in ${shown(`https://${text.replace(/^\/\//u, '')}`)}, else ${shown(name)} alone.`
      : undefined;
  },
  text => {
    const address = /^(.+)\.\d{1,5}$/u.exec(text)?.[1];
    return address !== undefined && isIPv4(address)
      ? `Five numbers are an address and a port, or a version: for the address write ${shown(address)}.`
      : undefined;
  },
  text =>
    text.includes('@') && !/\s/u.test(text) && isHost(text.slice(text.lastIndexOf('@') + 1))
      ? 'An e-mail address looks like someone@evil.example.org, without anything before or behind it.'
      : undefined,
  text => (isHost(text) ? 'A file, or a domain that is named like one: for the domain give type DOMAIN.' : undefined),
  text => {
    const plain = text
      .replace(/[[\](){}<>*\\…]/gu, '')
      .replace(/\.{2,}/gu, '.')
      .replace(/^\./u, '');
    return !/\s/u.test(text) && isHost(plain)
      ? `A domain name or address is expected as it is, or with whole marks as in evil[.]example[.]org: write ${shown(plain)} if that is meant.`
      : undefined;
  },
  text =>
    !/\s/u.test(text) && isLookAlike(text)
      ? 'Some programs read this as a domain name, but it is not spelt like one: write the name in plain letters and dots.'
      : undefined,
];

/** Returns a hint for text that resembles an indicator, or holds some, without being one; undefined for any other text. */
export function inputHint(text: string): { problem: string } | undefined {
  const carried = carriedBy(text);
  const problem = carried.length > 1 ? severalProblem(carried) : (hintOf(text) ?? carriedProblem(carried[0]));
  return problem === undefined ? undefined : { problem };
}

function hintOf(text: string): string | undefined {
  for (const hint of inputHints) {
    const problem = hint(text);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function severalProblem([first = '', second = '', ...more]: readonly string[]): string {
  const rest = more.length > 0 ? `, and ${more.length} more` : '';
  return `One value is expected, and this text holds ${shown(first)} and ${shown(second)}${rest}: send several as several, or send the text to be searched for indicators.`;
}

const carriedProblem = (value: string | undefined): string | undefined =>
  value && `The text holds ${shown(value)} and more: send that alone, or send the text to be searched for indicators.`;

/** In a sentence for people, nothing can be clicked. */
const shown = (value: string): string => defangText(value.length > 80 ? `${value.slice(0, 80)}…` : value);

function isHost(text: string | undefined): text is string {
  if (text === undefined || text.length > 254) return false;
  if (isIPv4(text) || isIPv6(text)) return true;
  const name = text.includes('.') ? hostName(text) : undefined;
  return name !== undefined && publicSuffixOf(name) !== undefined;
}

/** `domainToASCII` and browsers turn ⓔvil.com, `evil。com` and %65vil.com into evil.com. */
function isLookAlike(text: string): boolean {
  if (text.length > 1_000) return false;
  const read = domainToASCII(text);
  return read.includes('.') && !isIPv4(read) && isHost(read);
}
