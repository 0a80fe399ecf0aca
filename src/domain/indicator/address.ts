import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Reading } from './parse-result.ts';

const fourNumbers = /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){3}$/iu;
const dottedDecimal =
  'An IPv4 address has four decimal numbers from 0 to 255 without leading zeros, such as 192.0.2.1.';

/** Octal, hexadecimal and short forms are no addresses here: programs disagree about what they mean. */
export function readIpv4(text: string): Reading {
  if (isIPv4(text)) return { value: text };
  return fourNumbers.test(text) ? { problem: dottedDecimal } : undefined;
}

const onThisMachine = 'An IPv6 address with a zone (%) means something on one machine only: leave the zone out.';

/** In the spelling of RFC 5952. An IPv4-mapped address stays IPv6, written ::ffff:192.0.2.1 as its section 5 advises. */
export function readIpv6(text: string): Reading {
  if (!isIPv6(text)) return undefined;
  return text.includes('%') ? { problem: onThisMachine } : { value: rfc5952(text) };
}

const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u;

function rfc5952(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = mapped.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `::ffff:${left >> 8}.${left & 255}.${right >> 8}.${right & 255}`;
}

/** 192.0.2.1/24 is refused, not masked: whether the address or its block is meant, only the writer knows. */
export function readCidr(text: string): Reading {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const reading = slash < 0 ? undefined : (readIpv4(address) ?? readIpv6(address));
  if (reading?.value === undefined) return reading;
  const most = reading.value.includes(':') ? 128 : 32;
  const prefix = /^(?:0|[1-9]\d{0,2})$/u.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  if (!(prefix <= most))
    return {
      problem: `Behind the slash of an address block stands a number from 0 to ${most}; for a URL, write its scheme.`,
    };
  return blockOf(reading.value, prefix);
}

function blockOf(address: string, prefix: number): Reading {
  const first = firstOf(address, prefix);
  if (first === address) return { value: `${address}/${prefix}` };
  return {
    problem: `The address has bits beyond its mask: write ${first}/${prefix} for the block, or ${address} for the address.`,
  };
}

function firstOf(address: string, prefix: number): string {
  const bytes = ipaddr
    .parse(address)
    .toByteArray()
    .map((byte, at) => byte & maskByte(prefix - 8 * at));
  return bytes.length === 4 ? bytes.join('.') : rfc5952(ipaddr.fromByteArray(bytes).toString());
}

const maskByte = (bits: number): number => (bits >= 8 ? 255 : bits <= 0 ? 0 : (255 << (8 - bits)) & 255);
