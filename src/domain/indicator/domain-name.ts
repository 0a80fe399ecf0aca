import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { fileExtensions, sharedExtensions } from './extract/file-names.ts';
import type { ParseMode, ParseResult } from './model.ts';

const labels = /^(?=.*[a-z0-9])[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/u;
/** Browsers read such a name as an IPv4 address (WHATWG URL, "ends in a number"). */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/u;
const ascii = /^[\0-~]*$/u;

/**
 * Returns a name in ASCII and lower case without its trailing dot, or undefined for text that is not spelt exactly like
 * a name. The spelling is checked first because `domainToASCII` turns `evil.com/path`, `%65vil.com` and `ⓔvil.com` into
 * evil.com.
 */
export function hostName(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const plain = ascii.test(name) ? name.toLowerCase() : toAscii(name);
  if (plain === undefined || plain.length > 253 || !labels.test(plain) || endsInNumber.test(plain)) return undefined;
  return plain;
}

function toAscii(name: string): string | undefined {
  if (name.length > 253) return undefined;
  const plain = name.split('.').map(label => (ascii.test(label) ? label.toLowerCase() : labelToAscii(label)));
  return plain.includes(undefined) ? undefined : plain.join('.');
}

/**
 * Accepts only characters that the mapping of UTS 46 changes in nothing but case: no full-width, circled or Kelvin
 * letters, and no other kind of dot.
 */
function labelToAscii(label: string): string | undefined {
  if (![...label].every(isUnmappedCharacter)) return undefined;
  const mapped = label.toLowerCase().normalize('NFC');
  const plain = domainToASCII(mapped);
  return plain !== '' && domainToUnicode(plain) === mapped ? plain : undefined;
}

function isUnmappedCharacter(character: string): boolean {
  if (ascii.test(character)) return /[a-z0-9_-]/iu.test(character);
  const lower = character.toLowerCase();
  return character.normalize('NFC') === character && lower.normalize('NFKC') === lower && !ascii.test(lower);
}

/**
 * In `inferred` mode a name needs a dot, must not end like a file (setup.exe, invoice.pdf.zip) and not in a label that no
 * top-level domain can have: 1.2.3.4-beta is a version, 001a.2b3c.4d5e a network card. The list of top-level domains is
 * not used: an identity must not change when that list does.
 */
export function parseDomain(text: string, mode: ParseMode = 'strict'): ParseResult | undefined {
  const value = hostName(text);
  if (value === undefined) return undefined;
  if (mode === 'strict') return { value };
  if (!looksLikeDomain(value)) return undefined;
  const surplus = notOfTheName.exec(value)?.[0];
  return surplus === undefined
    ? { value }
    : {
        problem: `A domain name does not begin with ${surplus}: write its name alone, or the URL with its scheme and ://.`,
      };
}

/** A list mark, or a scheme whose sign has become letters. */
const notOfTheName = /^(?:-+|h(?:tt|xx)ps?_+)/u;

const endsInDigest = /(?:^|[_-])[0-9a-f]{32,}$/u;
const topLevel = /^(?:[a-z]+|xn--[a-z0-9-]+)$/u;

function looksLikeDomain(name: string): boolean {
  if (name === 'localhost') return true;
  const [last = '', before = '', ...more] = name.split('.').reverse();
  if (before === '' || !topLevel.test(last) || fileExtensions.has(last)) return false;
  // 192.0.2.x is a block of addresses.
  if (last === 'x' && /^\d+$/u.test(before)) return false;
  const isFile = (more.length > 0 && fileExtensions.has(before)) || endsInDigest.test(before);
  return !(isFile && sharedExtensions.has(last));
}

/** Returns the public suffix of a name under an existing top-level domain, undefined for any other name. */
export function publicSuffixOf(name: string): string | undefined {
  const { publicSuffix, isIcann } = parse(name, { extractHostname: false, validateHostname: false });
  return isIcann && publicSuffix ? publicSuffix : undefined;
}

/** The public suffix of a name, those of private owners (duckdns.org) included. */
export function suffixOf(name: string): { readonly suffix: string; readonly isPrivate: boolean } {
  const { publicSuffix, isPrivate } = parse(name, {
    extractHostname: false,
    validateHostname: false,
    allowPrivateDomains: true,
  });
  return { suffix: publicSuffix ?? name, isPrivate: isPrivate === true };
}
