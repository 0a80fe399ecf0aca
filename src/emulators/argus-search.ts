import type { SearchTerms } from './argus-criteria.ts';
import type { FieldProblem } from './argus-envelope.ts';
import { matchesOf } from './argus-matching.ts';
import type { ArgusSwitches } from './argus-switches.ts';
import { readTime } from './argus-time.ts';
import { type ArgusRecord, type ArgusWorld, type IndicatorList, maySee, type Permissions } from './argus-world.ts';
import { type IpRange, parseIpRange } from './ip-range.ts';

/** The criteria with every name, address and time resolved. */
export interface Criteria {
  readonly terms: SearchTerms;
  /** Ids of lists; undefined: any that the key may read. */
  readonly listIds: ReadonlySet<string> | undefined;
  readonly readableListIds: ReadonlySet<string>;
  readonly typeNames: ReadonlySet<string> | undefined;
  readonly ranges: readonly IpRange[] | undefined;
  readonly window: { readonly from: number; readonly to: number } | undefined;
}

type Searched =
  | {
      readonly records: readonly ArgusRecord[];
      readonly count: number;
      readonly limit: number;
      readonly offset: number;
    }
  | { readonly problems: readonly FieldProblem[] }
  | { readonly denied: true };

/** Elements that `limit` and `offset` reach. */
const windowSize = 10_000;

export type Search = (terms: SearchTerms, permissions: Permissions) => Searched;

export function createSearch(world: ArgusWorld, switches: ArgusSwitches, now: () => number): Search {
  const remembered = createMemory(world, switches);
  return (terms, permissions) => {
    const resolved = resolve(terms, permissions, world, switches, now());
    if (!('terms' in resolved)) return resolved;
    const problems = pagingProblems(terms, switches);
    if (problems.length > 0) return { problems };
    return page(remembered(resolved), terms, switches);
  };
}

/** Pages of one walk share their matches: sorting 25,000 records once is enough. */
function createMemory(world: ArgusWorld, switches: ArgusSwitches): (criteria: Criteria) => readonly ArgusRecord[] {
  const memory = new Map<string, readonly ArgusRecord[]>();
  let version = world.version;
  return criteria => {
    if (version !== world.version) memory.clear();
    version = world.version;
    const {
      offset: _offset,
      limit: _limit,
      afterValue: _after,
      includeProperties: _properties,
      ...filter
    } = criteria.terms;
    if (filter.value) return matchesOf(world, criteria, switches);
    const key = JSON.stringify([filter, criteria.window, [...criteria.readableListIds], switches]);
    const matches = memory.get(key) ?? matchesOf(world, criteria, switches);
    if (memory.size > 32) memory.clear();
    memory.set(key, matches);
    return matches;
  };
}

function resolve(
  terms: SearchTerms,
  permissions: Permissions,
  world: ArgusWorld,
  switches: ArgusSwitches,
  now: number,
): Criteria | { readonly problems: FieldProblem[] } | { readonly denied: true } {
  const problems: FieldProblem[] = [];
  const readable = [...world.lists.values()].filter(list => maySee(permissions, 'lists', list.shortName));
  const readableListIds = new Set(readable.map(list => list.id));

  const lists = named(terms.indicatorList, 'indicatorList', name => findList(world, name), switches, problems);
  const hidden = lists?.find(list => !readableListIds.has(list.id));
  if (hidden && switches.hiddenListInFilter === '403') return { denied: true };
  if (hidden && switches.hiddenListInFilter === '412') problems.push(unknown('indicatorList', hidden.shortName));
  const types = named(terms.type, 'type', name => world.types.get(name), switches, problems);
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

function findList(world: ArgusWorld, name: string): IndicatorList | undefined {
  return world.lists.get(name) ?? [...world.lists.values()].find(list => list.id === name.toLowerCase());
}

/** The things behind names; an empty list of names is no criterion. */
function named<T>(
  names: readonly string[] | undefined,
  field: string,
  find: (name: string) => T | undefined,
  switches: ArgusSwitches,
  problems: FieldProblem[],
): T[] | undefined {
  if (!names || names.length === 0) return undefined;
  return names.flatMap((name, index) => {
    const found = find(name);
    if (found === undefined && switches.unknownName === '412') problems.push(unknown(`${field}[${index}]`, name));
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

function readWindow(terms: SearchTerms, now: number, problems: FieldProblem[]): Criteria['window'] {
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

function pagingProblems(terms: SearchTerms, switches: ArgusSwitches): FieldProblem[] {
  const { limit, offset, afterValue, sortBy } = terms;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, message: string, parameter: unknown): void => {
    problems.push({ field, message, messageTemplate: 'invalid.json.field.value', parameter });
  };
  if (limit === 0 && switches.limitZero === '412') refuse('limit', 'Must be greater than 0', limit);
  if (offset + limit > windowSize && switches.windowOver === '412') {
    refuse(
      offset > 0 ? 'offset' : 'limit',
      `offset and limit reach beyond ${windowSize} elements`,
      offset > 0 ? offset : limit,
    );
  }
  if (afterValue !== undefined && !sortsByValue(sortBy) && switches.afterValueWithOtherSort === '412') {
    refuse('afterValue', 'Requires sortBy value', afterValue);
  }
  return problems;
}

const sortsByValue = (sortBy: readonly string[]): boolean => /^-?value$/.test(sortBy[0] ?? '');

function page(matches: readonly ArgusRecord[], terms: SearchTerms, switches: ArgusSwitches): Searched {
  const { limit, offset } = terms;
  const behind = behindCursor(matches, terms, switches);
  const count = switches.countWithAfterValue === 'total' ? matches.length : behind.length;
  if (limit === 0 && behind.length - offset > windowSize && switches.windowOver === '412') {
    const message = `More than ${windowSize} elements match`;
    return { problems: [{ field: 'limit', message, messageTemplate: 'invalid.json.field.value', parameter: limit }] };
  }
  const end = Math.min(limit === 0 ? Number.POSITIVE_INFINITY : offset + limit, windowSize);
  return { records: behind.slice(offset, Math.max(offset, end)), count, limit, offset };
}

function behindCursor(
  matches: readonly ArgusRecord[],
  terms: SearchTerms,
  switches: ArgusSwitches,
): readonly ArgusRecord[] {
  const { afterValue, sortBy } = terms;
  if (afterValue === undefined || !sortsByValue(sortBy)) return matches;
  const descending = sortBy[0] === '-value';
  const first = matches.findIndex(({ value }) => {
    if (value === afterValue) return switches.afterValueMatch === 'inclusive';
    return descending ? value < afterValue : value > afterValue;
  });
  return first < 0 ? [] : matches.slice(first);
}
