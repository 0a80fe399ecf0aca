import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Consecutive addresses: a single one, a CIDR block or a range with a dash. Both ends belong to it. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `192.0.2.10`, `192.0.2.0/24`, `192.0.2.10-192.0.2.20` and the same in IPv6; undefined for anything else. */
export function parseIpRange(text: string): IpRange | undefined {
  if (text.includes('-')) return parseDashRange(text);
  if (text.includes('/')) return parseBlock(text);
  const address = parseAddress(text);
  return address && { family: address.family, first: address.number, last: address.number };
}

/** Whether `outer` contains every address of `inner`. */
export function encloses(outer: IpRange, inner: IpRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the two have at least one address in common. */
export function overlaps(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

interface IpNumber {
  readonly family: 4 | 6;
  readonly number: bigint;
}

// net.isIP comes first because ipaddr.js also accepts octal, hexadecimal and shortened spellings of IPv4.
function parseAddress(text: string): IpNumber | undefined {
  const family = isIP(text);
  if ((family !== 4 && family !== 6) || text.includes('%')) return undefined;
  const bytes = ipaddr.parse(text).toByteArray();
  return { family, number: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) };
}

function parseBlock(text: string): IpRange | undefined {
  const [base = '', bits = '', ...rest] = text.split('/');
  const address = parseAddress(base);
  const width = address?.family === 4 ? 32 : 128;
  if (!address || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  const hostBits = BigInt(width - Number(bits));
  const first = (address.number >> hostBits) << hostBits;
  return { family: address.family, first, last: first + (1n << hostBits) - 1n };
}

function parseDashRange(text: string): IpRange | undefined {
  const [from = '', to = '', ...rest] = text.split('-');
  const first = parseAddress(from.trim());
  const last = parseAddress(to.trim());
  if (!first || !last || rest.length > 0) return undefined;
  if (first.family !== last.family || first.number > last.number) return undefined;
  return { family: first.family, first: first.number, last: last.number };
}
