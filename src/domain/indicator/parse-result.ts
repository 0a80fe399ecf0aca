import { parseCidr, parseIpv4, parseIpv6 } from './address.ts';
import { parseDomain } from './domain-name.ts';
import type { IndicatorType } from './indicator.ts';
import { parseEmail, parseUrl } from './url-and-email.ts';

/** A canonical value, or the problem of text that has the shape of this type without being valid. */
export type ParseResult =
  | { readonly value: string; readonly problem?: undefined }
  | { readonly problem: string; readonly value?: undefined };

/**
 * `strict`: the caller named the type, so unusual values of it (a name without a dot) are accepted.
 * `inferred`: the type is tried because of the text's shape, so they are not.
 */
export type ParseMode = 'strict' | 'inferred';

/** Returns undefined for text that does not have the shape of this type. */
export type TypeParser = (text: string, mode?: ParseMode) => ParseResult | undefined;

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
