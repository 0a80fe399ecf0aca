import { domainToASCII, domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { fileExtensions } from './extract/file-names.ts';
import type { Certainty, Reading } from './parse-result.ts';

const labels = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/u;
/** What a browser would take for an IPv4 address is no name (WHATWG URL, "ends in a number"). */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/u;
const ascii = /^[\0-~]*$/u;

/**
 * A name in ASCII and lower case, without the trailing dot; undefined for anything whose spelling is not exactly that
 * of a name. The check comes first because `domainToASCII` makes evil.com of `evil.com/path`, `%65vil.com`, `ⓔvil.com`.
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

/** Only what the mapping of UTS 46 leaves alone, but for case: no full-width, circled or Kelvin letters, no second dots. */
function labelToAscii(label: string): string | undefined {
  if (![...label].every(isOwnCharacter)) return undefined;
  const mapped = label.toLowerCase().normalize('NFC');
  const plain = domainToASCII(mapped);
  return plain !== '' && domainToUnicode(plain) === mapped ? plain : undefined;
}

function isOwnCharacter(character: string): boolean {
  if (ascii.test(character)) return /[a-z0-9_-]/iu.test(character);
  const lower = character.toLowerCase();
  return character.normalize('NFC') === character && lower.normalize('NFKC') === lower && !ascii.test(lower);
}

/**
 * Guessed, a name needs a dot and must not be called like a file (setup.exe). The syntax alone decides, never the list
 * of top-level domains: an identity must not change when that list does.
 */
export function readDomain(text: string, certainty: Certainty = 'told'): Reading {
  const value = hostName(text);
  if (value === undefined) return undefined;
  return certainty === 'guessed' && !looksLikeName(value) ? undefined : { value };
}

function looksLikeName(name: string): boolean {
  return name === 'localhost' || (name.includes('.') && !fileExtensions.has(name.slice(name.lastIndexOf('.') + 1)));
}

/** The public suffix of a name under a top-level domain that exists; undefined for any other name. */
export function suffixOf(name: string): string | undefined {
  const { publicSuffix, isIcann } = parse(name, { extractHostname: false, validateHostname: false });
  return isIcann && publicSuffix ? publicSuffix : undefined;
}
