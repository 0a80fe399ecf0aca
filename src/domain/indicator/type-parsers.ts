import { parseCidr, parseIpv4, parseIpv6 } from './address.ts';
import { parseDomain } from './domain-name.ts';
import type { IndicatorType, TypeParser } from './model.ts';
import { parseEmail, parseUrl } from './url-and-email.ts';

/** One parser for each type with a syntax. */
export const typeParsers: Readonly<Record<Exclude<IndicatorType, 'OTHER'>, TypeParser>> = {
  MD5: hashParser(32),
  SHA1: hashParser(40),
  SHA256: hashParser(64),
  SHA512: hashParser(128),
  URL: parseUrl,
  IPV4: parseIpv4,
  IPV6: parseIpv6,
  CIDR: parseCidr,
  EMAIL: parseEmail,
  DOMAIN: parseDomain,
};

const hexadecimal = /^[0-9a-f]+$/iu;

function hashParser(digits: number): TypeParser {
  return text => (text.length === digits && hexadecimal.test(text) ? { value: text.toLowerCase() } : undefined);
}
