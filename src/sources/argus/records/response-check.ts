/** Whether a record is one that was asked for: a mixed-up answer must not pass for ours. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, readIpSpan } from '../../../domain/indicator/ip-span.ts';
import type { ArgusRecord } from '../mapping.ts';
import type { SearchTerms } from './filter.ts';

type RecordCheck = (record: ArgusRecord) => boolean;

/** What cannot be judged, such as a notation that we do not read, is believed. */
export function createResponseCheck(terms: SearchTerms): RecordCheck {
  const witnesses = [
    terms.value && ofValues(terms.value),
    terms.domainSearch && ofDomains(terms.domainSearch),
    terms.ipSearch && ofAddresses(terms.ipSearch.ip),
    terms.indicatorList && ofLists(terms.indicatorList),
  ].filter(witness => witness !== undefined);
  return record => witnesses.every(witness => witness(record));
}

const fold = (text: string): string => text.toLowerCase();

function ofValues(values: readonly string[]): RecordCheck {
  const asked = new Set(values.map(fold));
  return ({ value }) => asked.has(fold(value)) || asked.has(fold(parseIndicator(value).indicator?.value ?? value));
}

function ofLists(lists: readonly string[]): RecordCheck {
  const asked = new Set(lists.map(fold));
  return ({ list }) => asked.has(fold(list.id)) || asked.has(fold(list.shortName));
}

function ofDomains(search: NonNullable<SearchTerms['domainSearch']>): RecordCheck {
  const lies = (below: string, above: string) => below.endsWith(`.${above}`);
  return ({ value }) => {
    const read = parseIndicator(value.replace(/^\*?\./, '')).indicator;
    if (read === undefined || read.type === 'OTHER') return true;
    if (read.type !== 'DOMAIN') return false;
    return search.domain.some(
      asked =>
        asked === read.value ||
        (search.includeParentDomains && lies(asked, read.value)) ||
        (search.includeSubdomains && lies(read.value, asked)),
    );
  };
}

function ofAddresses(ips: readonly string[]): RecordCheck {
  const spans = ips.map(readIpSpan).filter(span => span !== undefined);
  const touch = (a: IpSpan, b: IpSpan) => a.family === b.family && a.first <= b.last && b.first <= a.last;
  return ({ value }) => {
    const span = readIpSpan(value);
    if (span !== undefined) return spans.some(asked => touch(asked, span));
    const type = parseIndicator(value).indicator?.type;
    return type === undefined || type === 'OTHER';
  };
}
