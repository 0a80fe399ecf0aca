/** What a value tells its reader: itself, its host, and what is written in its text. Pure. */
import { isIP } from 'node:net';
import { ipv4Behind } from '../indicator/address.ts';
import { hostOf, parseIndicator } from '../indicator/indicator.ts';
import { type IpSpan, parseIpSpan } from '../indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../indicator/model.ts';

export interface Disclosure {
  /** Its own type, or those of all that a text names. */
  readonly types: readonly IndicatorType[];
  /** Addresses, blocks and ranges. */
  readonly spans: readonly IpSpan[];
  /** Names of hosts, in lower case. */
  readonly hosts: readonly string[];
  /** What stands in a text with dots, and might be the name of one. */
  readonly names: readonly string[];
}

export function disclosureOf(indicator: Indicator): Disclosure {
  const { type, value } = indicator;
  if (type === 'DOMAIN') return { types: [type], spans: [], hosts: [value], names: [] };
  const isText = type === 'URL' || type === 'EMAIL' || type === 'OTHER';
  const host = hostOf(indicator);
  return read([type], host === undefined ? [indicator] : [indicator, host], isText ? unescaped(value) : '');
}

/** Of text that names any number of values, defanged ones too. */
export function disclosureOfText(input: string): Disclosure {
  const text = unescaped(input).replaceAll(/\[([.:]|@|:\/\/)\]/gu, '$1');
  const own = wordsOf(text).flatMap(word => parseIndicator(word).indicator ?? []);
  const hosts = own.flatMap(one => hostOf(one) ?? []);
  const range = parseIpSpan(text);
  const { spans, ...rest } = read([...new Set(own.map(({ type }) => type))], [...own, ...hosts], text);
  return { ...rest, spans: range === undefined ? spans : [...spans, range] };
}

/** Also what stands behind the name of a field: `indicator:192.0.2.1`. */
const wordsOf = (text: string): readonly string[] =>
  text.split(/[\s"'(),]+/u).flatMap(word => [word, ...word.split(/(?<=^[a-z_.@]+):/u).slice(1)]);

function read(types: readonly IndicatorType[], named: readonly Indicator[], text: string): Disclosure {
  const addresses = new Set(named.map(({ value }) => value as string).concat(addressesIn(text)));
  const behind = [...addresses].flatMap(address => ipv4Behind(address) ?? []);
  const ownHosts = named.flatMap(({ type, value }) => (type === 'DOMAIN' ? [value as string] : []));
  return {
    types,
    spans: [...addresses, ...behind].flatMap(address => parseIpSpan(address) ?? []),
    hosts: [...new Set([...ownHosts, ...matchesOf(host, text)])],
    names: [...new Set(matchesOf(dotted, text))].map(inAscii),
  };
}

const matchesOf = (pattern: RegExp, text: string): readonly string[] => text.match(pattern) ?? [];

const host = /(?<=:\/\/|@)[\p{L}\p{N}_.-]+/gu;
const dotted = /(?<![\p{L}\p{N}_-])[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu;
const ipv4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/gu;
const ipv6 = /(?<![\da-f:.])(?=[\da-f]*:[\da-f:]*:)[\da-f:.]{2,45}/gu;

const addressesIn = (text: string): readonly string[] =>
  [...matchesOf(ipv4, text), ...matchesOf(ipv6, text)].filter(found => isIP(found) !== 0);

const inAscii = (name: string): string =>
  /[^\0-~]/u.test(name) ? (parseIndicator(name, 'DOMAIN').indicator?.value ?? name) : name;

/** As software reads it: a URL in a parameter of a URL is escaped, in that of another one twice; invisible signs count for nothing. */
function unescaped(text: string): string {
  let plain = text;
  for (let depth = 0; depth < 3 && plain.includes('%'); depth += 1)
    plain = plain.replaceAll(/%[0-7][\da-f]|(?:%[89a-f][\da-f])+/giu, decoded);
  return plain
    .normalize('NFKC')
    .replaceAll('。', '.')
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase();
}

function decoded(octets: string): string {
  try {
    return decodeURIComponent(octets);
  } catch {
    return octets;
  }
}
