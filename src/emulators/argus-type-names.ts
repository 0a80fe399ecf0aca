/** Types under the names that another Argus may give them. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { NamedType } from './argus-records.ts';
import type { IpRange } from './ip-range.ts';

type TypeNames = ArgusBehaviours['typeNames'];

const otherNames: Readonly<Record<Exclude<TypeNames, 'documented'>, Readonly<Record<string, string>>>> = {
  long: {
    domain: 'domainName',
    ip: 'ipAddress',
    url: 'webAddress',
    email: 'emailAddress',
    md5: 'fileMd5',
    sha1: 'fileSha1',
    sha256: 'fileSha256',
    sha512: 'fileSha512',
  },
  short: {
    domain: 'fqdn',
    ip: 'ipv4',
    url: 'link',
    email: 'mailbox',
    md5: 'checksum',
    sha1: 'checksum',
    sha256: 'checksum',
    sha512: 'checksum',
  },
  capitalised: { domain: 'Domain', ip: 'IP', url: 'URL', email: 'Email', md5: 'MD5', sha1: 'SHA1', sha256: 'SHA256' },
};

/** The type of one record, as it is named in rows and criteria. */
export function namedType(
  { type, range }: { readonly type: NamedType; readonly range: IpRange | undefined },
  { typeNames }: Pick<ArgusBehaviours, 'typeNames'>,
): NamedType {
  if (typeNames === 'documented') return type;
  if (typeNames === 'short' && type.shortName === 'ip' && range?.family === 6) return { ...type, shortName: 'ipv6' };
  return { ...type, shortName: otherNames[typeNames][type.shortName] ?? type.shortName };
}

/** Every type, each name once, sorted. */
export function namedTypes(types: Iterable<NamedType>, behaviours: Pick<ArgusBehaviours, 'typeNames'>): NamedType[] {
  const all = [...types].map(type => namedType({ type, range: undefined }, behaviours));
  if (all.some(({ shortName }) => shortName === 'ipv4')) all.push({ shortName: 'ipv6', name: 'IPv6' });
  const byName = new Map(all.map(type => [type.shortName, type]));
  return [...byName.values()].sort((a, b) => (a.shortName < b.shortName ? -1 : 1));
}
