/** The two kinds of batched search: for records of the very value, and for records that cover it. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SearchCriteria } from '../client.ts';
import type { RecordsSubject } from '../facts.ts';
import { type CoveringSearch, coveringSearchFor, coveringText, toEnclosing, toParents } from './enclosing.ts';
import { type Attribute, toExactValue } from './row-attribution.ts';

export interface SearchKind {
  /** The criterion that holds the values; Argus names it when it rejects one of them. */
  readonly field: 'value' | CoveringSearch;
  criteria(subjects: readonly RecordsSubject[]): Pick<SearchCriteria, 'value' | CoveringSearch>;
  attribution(subjects: readonly RecordsSubject[]): Attribute;
}

export const exactValue: SearchKind = {
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
    attribution: toParents,
  },
  ipSearch: {
    field: 'ipSearch',
    criteria: subjects => ({ ipSearch: { ip: coveringTexts(subjects) } }),
    attribution: toEnclosing,
  },
};

/** undefined: nothing can cover an indicator of this type. */
export function coveringKindFor(indicator: Indicator): SearchKind | undefined {
  const search = coveringSearchFor(indicator);
  return search && coveringKinds[search];
}
