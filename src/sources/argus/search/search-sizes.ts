/** How many values one search may have: Argus states no limit, so what it refused is remembered. */
import { valuesPerSearch } from '../../field-cost.ts';
import type { ValuesCriterion } from '../client.ts';

export interface SearchSizes {
  max(criterion: ValuesCriterion): number;
  lower(criterion: ValuesCriterion, size: number): void;
}

/** Not for ever: whatever stands in between may have refused for a while, and small searches are many. */
const rememberMs = 600_000;

export function createSearchSizes(now: () => number): SearchSizes {
  const sizes = new Map<ValuesCriterion, { readonly size: number; readonly until: number }>();
  const max = (criterion: ValuesCriterion): number => {
    const known = sizes.get(criterion);
    return known === undefined || known.until <= now() ? valuesPerSearch : known.size;
  };
  return {
    max,
    lower: (criterion, size) =>
      void sizes.set(criterion, { size: Math.min(size, max(criterion)), until: now() + rememberMs }),
  };
}
