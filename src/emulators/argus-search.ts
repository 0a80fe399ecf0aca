import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import { type ArgusData, type EmulatedRecord, type IndicatorList, type KeyPermissions, maySee } from './argus-data.ts';
import type { FieldProblem } from './argus-envelope.ts';
import type { ResolvedCriteria } from './argus-matching.ts';
import { matchesOf } from './argus-matching.ts';
import { readTime } from './argus-time.ts';
import { parseIpRange } from './ip-range.ts';

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
    const resolved = resolve(terms, permissions, dataSet, behaviours, now());
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

function resolve(
  terms: SearchTerms,
  permissions: KeyPermissions,
  dataSet: ArgusData,
  behaviours: ArgusBehaviours,
  now: number,
): ResolvedCriteria | { readonly problems: FieldProblem[] } | { readonly denied: true } {
  const problems: FieldProblem[] = [];
  const readable = [...dataSet.lists.values()].filter(list => maySee(permissions, 'lists', list.shortName));
  const readableListIds = new Set(readable.map(list => list.id));

  const lists = resolveNames(
    terms.indicatorList,
    'indicatorList',
    name => findList(dataSet, name),
    behaviours,
    problems,
  );
  const hidden = lists?.find(list => !readableListIds.has(list.id));
  if (hidden && behaviours.hiddenListInFilter === '403') return { denied: true };
  if (hidden && behaviours.hiddenListInFilter === '412') problems.push(unknown('indicatorList', hidden.shortName));
  const types = resolveNames(terms.type, 'type', name => dataSet.types.get(name), behaviours, problems);
  const ranges = terms.ipSearch?.ip.map((text, index) => parseIpRange(text) ?? badAddress(text, index, problems));
  const window = readWindow(terms, now, problems);
  if (problems.length > 0) return { problems };
  return {
    terms,
    listIds: lists && new Set(lists.map(list => list.id)),
    readableListIds,
    typeNames: types && new Set(types.map(type => type.shortName)),
    ranges: ranges?.filter(range => range !== undefined),
    window,
  };
}

function findList(dataSet: ArgusData, name: string): IndicatorList | undefined {
  return dataSet.lists.get(name) ?? [...dataSet.lists.values()].find(list => list.id === name.toLowerCase());
}

/** Resolves names to lists or types; an empty list of names is no criterion. */
function resolveNames<T>(
  names: readonly string[] | undefined,
  field: string,
  find: (name: string) => T | undefined,
  behaviours: ArgusBehaviours,
  problems: FieldProblem[],
): T[] | undefined {
  if (!names || names.length === 0) return undefined;
  return names.flatMap((name, index) => {
    const found = find(name);
    if (found === undefined && behaviours.unknownName === '412') problems.push(unknown(`${field}[${index}]`, name));
    return found === undefined ? [] : [found];
  });
}

function unknown(field: string, parameter: string): FieldProblem {
  return { field, message: `Object not found: ${parameter}`, messageTemplate: 'object.not.found', parameter };
}

function badAddress(parameter: string, index: number, problems: FieldProblem[]): undefined {
  const message = 'Must be an IP address, a CIDR block or a range of addresses';
  problems.push({ field: `ipSearch.ip[${index}]`, message, messageTemplate: 'invalid.json.field.value', parameter });
}

function readWindow(terms: SearchTerms, now: number, problems: FieldProblem[]): ResolvedCriteria['window'] {
  const { startTimestamp, endTimestamp } = terms;
  if (startTimestamp === undefined && endTimestamp === undefined) return undefined;
  const bound = (field: string, input: number | string | undefined, fallback: number): number => {
    const at = input === undefined ? fallback : readTime(input, now);
    if (at !== undefined) return at;
    const message = 'Must be milliseconds, an ISO timestamp in UTC or a relative time';
    problems.push({ field, message, messageTemplate: 'invalid.json.field.value', parameter: input });
    return fallback;
  };
  return { from: bound('startTimestamp', startTimestamp, 0), to: bound('endTimestamp', endTimestamp, now) };
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
