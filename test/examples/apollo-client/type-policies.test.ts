import { readFileSync } from 'node:fs';
import { ApolloClient, ApolloLink, gql, InMemoryCache, NetworkStatus, Observable } from '@apollo/client';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { possibleTypes, typePolicies } from '../../../src/clients/type-policies.ts';

const newCache = () => new InMemoryCache({ typePolicies, possibleTypes });
const indicator = (fields: Record<string, unknown>) => ({
  indicator: { __typename: 'Indicator', id: 'one', ...fields },
});
const report = (fields: Record<string, unknown>) => ({ __typename: 'SourceReport', ...fields });

const reportFields = ['source', 'status', 'limits', 'servedFrom', 'fetchedAt', 'detail', 'retryAfterSeconds'];
const sourcesOf = (fields: readonly string[]) =>
  gql(`query { indicator(value: "evil.example") { id sources { ${fields.join(' ')} } } }`);
const matched = {
  source: 'DATADOG',
  status: 'MATCHED',
  limits: ['LAST_30_DAYS'],
  servedFrom: 'LIVE',
  fetchedAt: '2026-11-22T00:00:00Z',
  detail: null,
  retryAfterSeconds: null,
};
const notQueried = (source: string) => ({
  source,
  status: 'NOT_QUERIED',
  limits: [],
  servedFrom: null,
  fetchedAt: null,
  detail: null,
  retryAfterSeconds: null,
});

function writeSources(
  cache: InMemoryCache,
  reports: readonly Record<string, unknown>[],
  how: { overwrite?: boolean } = {},
) {
  const fields = Object.keys(reports[0] ?? {});
  cache.writeQuery({ query: sourcesOf(fields), data: indicator({ sources: reports.map(report) }), ...how });
}
const readSources = (cache: InMemoryCache, fields: readonly string[] = reportFields) =>
  cache.readQuery<{ indicator: { sources: Record<string, unknown>[] } }>({ query: sourcesOf(fields) })?.indicator
    .sources;

describe('the sources of an indicator in the cache', () => {
  it('keep what an earlier query learned when a later one did not ask that source', () => {
    const cache = newCache();
    writeSources(cache, [matched, notQueried('ARGUS')]);
    writeSources(cache, [notQueried('DATADOG'), { ...matched, source: 'ARGUS', status: 'NO_MATCH' }]);
    expect(readSources(cache)).toMatchObject([matched, { source: 'ARGUS', status: 'NO_MATCH' }]);
  });

  it('keep it on a refetch too, where Apollo Client hides the existing value from merges', () => {
    const cache = newCache();
    writeSources(cache, [matched, notQueried('ARGUS')]);
    writeSources(cache, [notQueried('DATADOG'), notQueried('ARGUS')], { overwrite: true });
    expect(readSources(cache)?.[0]).toMatchObject(matched);
  });

  it('stay readable for a query that did not ask the source but selects a field nobody had asked yet', () => {
    const cache = newCache();
    writeSources(cache, [{ source: 'DATADOG', status: 'MATCHED' }]);
    writeSources(cache, [notQueried('DATADOG')]);
    expect(readSources(cache)?.[0]).toMatchObject({ status: 'MATCHED', fetchedAt: null });
  });

  it('take a newer answer of a source that was asked, a failure included', () => {
    const cache = newCache();
    writeSources(cache, [matched]);
    writeSources(cache, [{ ...matched, status: 'UNAVAILABLE', fetchedAt: null, limits: [] }]);
    expect(readSources(cache)?.[0]).toMatchObject({ status: 'UNAVAILABLE', fetchedAt: null });
  });

  it('never carry the time or the countdown of one answer over to another', () => {
    const cache = newCache();
    writeSources(cache, [
      { ...matched, status: 'RATE_LIMITED', fetchedAt: null, detail: 'later', retryAfterSeconds: 9 },
    ]);
    writeSources(cache, [{ source: 'DATADOG', status: 'NO_MATCH', fetchedAt: '2026-11-22T00:00:09Z' }]);
    expect(readSources(cache)?.[0]).toMatchObject({
      status: 'NO_MATCH',
      fetchedAt: '2026-11-22T00:00:09Z',
      detail: null,
      retryAfterSeconds: null,
      limits: ['LAST_30_DAYS'],
    });
  });

  it('are not mistaken for each other when they come in another order', () => {
    const cache = newCache();
    writeSources(cache, [
      { source: 'DATADOG', status: 'MATCHED' },
      { source: 'ARGUS', status: 'NO_MATCH' },
    ]);
    writeSources(cache, [
      { source: 'ARGUS', detail: 'a' },
      { source: 'DATADOG', detail: 'd' },
    ]);
    expect(readSources(cache, ['source', 'status', 'detail'])).toMatchObject([
      { source: 'ARGUS', status: 'NO_MATCH', detail: 'a' },
      { source: 'DATADOG', status: 'MATCHED', detail: 'd' },
    ]);
  });
});

/** Of the hand-written answer only what the document selects, as a server would send it. */
function select(value: unknown, selection: SelectionSetNode | undefined): unknown {
  if (!selection || value === null) return value;
  if (Array.isArray(value)) return value.map(item => select(item, selection));
  const fields = selection.selections.flatMap(node => (node.kind === Kind.FIELD ? [node] : []));
  const all = Object.entries(value ?? {});
  const wanted = (key: string) => fields.find(field => field.name.value === key);
  const kept = all.filter(([key]) => key === '__typename' || wanted(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, select(inner, wanted(key)?.selectionSet)]));
}
function picked(document: DocumentNode, fields: Record<string, unknown>): Record<string, unknown> {
  const operation = document.definitions.find(definition => definition.kind === Kind.OPERATION_DEFINITION);
  return { ...(select(indicator(fields), operation?.selectionSet) as Record<string, unknown>) };
}

/** Each pair selects different fields of one object; neither may lose what it selected. */
const pairs: readonly [what: string, first: string, second: string, data: Record<string, unknown>][] = [
  [
    'a verdict',
    'verdict { id level }',
    'verdict { id summary missing }',
    {
      verdict: { __typename: 'Verdict', id: 'v', level: 'MALICIOUS', summary: 's', missing: [] },
    },
  ],
  [
    'the reasons of a verdict',
    'verdict { id reasons { rule } }',
    'verdict { id reasons { detail source } }',
    {
      verdict: {
        __typename: 'Verdict',
        id: 'v',
        reasons: [{ __typename: 'VerdictReason', rule: 'r', detail: 'd', source: 'ARGUS' }],
      },
    },
  ],
  [
    'a report',
    'datadog { id report { status } }',
    'datadog { id report { fetchedAt detail } }',
    {
      datadog: {
        __typename: 'DatadogAnswer',
        id: 'd',
        report: report({ status: 'MATCHED', fetchedAt: '2026-11-22T00:00:00Z', detail: null }),
      },
    },
  ],
  [
    'a threat and its parts',
    'datadog { id threat { id score geo { city } scoringFactors { sources } } }',
    'datadog { id threat { id tags geo { countryCode } users { category } } }',
    {
      datadog: {
        __typename: 'DatadogAnswer',
        id: 'd',
        threat: {
          __typename: 'ThreatReport',
          id: 't',
          score: 4,
          tags: [],
          geo: { __typename: 'GeoLocation', city: 'Oslo', countryCode: 'NO' },
          scoringFactors: { __typename: 'ScoringFactors', sources: 'NO_EFFECT' },
          users: [{ __typename: 'UserCategory', category: 'c' }],
        },
      },
    },
  ],
  [
    'the triage history',
    'datadog { id triageHistory { at } }',
    'datadog { id triageHistory { state by } }',
    {
      datadog: {
        __typename: 'DatadogAnswer',
        id: 'd',
        triageHistory: [{ __typename: 'TriageEvent', at: '2026-11-22T00:00:00Z', state: 'REVIEWED', by: null }],
      },
    },
  ],
  [
    'memberships and their properties',
    'argus { id memberships { id reputationType { name } properties(names: ["comment"]) { value } } }',
    'argus { id memberships { id list { id name } reputationType { shortName } properties(names: ["comment"]) { name } } }',
    {
      argus: {
        __typename: 'ArgusAnswer',
        id: 'a',
        memberships: [
          {
            __typename: 'ReputationRecord',
            id: 'm',
            list: { __typename: 'IndicatorList', id: 'l', name: 'List' },
            reputationType: { __typename: 'ReputationType', name: 'Domain', shortName: 'domain' },
            properties: [{ __typename: 'Property', value: '"><img>', name: 'Comment' }, null],
          },
        ],
      },
    },
  ],
];

describe('two components with different fields of one object', () => {
  it.each(pairs)('never fight over %s, in either order, refetched or not', (_what, first, second, data) => {
    for (const overwrite of [false, true]) {
      for (const order of [
        [first, second],
        [second, first],
      ]) {
        const cache = newCache();
        const queries = order.map(fields => gql(`query { indicator(value: "evil.example") { id ${fields} } }`));
        for (const query of queries) cache.writeQuery({ query, data: picked(query, data), overwrite });
        for (const query of queries) expect(cache.readQuery({ query })).not.toBeNull();
      }
    }
  });

  it('settle after one request each, also where every answer is a new one', async () => {
    let asked = 0;
    const link = new ApolloLink(operation => {
      asked += 1;
      const data = picked(operation.query, {
        datadog: {
          __typename: 'DatadogAnswer',
          id: 'd',
          report: report({
            source: 'DATADOG',
            status: 'MATCHED',
            fetchedAt: `at ${asked}`,
            detail: null,
            servedFrom: 'LIVE',
          }),
        },
      });
      return new Observable(observer => {
        observer.next({ data });
        observer.complete();
      });
    });
    const reportOf = (fields: string) =>
      gql(`query { indicator(value: "x") { id datadog { id report { ${fields} } } } }`);
    const client = new ApolloClient({ link, cache: newCache() });
    const watch = (fields: string) => client.watchQuery({ query: reportOf(fields) });
    const watched = [watch('status fetchedAt detail'), watch('status fetchedAt servedFrom')];
    const settled = watched.map(
      query =>
        new Promise<void>(resolve => {
          query.subscribe(result => result.networkStatus === NetworkStatus.ready && resolve());
        }),
    );
    await Promise.all(settled);
    await new Promise(resolve => setImmediate(resolve));
    expect(asked).toBe(2);
    for (const fields of ['status fetchedAt detail', 'status fetchedAt servedFrom']) {
      expect(client.readQuery({ query: reportOf(fields) })).not.toBeNull();
    }
    client.stop();
  });
});

it('a verdict on other evidence is another object and leaves the first one whole', () => {
  const cache = newCache();
  const query = gql('query ($v: String!) { indicator(value: $v) { id verdict { id level } } }');
  const verdict = (id: string, level: string) => indicator({ verdict: { __typename: 'Verdict', id, level } });
  cache.writeQuery({ query, variables: { v: 'evil[.]example' }, data: verdict('v1', 'INCONCLUSIVE') });
  cache.writeQuery({ query, variables: { v: 'EVIL.example' }, data: verdict('v2', 'MALICIOUS') });
  expect(cache.readQuery({ query, variables: { v: 'evil[.]example' } })).toMatchObject(verdict('v2', 'MALICIOUS'));
  expect(cache.extract()['Verdict:v1']).toMatchObject({ level: 'INCONCLUSIVE' });
});

describe('the policies and schema.graphql', () => {
  const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'), {
    assumeValid: true,
  });
  const types = Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__'));
  const objects = types.filter(isObjectType);
  const hasId = (type: GraphQLObjectType) => 'id' in type.getFields();

  it('agree on the implementations of every interface', () => {
    const stated = types
      .filter(isInterfaceType)
      .map(type => [type.name, schema.getPossibleTypes(type).map(possible => possible.name)]);
    expect(possibleTypes).toEqual(Object.fromEntries(stated));
  });

  it('leave no list of objects without id unmerged, and no object without id that others can see', () => {
    const isList = (type: GraphQLOutputType) => isListType(isNonNullType(type) ? type.ofType : type);
    const unmerged = objects.flatMap(parent =>
      Object.values(parent.getFields()).flatMap(field => {
        const named = getNamedType(field.type);
        if (!isObjectType(named) || hasId(named)) return [];
        const policy = isList(field.type)
          ? typePolicies[parent.name]?.fields?.[field.name]
          : typePolicies[named.name]?.merge;
        return policy ? [] : [`${parent.name}.${field.name}`];
      }),
    );
    expect(unmerged).toEqual([]);
  });

  it('name only types and fields that exist', () => {
    for (const [name, policy] of Object.entries(typePolicies)) {
      const type = schema.getType(name);
      expect(isObjectType(type), name).toBe(true);
      if (isObjectType(type))
        expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(Object.keys(policy.fields ?? {})));
    }
  });
});
