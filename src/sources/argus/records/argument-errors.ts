/** Argus names the search term that it rejects; our caller knows the argument that the term was made from. */
import { GraphQLError } from 'graphql';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { FilterTerms } from './filter.ts';

/** Argus's search term → our argument. */
const argumentOf: Readonly<Record<string, string>> = {
  indicatorList: 'filter.lists',
  type: 'filter.types',
  value: 'filter.values',
  'domainSearch.domain': 'filter.domains.names',
  domainSearch: 'filter.domains',
  'ipSearch.ip': 'filter.ips',
  ipSearch: 'filter.ips',
  state: 'filter.states',
  minConfidence: 'filter.minConfidence',
  maxConfidence: 'filter.maxConfidence',
  startTimestamp: 'filter.time.from',
  endTimestamp: 'filter.time.to',
  timeFieldStrategy: 'filter.time.fields',
  timeMatchStrategy: 'filter.time.match',
  includeDeleted: 'filter.includeDeleted',
  sortBy: 'orderBy',
};

/** A rejected term as BAD_USER_INPUT that names the argument; any other problem as it is. */
export function asArgumentError(problem: unknown, terms: FilterTerms): unknown {
  if (!(problem instanceof UpstreamError) || problem.kind !== 'REJECTED') return problem;
  for (const field of problem.fields) {
    const [, path = '', index] = /^([\w.]+?)(?:\[(\d+)\].*)?$/.exec(field) ?? [];
    const argument = argumentOf[path];
    if (argument === undefined) continue;
    const entry = index === undefined ? undefined : entriesUnder(path, terms)?.[Number(index)];
    const what = entry === undefined ? 'what was given' : `"${entry}"`;
    return new GraphQLError(`Argus does not accept ${what} in ${argument}.`, {
      extensions: { code: 'BAD_USER_INPUT', argument, source: 'ARGUS' },
    });
  }
  return problem;
}

function entriesUnder(path: string, terms: FilterTerms): readonly string[] | undefined {
  const lists: Readonly<Record<string, readonly string[] | undefined>> = {
    indicatorList: terms.indicatorList,
    type: terms.type,
    value: terms.value,
    'domainSearch.domain': terms.domainSearch?.domain,
    'ipSearch.ip': terms.ipSearch?.ip,
  };
  return lists[path];
}
