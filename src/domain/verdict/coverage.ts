/** What a listed parent domain or block says about those inside it. Pure. */
import { suffixOf } from '../indicator/domain-name.ts';
import { parseIpSpan } from '../indicator/ip-span.ts';

/**
 * `own`: a domain or block of one owner. `shared`: a domain under which anybody can register names (dynamic DNS, shared
 * hosting). `none`: too wide to say anything, such as a public suffix or a /8.
 */
export type Coverage = 'own' | 'shared' | 'none';

/** The widest block that has one owner: /16, in IPv6 /32. */
const widest = { 4: 1n << 16n, 6: 1n << 96n } as const;

/** `value`: a domain, an address block or a range of addresses as a source writes it. */
export function coverageOf(value: string): Coverage {
  const span = parseIpSpan(value);
  if (span !== undefined) return span.last - span.first < widest[span.family] ? 'own' : 'none';
  const name = value
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .toLowerCase(); // some lists write *.example.org
  const { suffix, isPrivate } = suffixOf(name);
  if (name !== suffix) return 'own';
  return isPrivate ? 'shared' : 'none';
}
