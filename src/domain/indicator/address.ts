import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ParseResult } from './model.ts';

const ipv4Shape = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}$/iu;
const notDottedDecimal =
  'An IPv4 address has four decimal numbers from 0 to 255 without leading zeros, such as 192.0.2.1.';

/** Rejects octal, hexadecimal and short forms because programs disagree about their meaning. */
export function parseIpv4(text: string): ParseResult | undefined {
  const address = text.replace(/\/32$/u, '');
  if (isIPv4(address)) return { value: address };
  const mapped = isIPv6(address) && !address.includes('%') ? unmapped(toRfc5952(address)) : undefined;
  if (mapped !== undefined) return { value: mapped };
  return ipv4Shape.test(text) ? { problem: notDottedDecimal } : undefined;
}

const hasZone = 'An IPv6 address with a zone (%) means something on one machine only: leave the zone out.';

/** Returns the spelling of RFC 5952. ::ffff:192.0.2.1 is how IPv6 programs write the IPv4 address 192.0.2.1, and is that. */
export function parseIpv6(text: string): ParseResult | undefined {
  const address = text.replace(/\/128$/u, '');
  if (!isIPv6(address)) return undefined;
  if (address.includes('%')) return { problem: hasZone };
  const value = toRfc5952(address);
  const mapped = unmapped(value);
  return mapped === undefined ? { value } : { value: mapped, type: 'IPV4' };
}

function toRfc5952(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = ipv4Mapped.exec(short) ?? [];
  return high === undefined || low === undefined ? short : `::ffff:${dotted(high, low)}`;
}

const ipv4Mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u;

function dotted(high: string, low: string): string {
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${left >> 8}.${left & 255}.${right >> 8}.${right & 255}`;
}

const mappedPrefix = '::ffff:';

const unmapped = (address: string): string | undefined =>
  address.startsWith(mappedPrefix) && isIPv4(address.slice(mappedPrefix.length))
    ? address.slice(mappedPrefix.length)
    : undefined;

/**
 * The IPv4 address to which a translator (64:ff9b::/96, RFC 6052) or a relay (2002::/16, RFC 3056) sends what is meant for
 * an address in canonical spelling.
 */
export function ipv4Behind(address: string): string | undefined {
  if (!/^(?:64:ff9b:|2002:)/u.test(address)) return undefined;
  const bytes = ipaddr.parse(address).toByteArray();
  if (address.startsWith('2002:')) return bytes.slice(2, 6).join('.');
  return bytes.slice(4, 12).every(byte => byte === 0) ? bytes.slice(12).join('.') : undefined;
}

/** Rejects 192.0.2.1/24 instead of masking it: it may mean the address or its block. A block of one address is that address. */
export function parseCidr(text: string): ParseResult | undefined {
  const slash = text.indexOf('/');
  const spelled = text.slice(0, slash);
  const base = slash < 0 ? undefined : (parseIpv6(spelled) ?? parseIpv4(spelled));
  if (base?.value === undefined) return base;
  const maxPrefix = spelled.includes(':') ? 128 : 32;
  const prefix = /^(?:0|[1-9]\d{0,2})$/u.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  if (!(prefix <= maxPrefix))
    return {
      problem: `Behind the slash of an address block stands a number from 0 to ${maxPrefix}; for a URL, write its scheme.`,
    };
  if (prefix === maxPrefix) return { value: base.value, type: base.value.includes(':') ? 'IPV6' : 'IPV4' };
  // Most of the bits of a mapped block say only that it is one.
  if (base.type === 'IPV4') return prefix < 96 ? { problem: tooWide } : cidrOf(base.value, prefix - 96);
  return cidrOf(base.value, prefix);
}

const tooWide = 'This block holds more than the IPv4 addresses: write the block of IPv4, or of IPv6, that is meant.';

function cidrOf(address: string, prefix: number): ParseResult {
  const first = firstAddressOf(address, prefix);
  if (first === address) return { value: `${address}/${prefix}` };
  return {
    problem: `The address has bits beyond its mask: write ${first}/${prefix} for the block, or ${address} for the address.`,
  };
}

function firstAddressOf(address: string, prefix: number): string {
  const bytes = ipaddr
    .parse(address)
    .toByteArray()
    .map((byte, at) => byte & maskByte(prefix - 8 * at));
  return bytes.length === 4 ? bytes.join('.') : toRfc5952(ipaddr.fromByteArray(bytes).toString());
}

const maskByte = (bits: number): number => (bits >= 8 ? 255 : bits <= 0 ? 0 : (255 << (8 - bits)) & 255);
