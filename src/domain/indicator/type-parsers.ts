import { parseCidr, parseIpv4, parseIpv6 } from './address.ts';
import { parseDomain } from './domain-name.ts';
import type { IndicatorType, TypeParser } from './model.ts';
import { parseEmail, parseUrl } from './url-and-email.ts';

const digestTypes = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' } as const;

const hexadecimal = /^[0-9a-f]+$/iu;

/** The number of hexadecimal digits tells the kind of digest. */
export const digestTypeOf = (text: string): IndicatorType | undefined =>
  hexadecimal.test(text) ? digestTypes[text.length as keyof typeof digestTypes] : undefined;

const parserOf =
  (type: IndicatorType): TypeParser =>
  text =>
    digestTypeOf(text) === type ? { value: text.toLowerCase() } : undefined;

/** One parser for each type with a syntax. */
export const typeParsers: Readonly<Record<Exclude<IndicatorType, 'OTHER'>, TypeParser>> = {
  MD5: parserOf('MD5'),
  SHA1: parserOf('SHA1'),
  SHA256: parserOf('SHA256'),
  SHA512: parserOf('SHA512'),
  URL: parseUrl,
  IPV4: parseIpv4,
  IPV6: parseIpv6,
  CIDR: parseCidr,
  EMAIL: parseEmail,
  DOMAIN: parseDomain,
};
