/** IP addresses, blocks and mail addresses: what contains the characters at which other words are split. Pure. */
import { isIPv4, isIPv6 } from 'node:net';
import { hostName } from '../domain-name.ts';
import { parseIndicator } from '../indicator.ts';
import { type Found, foundAt } from './found.ts';
import { isUnderKnownName, withPlainDots } from './names.ts';
import { trimPunctuation } from './part.ts';

/** `ip:`, `HIER_DIRECT/`; what is hexadecimal may be the beginning of an IPv6 address. */
const label = /^(?:[^:/]*[g-z_][^:/]*:|[A-Z_]{4,}\/|\/dev\/(?:tcp|udp)\/)/iu;
/** No group of an address has five digits, and none has nine groups; eight of two digits each are the name of a disk. */
const colonPort = /:\d{5}$|(?<=^(?:[\da-f]{1,4}:){7}[\da-f]{1,4}):\d{1,5}$/iu;
const worldWideName = /^(?:[\da-f]{2}:){7}[\da-f]{2}$/iu;
/** tcpdump writes 2001:db8::1.443. */
const addressPort = /(?<=:[\da-f]{0,4})\.\d{1,5}:?$/iu;

/** Finds an IPv6 address, or a block of either version. */
export function addressIn(word: string): Found | undefined {
  if (word.length > 80 || !/\d/u.test(word)) return undefined;
  const marks = /^\+*/u.exec(word)?.[0].length ?? 0;
  const bare = withPlainDots(word.slice(marks)).replace(/[.+]+$/u, '');
  const behindLabel = label.exec(bare)?.[0].length ?? 0;
  for (const [text, start] of [
    [bare, marks],
    [bare.replace(/:$/u, ''), marks],
    [bare.slice(behindLabel), marks + behindLabel],
    [bare.replace(addressPort, ''), marks],
    [bare.replace(colonPort, ''), marks],
  ] as const) {
    const [address = '', prefix] = text.replace(/%[a-z0-9_.]+(?::\d{1,5}$)?/iu, '').split('/', 2);
    if (worldWideName.test(address) || (!isIPv6(address) && !(isIPv4(address) && prefix))) continue;
    const block = prefix === undefined ? undefined : parseIndicator(`${address}/${prefix}`, 'CIDR').indicator;
    const alone = block ?? parseIndicator(address, isIPv4(address) ? 'IPV4' : 'IPV6').indicator;
    return foundAt(alone, start, block === undefined ? address.length : text.length);
  }
  return undefined;
}

const mail = /(?:^-*|[/:])([^/:@-][^/:@]{0,63})@([^/:@]{3,255})(?=[/:]|$)/u;

/** o'brien, abc$def, bounce+abc=bob=example.org: what the word lacks of the local part before it. */
export const isCutOff = (before: string): boolean => /[\w.-]['&#$!]$|[\w.-]*\+[\w.=-]*=$/u.test(before);

export function emailIn(word: string): Found | undefined {
  if (!word.includes('@') || word.length > 400) return undefined;
  const match = mail.exec(word);
  if (match?.[1] === undefined) return undefined;
  const { text, start } = trimPunctuation({ text: match[2] ?? '', start: 0 });
  const domain = hostName(withPlainDots(text));
  if (start > 0 || domain === undefined || !isUnderKnownName(domain)) return undefined;
  const from = match.index + match[0].length - (match[2]?.length ?? 0) - 1 - match[1].length;
  const length = match[1].length + 1 + text.length;
  return foundAt(parseIndicator(`${withPlainDots(match[1])}@${domain}`, 'EMAIL').indicator, from, length);
}
