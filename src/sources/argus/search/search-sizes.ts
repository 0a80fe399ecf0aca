/** How many values one search may have: Argus states no limit, so what it refused is remembered. */
import { valuesPerSearch } from '../../field-cost.ts';
import type { ValuesCriterion } from '../client.ts';

export interface SearchSizes {
  max(criterion: ValuesCriterion): number;
  lower(criterion: ValuesCriterion, size: number): void;
}

export function createSearchSizes(): SearchSizes {
  const sizes = new Map<ValuesCriterion, number>();
  const max = (criterion: ValuesCriterion): number => sizes.get(criterion) ?? valuesPerSearch;
  return { max, lower: (criterion, size) => void sizes.set(criterion, Math.min(size, max(criterion))) };
}
