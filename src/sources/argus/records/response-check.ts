/** Checks that a record matches the filter: the answer to another request must not pass for ours. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan, spanContains, spanKey } from '../../../domain/indicator/ip-span.ts';
import type { MappedRecord } from '../mapping.ts';
import type { FilterTerms } from './filter.ts';

/** `covering`: a search for exact values may bring the records of what covers them as well. */
export type Relation = 'requested' | 'covering' | 'foreign';

type RecordCheck = (record: MappedRecord) => boolean;

/** What cannot be decided, such as a value in a notation that we do not read, passes. */
export function createResponseCheck(terms: FilterTerms): (record: MappedRecord) => Relation {
  const checks = [
    terms.domainSearch && matchesDomains(terms.domainSearch),
    terms.ipSearch && touchesAddresses(terms.ipSearch.ip),
    terms.indicatorList && isOnLists(terms.indicatorList),
  ].filter(check => check !== undefined);
  const relationTo = terms.value && relationToValues(terms.value);
  return record => (checks.every(check => check(record)) ? (relationTo?.(record.value) ?? 'requested') : 'foreign');
}

const fold = (text: string): string => text.toLowerCase();

function relationToValues(values: readonly string[]): (value: string) => Relation {
  const requested = new Set(values.map(fold));
  const spans = values.map(parseIpSpan).filter(span => span !== undefined);
  return value => {
    const canonical = parseIndicator(value).indicator?.value ?? value;
    if ([value, canonical].some(text => requested.has(fold(text)))) return 'requested';
    const span = parseIpSpan(value);
    if (span === undefined)
      return values.some(one => fold(one).endsWith(`.${fold(canonical)}`)) ? 'covering' : 'foreign';
    if (spans.some(own => spanKey(own) === spanKey(span))) return 'requested';
    return spans.some(own => spanContains(span, own)) ? 'covering' : 'foreign';
  };
}

function isOnLists(lists: readonly string[]): RecordCheck {
  const requested = new Set(lists.map(fold));
  return ({ list }) => requested.has(fold(list.id)) || requested.has(fold(list.shortName));
}

function matchesDomains(search: NonNullable<FilterTerms['domainSearch']>): RecordCheck {
  const isBelow = (domain: string, parent: string) => domain.endsWith(`.${parent}`);
  return ({ value }) => {
    const read = parseIndicator(value.replace(/^\*?\./, '')).indicator;
    if (read === undefined || read.type === 'OTHER') return true;
    if (read.type !== 'DOMAIN') return false;
    return search.domain.some(
      requested =>
        requested === read.value ||
        (search.includeParentDomains && isBelow(requested, read.value)) ||
        (search.includeSubdomains && isBelow(read.value, requested)),
    );
  };
}

function touchesAddresses(ips: readonly string[]): RecordCheck {
  const spans = ips.map(parseIpSpan).filter(span => span !== undefined);
  const touch = (a: IpSpan, b: IpSpan) => a.family === b.family && a.first <= b.last && b.first <= a.last;
  return ({ value }) => {
    const span = parseIpSpan(value);
    if (span !== undefined) return spans.some(requested => touch(requested, span));
    const type = parseIndicator(value).indicator?.type;
    return type === undefined || type === 'OTHER';
  };
}
