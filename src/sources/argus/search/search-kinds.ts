/** The kinds of batched search: for exact values, for domains with their parents, for addresses with what encloses them. Pure. */
import { otherSpellings } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SearchCriteria, ValuesCriterion } from '../client.ts';
import type { RecordsNeed, RecordsSubject } from '../facts.ts';
import { coveringCriterionOf, coveringText, toAddresses, toDomains, toValues } from './enclosing.ts';
import type { Attribute } from './row-attribution.ts';

interface SearchKind {
  /** The texts to search for, by subject, the one that goes first by itself: further ones are other spellings of the same. */
  textsOf(subject: RecordsSubject): readonly [string, ...string[]];
  criteria(texts: readonly string[]): Pick<SearchCriteria, ValuesCriterion>;
  attribution(subjects: readonly RecordsSubject[]): Attribute;
}

const textsAround = ({ indicator }: RecordsSubject): readonly [string] => [coveringText(indicator)];

export const searchKinds: Readonly<Record<ValuesCriterion, SearchKind>> = {
  value: {
    textsOf: ({ indicator }) => [indicator.value, ...otherSpellings(indicator)],
    criteria: value => ({ value }),
    attribution: toValues,
  },
  domainSearch: {
    textsOf: textsAround,
    criteria: domain => ({ domainSearch: { domain, includeParentDomains: true, includeSubdomains: false } }),
    attribution: toDomains,
  },
  ipSearch: {
    textsOf: textsAround,
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
