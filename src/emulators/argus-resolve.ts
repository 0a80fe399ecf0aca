/** Resolves the terms of a search: names to lists and types, texts to ranges and times. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { ArgusData } from './argus-data.ts';
import type { FieldProblem } from './argus-envelope.ts';
import type { ResolvedCriteria } from './argus-matching.ts';
import { type KeyPermissions, maySee } from './argus-permissions.ts';
import type { IndicatorList } from './argus-records.ts';
import { readTime } from './argus-time.ts';
import { namedTypes } from './argus-type-names.ts';
import { parseIpRange } from './ip-range.ts';

export function resolveTerms(
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
  const typeNames = new Set(namedTypes(dataSet.types.values(), behaviours).map(type => type.shortName));
  const types = resolveNames(
    terms.type,
    'type',
    name => (typeNames.has(name) ? name : undefined),
    behaviours,
    problems,
  );
  const ranges = terms.ipSearch?.ip.map((text, index) => parseIpRange(text) ?? badAddress(text, index, problems));
  const window = readWindow(terms, now, problems);
  if (problems.length > 0) return { problems };
  return {
    terms,
    listIds: lists && new Set(lists.map(list => list.id)),
    readableListIds,
    typeNames: types && new Set(types),
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
