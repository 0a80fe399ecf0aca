import { type IpSpan, parseIpSpan, spanContains } from './ip-span.ts';
import type { Indicator } from './model.ts';
import { hostWithin } from './url-and-email.ts';

type SpecialUse = string | undefined;

/**
 * IANA's special-purpose and multicast registries for IPv4 and IPv6, and the IPv6 space that is not global unicast.
 * The longest match wins. Undefined: registered, but globally reachable like any other address.
 */
const specialBlocks: readonly (readonly [string, SpecialUse])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'protocol'],
  ['192.0.0.9/32', undefined],
  ['192.0.0.10/32', undefined],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['233.252.0.0/24', 'documentation'],
  ['240.0.0.0/4', 'reserved'],
  ['255.255.255.255/32', 'broadcast'],
  ['::/3', 'reserved'],
  ['4000::/2', 'reserved'],
  ['8000::/1', 'reserved'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['64:ff9b::/96', undefined],
  ['64:ff9b:1::/48', 'translation'],
  ['100::/64', 'discard'],
  ['100:0:0:1::/64', 'discard'],
  ['2000::/3', undefined],
  ['2001::/23', 'protocol'],
  ['2001::/32', 'Teredo'],
  ['2001:1::1/128', undefined],
  ['2001:1::2/128', undefined],
  ['2001:1::3/128', undefined],
  ['2001:2::/48', 'benchmarking'],
  ['2001:3::/32', undefined],
  ['2001:4:112::/48', undefined],
  ['2001:10::/28', 'reserved'],
  ['2001:20::/28', undefined],
  ['2001:30::/28', undefined],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'segment routing'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
];

/** IANA's special-use domain names, and `internal`, which ICANN reserved for private use. */
const specialNames: ReadonlyMap<string, string> = new Map([
  ['alt', 'alternative'],
  ['arpa', 'infrastructure'],
  ['example', 'documentation'],
  ['example.com', 'documentation'],
  ['example.net', 'documentation'],
  ['example.org', 'documentation'],
  ['home.arpa', 'private'],
  ['internal', 'private'],
  ['invalid', 'invalid'],
  ['local', 'link-local'],
  ['localhost', 'loopback'],
  ['onion', 'onion'],
  ['test', 'testing'],
]);

/** Every word that `specialUseOf` has. */
export const specialUses: readonly string[] = [
  ...new Set([...specialBlocks.map(([, use]) => use), ...specialNames.values()].filter(use => use !== undefined)),
].sort();

/** The smallest first. */
const spans = specialBlocks
  .flatMap(([block, use]) => {
    const span = parseIpSpan(block);
    return span === undefined ? [] : [{ span, use, size: span.last - span.first }];
  })
  .sort((a, b) => (a.size < b.size ? -1 : 1));

/**
 * Returns "private", "documentation", "loopback", …; undefined for what can be on the public Internet. No network.
 * A URL or e-mail address has the special use of its host; an address block has one if the whole block has it.
 */
export function specialUseOf(indicator: Indicator): string | undefined {
  const { type, value } = hostWithin(indicator) ?? indicator;
  if (type === 'DOMAIN') return specialUseOfName(value);
  const span = type === 'IPV4' || type === 'IPV6' || type === 'CIDR' ? parseIpSpan(value) : undefined;
  return span && specialUseOfSpan(span);
}

/** That of the whole of it. */
export const specialUseOfSpan = (span: IpSpan): SpecialUse =>
  spans.find(special => spanContains(special.span, span))?.use;

/** Returns the special use of a name equal to or under one of IANA's special-use names. */
export function specialUseOfName(name: string): SpecialUse {
  const parts = name.split('.');
  for (let at = Math.max(0, parts.length - 2); at < parts.length; at++) {
    const use = specialNames.get(parts.slice(at).join('.'));
    if (use !== undefined) return use;
  }
  return undefined;
}
