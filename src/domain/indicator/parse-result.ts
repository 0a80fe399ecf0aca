import { readCidr, readIpv4, readIpv6 } from './address.ts';
import { readDomain } from './domain-name.ts';
import type { IndicatorType } from './indicator.ts';
import { readEmail, readUrl } from './url-and-email.ts';

export { suffixOf } from './domain-name.ts';

/** A canonical value; what is wrong with text that has this type's shape; or undefined: another type's shape. */
export type Reading =
  | { readonly value: string; readonly problem?: undefined }
  | { readonly problem: string; readonly value?: undefined }
  | undefined;

/** `told`: the caller named the type, so doubtful cases (a name without a dot) are taken at their word. */
export type Certainty = 'told' | 'guessed';
export type Reader = (text: string, certainty?: Certainty) => Reading;

/** One reader for each type with a syntax. */
export const readers: Readonly<Record<Exclude<IndicatorType, 'OTHER'>, Reader>> = {
  MD5: hashReader(32),
  SHA1: hashReader(40),
  SHA256: hashReader(64),
  SHA512: hashReader(128),
  URL: readUrl,
  IPV4: readIpv4,
  IPV6: readIpv6,
  CIDR: readCidr,
  EMAIL: readEmail,
  DOMAIN: readDomain,
};

const hexadecimal = /^[0-9a-f]+$/iu;

function hashReader(digits: number): Reader {
  return text => (text.length === digits && hexadecimal.test(text) ? { value: text.toLowerCase() } : undefined);
}
