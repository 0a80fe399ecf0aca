/** What other extractors find, in our spelling and without what they only add to it, so that they are judged by the same. */
import { extractIOC } from 'ioc-extractor';
import { hostOf, indicatorKey, parseIndicator } from '../../../src/domain/indicator/indicator.ts';
import { type IndicatorType, indicatorTypes } from '../../../src/domain/indicator/model.ts';
import type { CorpusFile } from './truth.ts';

/** Values as an extractor spells them, by our names of their types. */
export type FoundByType = Readonly<Partial<Record<IndicatorType, readonly string[]>>>;

export function peerKeys(found: FoundByType, { expected, optional }: CorpusFile): readonly string[] {
  const implied = new Set([...expected, ...optional].flatMap(impliedBy).filter(key => !expected.includes(key)));
  const keys = indicatorTypes.flatMap(type => (found[type] ?? []).map(value => keyOf(value, type)));
  return [...new Set(keys)].filter(key => !implied.has(key));
}

function keyOf(value: string, type: IndicatorType): string {
  const { indicator } = parseIndicator(value, type);
  return indicator === undefined ? `${type}:${value}` : indicatorKey(indicator);
}

/** The host of a URL or mail address, and the first address of a block: others list them too, which is no mistake. */
function impliedBy(key: string): readonly string[] {
  const value = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('CIDR:'))
    return [keyOf(value.slice(0, value.indexOf('/')), value.includes(':') ? 'IPV6' : 'IPV4')];
  const { indicator } = parseIndicator(value);
  const host = indicator && hostOf(indicator);
  return host === undefined ? [] : [indicatorKey(host)];
}

/** Of which ioc-extractor knows no CIDR. */
export const typesOfIocExtractor: readonly IndicatorType[] = indicatorTypes.filter(
  type => type !== 'CIDR' && type !== 'OTHER',
);

export function searchByIocExtractor(text: string): FoundByType {
  // Its option for Punycode rewrites the whole text, and most of its findings are lost.
  const found = extractIOC(text, { refang: true });
  return {
    DOMAIN: found.domains,
    EMAIL: found.emails,
    IPV4: found.ipv4s,
    IPV6: found.ipv6s,
    MD5: found.md5s,
    SHA1: found.sha1s,
    SHA256: found.sha256s,
    SHA512: found.sha512s,
    URL: found.urls,
  };
}
