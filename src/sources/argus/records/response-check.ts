/** Checks that a record matches the filter: the answer to another request must not pass for ours. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan } from '../../../domain/indicator/ip-span.ts';
import type { MappedRecord } from '../mapping.ts';
import type { FilterTerms } from './filter.ts';

type RecordCheck = (record: MappedRecord) => boolean;

/** What cannot be decided, such as a value in a notation that we do not read, passes. */
export function createResponseCheck(terms: FilterTerms): RecordCheck {
  const checks = [
    terms.value && hasValue(terms.value),
    terms.domainSearch && matchesDomains(terms.domainSearch),
    terms.ipSearch && touchesAddresses(terms.ipSearch.ip),
    terms.indicatorList && isOnLists(terms.indicatorList),
  ].filter(check => check !== undefined);
  return record => checks.every(check => check(record));
}

const fold = (text: string): string => text.toLowerCase();

function hasValue(values: readonly string[]): RecordCheck {
  const requested = new Set(values.map(fold));
  return ({ value }) =>
    requested.has(fold(value)) || requested.has(fold(parseIndicator(value).indicator?.value ?? value));
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
