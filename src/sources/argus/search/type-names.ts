/** Our indicator types, and the names that Argus may have for them. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type Indicator, type IndicatorType, indicatorTypes } from '../../../domain/indicator/model.ts';
import type { ReputationTypes } from '../mapping.ts';

/** Only `domain` and `ip` are documented; the rest are the names that such services use. */
const namesOf: Readonly<Record<IndicatorType, readonly string[]>> = {
  IPV4: ['ip', 'ipv4', 'ipaddress'],
  IPV6: ['ip', 'ipv6', 'ipaddress'],
  CIDR: ['ip', 'cidr', 'network', 'subnet'],
  DOMAIN: ['domain', 'domainname', 'fqdn', 'hostname'],
  URL: ['url', 'uri', 'link', 'webaddress'],
  EMAIL: ['email', 'emailaddress', 'mail'],
  MD5: ['md5', 'filemd5', 'hash', 'filehash', 'checksum', 'file'],
  SHA1: ['sha1', 'filesha1', 'hash', 'filehash', 'checksum', 'file'],
  SHA256: ['sha256', 'filesha256', 'hash', 'filehash', 'checksum', 'file'],
  SHA512: ['sha512', 'filesha512', 'hash', 'filehash', 'checksum', 'file'],
  OTHER: [],
};

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The name is one under which such services keep indicators of our type. */
export const isNameOf = (type: IndicatorType, name: string): boolean =>
  namesOf[type].includes(name) || namesOf[type].includes(plain(name));

/** Argus lists a type of this kind. */
export const isListed = (type: IndicatorType, types: ReputationTypes): boolean =>
  types.some(({ shortName }) => isNameOf(type, shortName));

/** Argus may hold indicators of the type: it is asked about all but text of no type. */
export const isSearchable = (type: IndicatorType): boolean => type !== 'OTHER';

interface TypedValue {
  readonly value: string;
  readonly reputationType: { readonly shortName: string };
}

/**
 * The indicator that a record is about, read as the type under which Argus keeps it: "localhost" is a domain there, and
 * other text when we infer its type. Undefined: a value that cannot be looked up, such as a range of addresses.
 */
export function indicatorOf({ value, reputationType }: TypedValue): Indicator | undefined {
  const fitting = indicatorTypes.filter(type => isNameOf(type, reputationType.shortName));
  for (const type of fitting) {
    const { indicator } = parseIndicator(value, type);
    if (indicator !== undefined) return indicator;
  }
  const { indicator } = parseIndicator(value);
  return fitting.length > 0 && indicator?.type === 'OTHER' ? undefined : indicator;
}
