import { composeServices } from '@apollo/composition';
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { indicatorId, parseIndicator } from '../../src/domain/indicator/indicator.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { readSchema } from '../../src/graphql/schema.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const values = ['evil.example.org', '2001:db8::bad', ...Array.from({ length: 48 }, (_, i) => `192.0.2.${i + 1}`)];
const indicators = values.map(value => {
  const { indicator } = parseIndicator(value);
  if (indicator === undefined) throw new Error(value);
  return indicator;
});

/** Another team's graph: alerts that hold no more of an indicator than one of its keys. */
const alerts = (key: 'id' | 'value type') =>
  parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { alerts: [Alert!]! }
    type Alert { title: String! indicator: Indicator }
    type Indicator @key(fields: "${key}", resolvable: false) {
      ${key === 'id' ? 'id: ID!' : 'value: String! type: IndicatorType!'}
    }
    ${key === 'id' ? '' : 'enum IndicatorType { IPV4 IPV6 CIDR DOMAIN URL EMAIL MD5 SHA1 SHA256 SHA512 OTHER }'}
  `);

const allAlerts = () =>
  indicators.map((indicator, index) => ({
    title: `Alert ${index}`,
    indicator: { id: indicatorId(indicator), ...indicator },
  }));

let bed: TestBed;
let sdl: string;
beforeAll(async () => {
  bed = await startTestBed({ MAX_VALUES: '60' }, { dataSet: createSeededDataSet() });
  sdl = (await bed.ask('{ _service { sdl } }')).data._service.sdl;
  await bed.ask('{ reputationTypes { shortName } }');
});
afterEach(() => {
  bed.emulators.argus.clearRequests();
  bed.emulators.datadog.clearRequests();
});
afterAll(() => bed.stop());

/** A router over both graphs; ours is asked over its socket. */
async function startRouter(key: 'id' | 'value type') {
  const typeDefs = alerts(key);
  const composed = composeServices([
    { name: 'alerts', typeDefs, url: 'http://alerts.invalid' },
    { name: 'indicators', typeDefs: parse(sdl), url: `${bed.url}/graphql` },
  ]);
  expect(composed.errors).toBeUndefined();
  const local = buildSubgraphSchema({ typeDefs, resolvers: { Query: { alerts: allAlerts } } });
  const gateway = new ApolloGateway({
    supergraphSdl: composed.supergraphSdl ?? '',
    buildService: ({ name, url }) =>
      name === 'alerts' ? new LocalGraphQLDataSource(local) : new RemoteGraphQLDataSource({ ...(url && { url }) }),
  });
  const router = new ApolloServer({ gateway });
  await router.start();
  return router;
}

const keys = ['id', 'value type'] as const;

describe.each(keys)('behind a router, with another graph that knows indicators by %s', key => {
  it('fifty alerts with scores and memberships cost one Argus search and a Datadog lookup each', async () => {
    await bed.stop();
    bed = await startTestBed({ MAX_VALUES: '60' }, { dataSet: createSeededDataSet() });
    await bed.ask('{ reputationTypes { shortName } }');
    bed.emulators.argus.clearRequests();
    const router = await startRouter(key);
    const { body } = await router.executeOperation({
      query: `{ alerts { title indicator { value threatScore memberships { list { name } }
        sources { source status } } } }`,
    });
    await router.stop();
    if (body.kind !== 'single') throw new Error('in parts');
    expect(body.singleResult.errors).toBeUndefined();
    expect(body.singleResult.data).toMatchObject({
      alerts: indicators.map(({ value }) => ({ indicator: { value } })),
    });
    expect(body.singleResult.data).toHaveProperty('alerts.0.indicator', {
      value: 'evil.example.org',
      threatScore: 92.5,
      memberships: expect.arrayContaining([{ list: { name: 'Phishing' } }]),
      sources: [
        { source: 'DATADOG', status: 'MATCHED' },
        { source: 'ARGUS', status: 'MATCHED' },
      ],
    });
    expect(bed.emulators.argus.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['search']);
    expect(bed.emulators.datadog.lookups).toHaveLength(50);
  });
});

it("composes to the same graph as with what Apollo's own library tells of the schema", async () => {
  const theirs = buildSubgraphSchema(parse(readSchema()));
  const { data } = await graphql({ schema: theirs, source: '{ _service { sdl } }' });
  const told = z.object({ _service: z.object({ sdl: z.string() }) }).parse(data)._service.sdl;
  const [ours, expected] = [sdl, told].map(text =>
    composeServices([{ name: 'indicators', typeDefs: parse(text), url: 'http://indicators.invalid' }]),
  );
  expect(expected?.supergraphSdl).toContain('type Indicator');
  expect(ours).toMatchObject({ supergraphSdl: expected?.supergraphSdl });
});

const entities = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Indicator { value type threatScore } } }`;

describe('_entities', () => {
  it('answers what it can, and the rest is null with an error of its own', async () => {
    const representations = [
      { __typename: 'Indicator', value: 'EVIL[.]example.org', type: 'DOMAIN' },
      { __typename: 'Indicator', id: 'no id of ours' },
      { __typename: 'Indicator', value: 'evil.example.org', type: 'IPV4' },
      { __typename: 'Indicator', value: 'evil.example.org', type: 'NAME' },
      { __typename: 'ReputationRecord', id: 'x' },
      { __typename: 'Query' },
      { value: 'evil.example.org', type: 'DOMAIN' },
      'evil.example.org',
      { __typename: 'Indicator', value: { toString: 1 }, type: 'DOMAIN' },
      { __typename: 'Indicator', id: indicatorId(indicators[0] as (typeof indicators)[0]), value: 'x', type: 'y' },
    ];
    for (const _ of ['first', 'and again, when documents are compiled']) {
      const { status, data, errors } = await bed.ask(entities, { representations });
      const evil = { value: 'evil.example.org', type: 'DOMAIN', threatScore: 92.5 };
      expect(status).toBe(200);
      expect(data._entities).toEqual([evil, ...Array(8).fill(null), evil]);
      expect(errors?.map(({ path }) => path[1])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
    }
    expect(bed.emulators.datadog.lookups.length).toBeLessThanOrEqual(1);
  });

  it('takes no more representations than one operation may name values, and asks nothing for more', async () => {
    const many = Array.from({ length: 61 }, (_, i) => ({
      __typename: 'Indicator',
      value: `198.51.100.${i}`,
      type: 'IPV4',
    }));
    const { status, errors } = await bed.ask(entities, { representations: many });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_LARGE' } }]);
    expect([...bed.emulators.datadog.requests, ...bed.emulators.argus.requests]).toEqual([]);
    const half = many.slice(0, 31);
    const twice = await bed.ask(
      `query ($r: [_Any!]!) { a: _entities(representations: $r) { __typename } b: _entities(representations: $r) { __typename } }`,
      { r: half },
    );
    expect(twice.status).toBe(400);
  });

  it('shows a router no more than the caller may see', async () => {
    const guarded = await startTestBed({ ...apiKeyAuth({ router: [] }), DATADOG_SCOPE: 'datadog' });
    const representations = [{ __typename: 'Indicator', value: 'evil.example.org', type: 'DOMAIN' }];
    const { data, errors } = await guarded.ask(entities, { representations }, as('router'));
    expect(data._entities).toEqual([{ value: 'evil.example.org', type: 'DOMAIN', threatScore: null }]);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(guarded.emulators.datadog.requests).toEqual([]);
    await guarded.stop();
  });
});
