/** Our indicator types, and the names that Argus may have for them. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type Indicator, type IndicatorType, indicatorTypes } from '../../../domain/indicator/model.ts';
import type { ReputationTypes } from '../mapping.ts';

/** Only `domain` and `ip` are documented; the rest are the names that such services use. */
const candidates: Readonly<Record<IndicatorType, readonly string[]>> = {
  IPV4: ['ip', 'ipv4', 'ipaddress'],
  IPV6: ['ip', 'ipv6', 'ipaddress'],
  CIDR: ['ip', 'cidr', 'network', 'subnet'],
  DOMAIN: ['domain', 'fqdn', 'hostname'],
  URL: ['url', 'uri'],
  EMAIL: ['email', 'emailaddress', 'mail'],
  MD5: ['md5', 'hash', 'filehash'],
  SHA1: ['sha1', 'hash', 'filehash'],
  SHA256: ['sha256', 'hash', 'filehash'],
  SHA512: ['sha512', 'hash', 'filehash'],
  OTHER: [],
};

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The documented types: what is searched for until Argus has listed its types, and where it refuses to list them. */
export const assumedTypes: ReputationTypes = [
  { shortName: 'domain', name: 'Domain' },
  { shortName: 'ip', name: 'IP' },
];

const namesIn = (type: IndicatorType, types: ReputationTypes): readonly string[] =>
  types.map(({ shortName }) => shortName).filter(name => candidates[type].includes(plain(name)));

/** The names under which Argus may keep indicators of our types, each once; empty: it does not know them. */
export function namesFor(types: readonly IndicatorType[], known: ReputationTypes): readonly string[] {
  const names = types.flatMap(type => {
    const listed = namesIn(type, known);
    // A list without the documented types does not prove that Argus has none: a search for them shows it.
    return listed.length > 0 ? listed : namesIn(type, assumedTypes);
  });
  return [...new Set(names)];
}

/** Argus may have a name for the type. */
export const mayHaveName = (type: IndicatorType): boolean => candidates[type].length > 0;

interface TypedValue {
  readonly value: string;
  readonly reputationType: { readonly shortName: string };
}

/**
 * The indicator that a record is about, read as the type under which Argus keeps it: "localhost" is a domain there, and
 * other text when we infer its type. Undefined: a value that cannot be looked up, such as a range of addresses.
 */
export function indicatorOf({ value, reputationType }: TypedValue): Indicator | undefined {
  const fitting = indicatorTypes.filter(type => candidates[type].includes(plain(reputationType.shortName)));
  for (const type of fitting) {
    const { indicator } = parseIndicator(value, type);
    if (indicator !== undefined) return indicator;
  }
  const { indicator } = parseIndicator(value);
  return fitting.length > 0 && indicator?.type === 'OTHER' ? undefined : indicator;
}
