/** The kinds of batched search: for exact values, for domains with their parents, for addresses with what encloses them. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SearchCriteria, ValuesCriterion } from '../client.ts';
import type { RecordsNeed, RecordsSubject } from '../facts.ts';
import { coveringCriterionOf, coveringText, toAddresses, toDomains } from './enclosing.ts';
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
    attribution: toDomains,
  },
  ipSearch: {
    criteria: subjects => ({ ipSearch: { ip: coveringTexts(subjects) } }),
    attribution: toAddresses,
  },
};

/**
 * The searches that bring what is needed of an indicator. Those for domains and addresses bring its own records too; a
 * block is searched by its first address, so its own records need a search of their own.
 */
export function criteriaFor(indicator: Indicator, { withCovering }: RecordsNeed): readonly ValuesCriterion[] {
  const covering = withCovering ? coveringCriterionOf(indicator) : undefined;
  if (covering === undefined) return ['value'];
  return indicator.type === 'CIDR' ? ['value', covering] : [covering];
}
