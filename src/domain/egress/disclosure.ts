/** What a value tells its reader: itself, its host, and what is written in its text. Pure. */
import { hostOf, parseIndicator } from '../indicator/indicator.ts';
import { type IpSpan, parseIpSpan } from '../indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../indicator/model.ts';

export interface Disclosure {
  /** Its own type, or those of all that a text names. */
  readonly types: readonly IndicatorType[];
  readonly indicators: readonly Indicator[];
  /** Their addresses and blocks. */
  readonly spans: readonly IpSpan[];
  /** Host names in lower case, and what might be one. */
  readonly names: readonly string[];
}

export function disclosureOf(indicator: Indicator): Disclosure {
  const { type, value } = indicator;
  if (type === 'DOMAIN') return { types: [type], indicators: [indicator], spans: [], names: [value] };
  const text = unescaped(value).toLowerCase();
  const named = [indicator, ...known([hostOf(indicator), firstAddress(indicator)])];
  const isText = type === 'URL' || type === 'EMAIL' || type === 'OTHER';
  return isText ? disclosure([type], [...named, ...indicatorsIn(text)], text) : disclosure([type], named, '');
}

/** Of text that names any number of values, defanged ones too. */
export function disclosureOfText(input: string): Disclosure {
  const text = unescaped(input)
    .replaceAll(/\[([.:]|@|:\/\/)\]/gu, '$1')
    .toLowerCase();
  const own = wordsOf(text).flatMap(word => known([parseIndicator(word).indicator]));
  const indicators = [...own, ...own.flatMap(one => known([hostOf(one), firstAddress(one)])), ...indicatorsIn(text)];
  const span = parseIpSpan(text);
  const named = disclosure([...new Set(own.map(({ type }) => type))], indicators, text);
  return span === undefined ? named : { ...named, spans: [...named.spans, span] };
}

/** Also what stands behind the name of a field: `indicator:192.0.2.1`. */
const wordsOf = (text: string): readonly string[] =>
  text.split(/[\s"'(),]+/u).flatMap(word => [word, ...word.split(/(?<=^[a-z_.@]+):/u).slice(1)]);

function disclosure(types: readonly IndicatorType[], indicators: readonly Indicator[], text: string): Disclosure {
  const spans = indicators.flatMap(({ value }) => parseIpSpan(value) ?? []);
  const names = [...indicators.flatMap(({ type, value }) => (type === 'DOMAIN' ? [value] : [])), ...namesIn(text)];
  return { types, indicators, spans, names: [...new Set(names)] };
}

/** A block is asked about by its first address. */
const firstAddress = ({ type, value }: Indicator): Indicator | undefined =>
  type === 'CIDR' ? parseIndicator(value.split('/')[0] ?? '').indicator : undefined;

const known = (indicators: readonly (Indicator | undefined)[]): readonly Indicator[] =>
  indicators.filter(indicator => indicator !== undefined);

const dotted = /(?<![\p{L}\p{N}_-])[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu;

/** International names in ASCII. */
const namesIn = (text: string): readonly string[] =>
  (text.match(dotted) ?? []).map(name =>
    /[^\0-~]/u.test(name) ? (parseIndicator(name, 'DOMAIN').indicator?.value ?? name) : name,
  );

const addresses = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)|(?<![\da-f:.])[\da-f]*:[\da-f:]*:[\da-f:.]*/gu;
const hosts = /(?<=:\/\/|@)[\p{L}\p{N}_.-]+/gu;

/** Addresses, and the hosts of URLs and e-mail addresses, that stand in a text. */
const indicatorsIn = (text: string): readonly Indicator[] => [
  ...known((text.match(addresses) ?? []).map(found => parseIndicator(found).indicator)),
  ...known((text.match(hosts) ?? []).map(found => parseIndicator(found, 'DOMAIN').indicator)),
];

/** As software reads it: a URL in a parameter of a URL is escaped, in that of another one twice; invisible signs count for nothing. */
function unescaped(text: string): string {
  let plain = text;
  for (let depth = 0; depth < 3 && plain.includes('%'); depth += 1)
    plain = plain.replaceAll(/%[0-7][\da-f]|(?:%[89a-f][\da-f])+/giu, octets => decoded(octets));
  return plain
    .normalize('NFKC')
    .replaceAll('。', '.')
    .replaceAll(/\p{Cf}/gu, '');
}

function decoded(octets: string): string {
  try {
    return decodeURIComponent(octets);
  } catch {
    return octets;
  }
}
