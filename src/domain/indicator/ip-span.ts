import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Consecutive addresses: a single one, a CIDR block or a range. Both ends belong to it. */
export interface IpSpan {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Parses `192.0.2.10`, `192.0.2.0/24`, `192.0.2.10-192.0.2.20` and the same in IPv6; undefined for anything else. As upstreams
 * may write addresses: zeros in front of a number are ignored, and `::ffff:192.0.2.10` is the IPv4 address in it.
 */
export function parseIpSpan(text: string): IpSpan | undefined {
  const plain = text.trim();
  const span = plain.includes('-') ? parseRange(plain) : plain.includes('/') ? parseBlock(plain) : parseAddress(plain);
  return span && unmapped(span);
}

/** The first IPv6 address that stands for an IPv4 address: `::ffff:0.0.0.0`. */
const firstMapped = 0xffff_0000_0000n;
const lastMapped = 0xffff_ffff_ffffn;

function unmapped({ family, first, last }: IpSpan): IpSpan {
  if (family === 4 || first < firstMapped || last > lastMapped) return { family, first, last };
  return { family: 4, first: first - firstMapped, last: last - firstMapped };
}

/** Equal for equal spans. */
export const spanKey = ({ family, first, last }: IpSpan): string => `${family} ${first} ${last}`;

/** Whether every address of `inner` lies in `outer`. */
export const spanContains = (outer: IpSpan, inner: IpSpan): boolean =>
  outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;

// isIP comes first because ipaddr.js also accepts octal, hexadecimal and short spellings.
function parseAddress(text: string): IpSpan | undefined {
  const plain = /^[\d.]+$/.test(text) ? text.replace(/\b0+(?=\d)/g, '') : text;
  const family = plain.includes('%') ? 0 : isIP(plain);
  if (family !== 4 && family !== 6) return undefined;
  const number = ipaddr
    .parse(plain)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, first: number, last: number };
}

/** Ignores bits beyond the mask: upstreams may write 192.0.2.1/24 for its block. */
function parseBlock(text: string): IpSpan | undefined {
  const [address = '', bits = '', ...rest] = text.split('/');
  const base = parseAddress(address);
  const width = base?.family === 4 ? 32 : 128;
  if (base === undefined || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  const size = 1n << BigInt(width - Number(bits));
  const first = base.first - (base.first % size);
  return { family: base.family, first, last: first + size - 1n };
}

function parseRange(text: string): IpSpan | undefined {
  const [from = '', to = '', ...rest] = text.split('-');
  const [first, last] = [parseAddress(from.trim()), parseAddress(to.trim())];
  if (first === undefined || last === undefined || rest.length > 0) return undefined;
  if (first.family !== last.family || first.first > last.first) return undefined;
  return { family: first.family, first: first.first, last: last.first };
}
