import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { ArgusData } from './argus-data.ts';
import type { FieldProblem } from './argus-envelope.ts';
import { matchesOf, type ResolvedCriteria, sorted } from './argus-matching.ts';
import { pageOf, pagingProblems } from './argus-paging.ts';
import type { KeyPermissions } from './argus-permissions.ts';
import type { EmulatedRecord } from './argus-records.ts';
import { resolveTerms } from './argus-resolve.ts';
import { withForeignRow, withoutMissing } from './argus-row-set.ts';

type SearchResult =
  | {
      readonly records: readonly EmulatedRecord[];
      readonly count: number;
      readonly limit: number;
      readonly offset: number;
      readonly hidden: number;
    }
  | { readonly problems: readonly FieldProblem[] }
  | { readonly denied: true };

export type ArgusSearch = (terms: SearchTerms, permissions: KeyPermissions) => SearchResult;

export function createSearch(dataSet: ArgusData, behaviours: ArgusBehaviours, now: () => number): ArgusSearch {
  const remembered = createMemory(dataSet, behaviours);
  const pageNumber = createPageNumbers();
  return (terms, permissions) => {
    const criteria = resolveTerms(terms, permissions, dataSet, behaviours, now());
    if (!('terms' in criteria)) return criteria;
    const problems = pagingProblems(terms, behaviours);
    if (problems.length > 0) return { problems };
    const page = pageNumber(terms);
    const hasTiesReversed = behaviours.tieOrder === 'changing' && page % 2 === 0;
    const inOrder = (all: readonly EmulatedRecord[]) =>
      hasTiesReversed ? sorted(all.toReversed(), terms.sortBy, behaviours) : all;
    const matches = () =>
      withForeignRow(withoutMissing(inOrder(remembered(criteria)), behaviours), criteria, dataSet, behaviours);
    if (dataSet.beforePage) {
      const all = matches();
      const { start } = pageOf(all, terms, behaviours);
      dataSet.beforePage({ page, terms, before: all.slice(0, start), from: all.slice(start) });
    }
    const found = pageOf(matches(), terms, behaviours);
    return 'problems' in found ? found : { ...found, hidden: hiddenMatches(dataSet, criteria, behaviours) };
  };
}

/** How many matches the key may not read; counted only where the answer says so. */
function hiddenMatches(dataSet: ArgusData, criteria: ResolvedCriteria, behaviours: ArgusBehaviours): number {
  if (behaviours.count !== 'withHidden') return 0;
  const everyList = new Set([...dataSet.lists.values()].map(list => list.id));
  const all = matchesOf(dataSet, { ...criteria, readableListIds: everyList }, behaviours);
  return all.filter(record => !criteria.readableListIds.has(record.list.id)).length;
}

const filterOf = ({ offset: _offset, limit: _limit, afterValue: _after, ...filter }: SearchTerms) => filter;

function createPageNumbers(): (terms: SearchTerms) => number {
  const pages = new Map<string, number>();
  return terms => {
    const key = JSON.stringify(filterOf(terms));
    const isFirst = terms.offset === 0 && terms.afterValue === undefined;
    const page = isFirst ? 1 : (pages.get(key) ?? 0) + 1;
    if (pages.size > 32) pages.clear();
    pages.set(key, page);
    return page;
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
    const { includeProperties: _properties, ...filter } = filterOf(criteria.terms);
    if (filter.value) return matchesOf(dataSet, criteria, behaviours);
    const key = JSON.stringify([filter, criteria.window, [...criteria.readableListIds], behaviours]);
    const matches = memory.get(key) ?? matchesOf(dataSet, criteria, behaviours);
    if (memory.size > 32) memory.clear();
    memory.set(key, matches);
    return matches;
  };
}
