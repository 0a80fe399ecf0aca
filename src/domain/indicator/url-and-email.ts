import { isIPv4 } from 'node:net';
import { parseIpv6 } from './address.ts';
import { hostName } from './domain-name.ts';
import type { Indicator, ParseMode, ParseResult } from './model.ts';
import { plainScheme, schemesWithPath } from './url-schemes.ts';

const beginning = /^([a-z*][a-z0-9+*._-]*):\/\/([^/?#]+)/i;

/**
 * Returns scheme and host in canonical spelling, and an empty path as `/` (RFC 3986, 6.2.3). Everything else stays as
 * typed, a default port included, because the upstreams compare exact text.
 */
export function parseUrl(text: string, mode: ParseMode = 'strict'): ParseResult | undefined {
  const [head, name, authority] = beginning.exec(text) ?? [];
  if (head === undefined || name === undefined || authority === undefined) return undefined;
  const scheme = plainScheme(name);
  if (scheme === undefined) return { problem: unknownScheme(name) };
  const sign = notInUrl.exec(text)?.[0];
  if (sign !== undefined) return { problem: notInUrlProblem(sign) };
  if (/(?:\.{3}|…)$/u.test(text)) return { problem: 'The URL ends in an ellipsis: the whole of it is expected.' };
  if (mode === 'inferred' && secondUrl.test(text)) return { problem: severalUrls };
  if (authority.includes('\\')) return { problem: badHost };
  const at = authority.lastIndexOf('@') + 1;
  const hostAndPort = parseHostAndPort(authority.slice(at));
  if (hostAndPort.problem !== undefined) return hostAndPort;
  const tail = text.slice(head.length);
  const path = schemesWithPath.has(scheme) && !tail.startsWith('/') ? '/' : '';
  // The name of content in IPFS has upper case and lower case.
  const host = scheme === 'ipfs' ? authority.slice(at) : hostAndPort.value;
  return { value: `${scheme}://${authority.slice(0, at)}${host}${path}${tail}` };
}

/** Behind a separator and outside of the query, where a URL may well hold a list of others. */
const secondUrl = /^[^?#]*[,;|][a-z*]{2,12}:\/\//iu;
const severalUrls = 'One value is expected, and these are several URLs: send several as several.';

const unknownScheme = (name: string): string =>
  `“${name}” is no scheme of a URL that a source could know: write http://, https:// or whichever is meant.`;

const notInUrl = /[\s"<>]/u;

const notInUrlProblem = (sign: string): string =>
  /\s/u.test(sign)
    ? 'A URL holds no white space: write %20 in its place, or one URL only.'
    : `A URL holds no ${sign}: send the URL without what surrounds it, or write the sign as %${sign.charCodeAt(0).toString(16).toUpperCase()}.`;

/** Other spellings of a URL that are the same URL: without the slash that stands for an empty path. */
export function otherSpellings({ type, value }: Indicator): readonly string[] {
  const [, before, behind = ''] = (type === 'URL' && emptyPath.exec(value)) || [];
  return before === undefined ? [] : [`${before}${behind}`];
}

const emptyPath = /^((?:https?|wss?|ftp):\/\/[^/?#]+)\/([?#].*)?$/u;

const badHost =
  'The host of this URL is none: a domain name, an IPv4 address in four decimal numbers, or an IPv6 address in brackets is expected.';
const badPort = 'The port of this URL is none: a number from 0 to 65535 without leading zeros is expected.';

function parseHostAndPort(authority: string): ParseResult {
  const [, hostText, port = ''] = /^(\[[^\]]*\]|[^:]*)(:.*)?$/u.exec(authority) ?? [];
  const host = hostText === undefined ? undefined : parseHost(hostText);
  if (host === undefined) return { problem: badHost };
  if (port !== '' && !(/^:(?:0|[1-9]\d{0,4})$/u.test(port) && Number(port.slice(1)) <= 65_535))
    return { problem: badPort };
  return { value: host + port };
}

function parseHost(text: string): string | undefined {
  if (!text.startsWith('[')) return isIPv4(text) ? text : hostName(text);
  const { value, type } = parseIpv6(text.slice(1, -1)) ?? {};
  return type === 'IPV4' ? value : value && `[${value}]`;
}

const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+=^_~.-]{1,64}$/u;

/** Returns the domain in canonical spelling and the local part as typed: its case may matter (RFC 5321, 2.4). */
export function parseEmail(text: string, mode: ParseMode = 'strict'): ParseResult | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1 || !localPart.test(text.slice(0, at))) return undefined;
  const domain = hostName(text.slice(at + 1));
  if (domain === undefined || (mode === 'inferred' && !domain.includes('.'))) return undefined;
  return { value: `${text.slice(0, at)}@${domain}` };
}

const hostInUrl = /^[a-z][a-z0-9+-]*:\/\/(?:[^/?#]*@)?(\[[^\]]+\]|[^:/?#]+)/u;

/** Returns the host of a canonical URL or e-mail address. */
export function hostWithin({
  type,
  value,
}: Indicator): { type: 'IPV4' | 'IPV6' | 'DOMAIN'; value: string } | undefined {
  if (type === 'EMAIL') return { type: 'DOMAIN', value: value.slice(value.lastIndexOf('@') + 1) };
  const host = type === 'URL' ? hostInUrl.exec(value)?.[1] : undefined;
  if (host === undefined) return undefined;
  if (host.startsWith('[')) return { type: 'IPV6', value: host.slice(1, -1) };
  return { type: isIPv4(host) ? 'IPV4' : 'DOMAIN', value: host };
}
