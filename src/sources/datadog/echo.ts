/** Whether an answer is about what was asked: Datadog repeats the indicator, perhaps in a spelling of its own. Pure. */
import { hostOf, indicatorKey, parseIndicator } from '../../domain/indicator/indicator.ts';
import { parseIpSpan, spanContains } from '../../domain/indicator/ip-span.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import { coverageOf } from '../../domain/verdict/coverage.ts';

/** `covering`: the parent domain, host or block that Datadog answered about in place of the indicator. */
export interface Echo {
  readonly covering?: string;
}

/**
 * Undefined: another indicator. The spelling is read loosely: one question has one answer, so what is left open is only
 * whether Datadog looked up what it was asked. What accuses a parent domain, or a block of one owner, concerns those inside,
 * though less; a public suffix, or a block of many owners, concerns nobody in particular, and counts as another indicator.
 */
export function echoOf(named: string, asked: Indicator): Echo | undefined {
  if (isSame(named, asked)) return {};
  const covering = coveringOf(named, asked);
  return covering !== undefined && coverageOf(covering) === 'own' ? { covering } : undefined;
}

function isSame(named: string, asked: Indicator): boolean {
  if (named === asked.value) return true;
  const { indicator } = parseIndicator(named);
  return (indicator !== undefined && indicatorKey(indicator) === indicatorKey(asked)) || isLooselyEqual(named, asked);
}

function isLooselyEqual(named: string, asked: Indicator): boolean {
  if (asked.type !== 'URL') return plain(named) === plain(asked.value);
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i;
  const spelt = scheme.test(named) ? named : `${scheme.exec(asked.value)?.[0]}${named}`;
  const canonical = parseIndicator(spelt, 'URL').indicator?.value ?? spelt;
  return plainUrl(canonical) === plainUrl(asked.value);
}

const plain = (text: string): string => decoded(text).trim().normalize('NFC').toLowerCase();

/** Without scheme, fragment, default port and final slash. */
const plainUrl = (url: string): string =>
  plain(url.replace(/#.*$/s, ''))
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/^([^/?]*):(?:80|443)(?=[/?]|$)/, '$1')
    .replace(/\/+(?=\?|$)/, '');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function coveringOf(named: string, asked: Indicator): string | undefined {
  const host = hostOf(asked);
  if (host !== undefined)
    return isSame(named, host) || isItsAddress(named, host) ? host.value : coveringOf(named, host);
  const [outer, inner] = [parseIpSpan(named), parseIpSpan(asked.value)];
  if (outer !== undefined && inner !== undefined) return spanContains(outer, inner) ? named : undefined;
  // Some lists write *.example.org.
  const parent = parseIndicator(named.replace(/^\*?\./, ''), 'DOMAIN').indicator?.value;
  return asked.type === 'DOMAIN' && parent !== undefined && asked.value.endsWith(`.${parent}`) ? parent : undefined;
}

/** `https://evil.example.org/` of evil.example.org. */
const isItsAddress = (named: string, host: Indicator): boolean => plainUrl(named) === plain(host.value);
