/** The kinds of batched search: for exact values, for domains with their parents, for addresses with what encloses them. Pure. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SearchCriteria, ValuesCriterion } from '../client.ts';
import type { RecordsNeed, RecordsSubject } from '../facts.ts';
import { coveringCriterionOf, coveringText, toAddresses, toDomains, toValues } from './enclosing.ts';
import type { Attribute } from './row-attribution.ts';

interface SearchKind {
  /** The text to search for, by subject. */
  textOf(subject: RecordsSubject): string;
  criteria(texts: readonly string[]): Pick<SearchCriteria, ValuesCriterion>;
  attribution(subjects: readonly RecordsSubject[]): Attribute;
}

const textAround = ({ indicator }: RecordsSubject): string => coveringText(indicator);

export const searchKinds: Readonly<Record<ValuesCriterion, SearchKind>> = {
  value: {
    textOf: ({ indicator }) => indicator.value,
    criteria: value => ({ value }),
    attribution: toValues,
  },
  domainSearch: {
    textOf: textAround,
    criteria: domain => ({ domainSearch: { domain, includeParentDomains: true, includeSubdomains: false } }),
    attribution: toDomains,
  },
  ipSearch: {
    textOf: textAround,
    criteria: ip => ({ ipSearch: { ip } }),
    attribution: toAddresses,
  },
};

/**
 * The searches that bring what is needed of an indicator. Those for domains and addresses bring its own records too; a
 * block is searched by its first address, so its own records need a search of their own.
 */
export function criteriaFor(
  indicator: Indicator,
  { withCovering }: RecordsNeed,
): readonly [ValuesCriterion, ValuesCriterion?] {
  const covering = withCovering ? coveringCriterionOf(indicator) : undefined;
  if (covering === undefined) return ['value'];
  return indicator.type === 'CIDR' ? ['value', covering] : [covering];
}
