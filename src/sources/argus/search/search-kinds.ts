/** The kinds of batched search: for exact values, for domains with their parents, for addresses with what encloses them. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SearchCriteria } from '../client.ts';
import type { RecordsNeed, RecordsSubject } from '../facts.ts';
import { type CoveringSearch, coveringSearchFor, coveringText, toAddresses, toDomains } from './enclosing.ts';
import { type Attribute, toExactValue } from './row-attribution.ts';

export interface SearchKind {
  /** The criterion that holds the values; Argus names it when it rejects one of them. */
  readonly field: 'value' | CoveringSearch;
  criteria(subjects: readonly RecordsSubject[]): Pick<SearchCriteria, 'value' | CoveringSearch>;
  attribution(subjects: readonly RecordsSubject[]): Attribute;
}

const exactValue: SearchKind = {
  field: 'value',
  criteria: subjects => ({ value: [...new Set(subjects.map(({ indicator }) => indicator.value))] }),
  attribution: toExactValue,
};

const coveringTexts = (subjects: readonly RecordsSubject[]): readonly string[] => [
  ...new Set(subjects.map(({ indicator }) => coveringText(indicator))),
];

const coveringKinds: Readonly<Record<CoveringSearch, SearchKind>> = {
  domainSearch: {
    field: 'domainSearch',
    criteria: subjects => ({
      domainSearch: { domain: coveringTexts(subjects), includeParentDomains: true, includeSubdomains: false },
    }),
    attribution: toDomains,
  },
  ipSearch: {
    field: 'ipSearch',
    criteria: subjects => ({ ipSearch: { ip: coveringTexts(subjects) } }),
    attribution: toAddresses,
  },
};

/**
 * The searches that bring what is needed of an indicator. Those for domains and addresses bring its own records too; a
 * block is searched by its first address, so its own records need a search of their own.
 */
export function searchKindsFor(indicator: Indicator, { withCovering }: RecordsNeed): readonly SearchKind[] {
  const search = withCovering ? coveringSearchFor(indicator) : undefined;
  if (search === undefined) return [exactValue];
  return indicator.type === 'CIDR' ? [exactValue, coveringKinds[search]] : [coveringKinds[search]];
}
