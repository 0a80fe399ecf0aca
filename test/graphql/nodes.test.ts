/** Relay's plural field: several objects by their global ids. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const idOf = (type: string, content: string) => Buffer.from(`${type}:${content}`).toString('base64url');
const record = idOf('ReputationRecord', '15ab1f7b-a032-47d9-97a2-97871fb2f9b4');
const row = idOf('ThreatIndicator', 'any:evil.example.org');
const query = `query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    ... on Indicator { value memberships { state } }
    ... on ReputationRecord { value }
    ... on ThreatIndicator { row: value score }
  }
}`;

let bed: TestBed;
let [evil, seen] = ['', ''];
beforeEach(async () => {
  bed = await startTestBed({}, { dataSet: createSeededDataSet() });
  const { data } = await bed.ask(
    '{ indicators(values: ["evil.example.org", "seen.example.com"]) { id } reputationTypes { name } }',
  );
  [evil = '', seen = ''] = data.indicators.map(({ id }: { id: string }) => id);
  bed.emulators.argus.clearRequests();
});
afterEach(() => bed.stop());

it('finds objects of all types in the order asked, and null for an id of nobody', async () => {
  const { data, errors } = await bed.ask(query, { ids: [record, evil, 'nobody', row] });
  expect(errors).toBeUndefined();
  expect(data.nodes).toEqual([
    { __typename: 'ReputationRecord', value: 'evil.example.org' },
    { __typename: 'Indicator', value: 'evil.example.org', memberships: expect.any(Array) },
    null,
    { __typename: 'ThreatIndicator', row: 'evil.example.org', score: 92.5 },
  ]);
  expect(bed.emulators.datadog.lookups).toHaveLength(1);
});

it('asks about several indicators in one search, and about an id that comes twice once', async () => {
  const { data } = await bed.ask(query, { ids: [evil, seen, evil, record, record] });
  expect(data.nodes.map((node: { value: string }) => node.value)).toEqual(
    ['evil', 'seen', 'evil', 'evil', 'evil'].map(name => (name === 'seen' ? 'seen.example.com' : 'evil.example.org')),
  );
  expect(bed.emulators.argus.requests.map(({ method }) => method).sort()).toEqual(['GET', 'POST']);
});

it('is null with an error at the place of what could not be asked, and the rest is answered', async () => {
  bed.emulators.argus.faults.add({ kind: 'status', status: 403, match: { path: '/indicator/' } });
  const { data, errors } = await bed.ask(`query ($ids: [ID!]!) { nodes(ids: $ids) { id } }`, {
    ids: [evil, record, row],
  });
  expect(data.nodes).toEqual([{ id: evil }, null, { id: row }]);
  expect(errors).toMatchObject([{ path: ['nodes', 1], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } }]);
});

it('costs as much as each by itself, and is bounded as all that names values', async () => {
  const headers = { 'x-enrichment-estimate': '1' };
  const { extensions } = await bed.ask(query, { ids: [evil, seen, record] }, headers);
  const each = [evil, seen, record].map(
    (id, index) => `n${index}: node(id: "${id}") { ... on Indicator { memberships { state } } }`,
  );
  const alone = await bed.ask(`{ ${each.join(' ')} }`, undefined, headers);
  expect(extensions?.estimate).toEqual({ upstreamCalls: 1, indicators: 3 });
  expect(extensions?.estimate).toEqual(alone.extensions?.estimate);
  bed.emulators.argus.clearRequests();
  const { errors } = await bed.ask(query, { ids: Array.from({ length: 501 }, () => record) });
  expect(errors?.[0].extensions.code).toBe('OPERATION_TOO_LARGE');
  expect(bed.emulators.argus.requests).toEqual([]);
});
