/** The kinds of batched search: for records of the very value, and for records that cover it. Pure. */
import type { SearchCriteria, ValuesCriterion } from '../client.ts';
import type { RecordsSubject } from '../facts.ts';
import { coveringText, toEnclosing, toParents } from './enclosing.ts';
import { type Attribute, toExactValue } from './row-attribution.ts';

interface SearchKind {
  criteria(subjects: readonly RecordsSubject[]): Pick<SearchCriteria, ValuesCriterion>;
  attribution(subjects: readonly RecordsSubject[]): Attribute;
}

const coveringTexts = (subjects: readonly RecordsSubject[]): readonly string[] => [
  ...new Set(subjects.map(({ indicator }) => coveringText(indicator))),
];

export const searchKinds: Readonly<Record<ValuesCriterion, SearchKind>> = {
  value: {
    criteria: subjects => ({ value: [...new Set(subjects.map(({ indicator }) => indicator.value))] }),
    attribution: toExactValue,
  },
  domainSearch: {
    criteria: subjects => ({
      domainSearch: { domain: coveringTexts(subjects), includeParentDomains: true, includeSubdomains: false },
    }),
    attribution: toParents,
  },
  ipSearch: {
    criteria: subjects => ({ ipSearch: { ip: coveringTexts(subjects) } }),
    attribution: toEnclosing,
  },
};
