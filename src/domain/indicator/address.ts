import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ParseResult } from './model.ts';

const ipv4Shape = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}$/iu;
const notDottedDecimal =
  'An IPv4 address has four decimal numbers from 0 to 255 without leading zeros, such as 192.0.2.1.';

/** Rejects octal, hexadecimal and short forms because programs disagree about their meaning. */
export function parseIpv4(text: string): ParseResult | undefined {
  if (isIPv4(text)) return { value: text };
  return ipv4Shape.test(text) ? { problem: notDottedDecimal } : undefined;
}

const hasZone = 'An IPv6 address with a zone (%) means something on one machine only: leave the zone out.';

/** Returns the spelling of RFC 5952. An IPv4-mapped address stays IPv6, written ::ffff:192.0.2.1 (its section 5). */
export function parseIpv6(text: string): ParseResult | undefined {
  if (!isIPv6(text)) return undefined;
  return text.includes('%') ? { problem: hasZone } : { value: toRfc5952(text) };
}

const ipv4Mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u;

function toRfc5952(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = ipv4Mapped.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `::ffff:${left >> 8}.${left & 255}.${right >> 8}.${right & 255}`;
}

/** Rejects 192.0.2.1/24 instead of masking it: it may mean the address or its block. */
export function parseCidr(text: string): ParseResult | undefined {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const base = slash < 0 ? undefined : (parseIpv4(address) ?? parseIpv6(address));
  if (base?.value === undefined) return base;
  const maxPrefix = base.value.includes(':') ? 128 : 32;
  const prefix = /^(?:0|[1-9]\d{0,2})$/u.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  if (!(prefix <= maxPrefix))
    return {
      problem: `Behind the slash of an address block stands a number from 0 to ${maxPrefix}; for a URL, write its scheme.`,
    };
  return cidrOf(base.value, prefix);
}

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
