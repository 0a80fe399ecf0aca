import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { ArgusData } from './argus-data.ts';
import type { FieldProblem } from './argus-envelope.ts';
import { matchesOf, type ResolvedCriteria } from './argus-matching.ts';
import type { KeyPermissions } from './argus-permissions.ts';
import type { EmulatedRecord } from './argus-records.ts';
import { resolveTerms } from './argus-resolve.ts';

type SearchResult =
  | {
      readonly records: readonly EmulatedRecord[];
      readonly count: number;
      readonly limit: number;
      readonly offset: number;
    }
  | { readonly problems: readonly FieldProblem[] }
  | { readonly denied: true };

/** The largest sum of `limit` and `offset`. */
const maxWindow = 10_000;

export type ArgusSearch = (terms: SearchTerms, permissions: KeyPermissions) => SearchResult;

export function createSearch(dataSet: ArgusData, behaviours: ArgusBehaviours, now: () => number): ArgusSearch {
  const remembered = createMemory(dataSet, behaviours);
  return (terms, permissions) => {
    const resolved = resolveTerms(terms, permissions, dataSet, behaviours, now());
    if (!('terms' in resolved)) return resolved;
    const problems = pagingProblems(terms, behaviours);
    if (problems.length > 0) return { problems };
    return page(remembered(resolved), terms, behaviours);
  };
}

/** Caches matches, so that reading all pages of a search sorts the records only once. */
function createMemory(
  dataSet: ArgusData,
  behaviours: ArgusBehaviours,
): (criteria: ResolvedCriteria) => readonly EmulatedRecord[] {
  const memory = new Map<string, readonly EmulatedRecord[]>();
  let version = dataSet.version;
  return criteria => {
    if (version !== dataSet.version) memory.clear();
    version = dataSet.version;
    const {
      offset: _offset,
      limit: _limit,
      afterValue: _after,
      includeProperties: _properties,
      ...filter
    } = criteria.terms;
    if (filter.value) return matchesOf(dataSet, criteria, behaviours);
    const key = JSON.stringify([filter, criteria.window, [...criteria.readableListIds], behaviours]);
    const matches = memory.get(key) ?? matchesOf(dataSet, criteria, behaviours);
    if (memory.size > 32) memory.clear();
    memory.set(key, matches);
    return matches;
  };
}

function pagingProblems(terms: SearchTerms, behaviours: ArgusBehaviours): FieldProblem[] {
  const { limit, offset, afterValue, sortBy } = terms;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string, parameter: unknown): void => {
    problems.push({ field, message, messageTemplate: 'invalid.json.field.value', parameter });
  };
  if (limit === 0 && behaviours.limitZero === '412') refuse('limit', 'Must be greater than 0', limit);
  if (offset + limit > maxWindow && behaviours.windowOver === '412') {
    refuse(
      offset > 0 ? 'offset' : 'limit',
      `offset and limit reach beyond ${maxWindow} elements`,
      offset > 0 ? offset : limit,
    );
  }
  if (afterValue !== undefined && !sortsByValue(sortBy) && behaviours.afterValueWithOtherSort === '412') {
    refuse('afterValue', 'Requires sortBy value', afterValue);
  }
  return problems;
}

const sortsByValue = (sortBy: readonly string[]): boolean => /^-?value$/.test(sortBy[0] ?? '');

function page(matches: readonly EmulatedRecord[], terms: SearchTerms, behaviours: ArgusBehaviours): SearchResult {
  const { limit, offset } = terms;
  const behind = afterCursor(matches, terms, behaviours);
  const count = behaviours.countWithAfterValue === 'total' ? matches.length : behind.length;
  if (limit === 0 && behind.length - offset > maxWindow && behaviours.windowOver === '412') {
    const message = `More than ${maxWindow} elements match`;
    return { problems: [{ field: 'limit', message, messageTemplate: 'invalid.json.field.value', parameter: limit }] };
  }
  const end = Math.min(limit === 0 ? Number.POSITIVE_INFINITY : offset + limit, maxWindow);
  return { records: behind.slice(offset, Math.max(offset, end)), count, limit, offset };
}

function afterCursor(
  matches: readonly EmulatedRecord[],
  terms: SearchTerms,
  behaviours: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const { afterValue, sortBy } = terms;
  if (afterValue === undefined || !sortsByValue(sortBy)) return matches;
  const descending = sortBy[0] === '-value';
  const first = matches.findIndex(({ value }) => {
    if (value === afterValue) return behaviours.afterValueMatch === 'inclusive';
    return descending ? value < afterValue : value > afterValue;
  });
  return first < 0 ? [] : matches.slice(first);
}
