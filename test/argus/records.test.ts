import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { viewIndicators } from '../../src/emulators/argus-permissions.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
const evil = '15ab1f7b-a032-47d9-97a2-97871fb2f9b4';
const globalId = Buffer.from(`ReputationRecord:${evil}`).toString('base64url');
let bed: TestBed;

beforeAll(async () => {
  bed = await startTestBed({ CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0' }, { dataSet });
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.emulators.argus.clearRequests();
  bed.emulators.datadog.clearRequests();
});
afterEach(() => {
  bed.emulators.argus.faults.clear();
  bed.emulators.argus.behaviours.unknownId = '404';
  bed.emulators.argus.behaviours.hiddenRecordById = '403';
});

const calls = () => bed.emulators.argus.requests.map(({ method, path, query }) => `${method} ${path} ${query}`.trim());
const path = (id: string) => `/reputation/v2/indicator/${id}`;
const record = (id: string, fields = 'recordId') => bed.ask(`{ reputationRecord(id: "${id}") { ${fields} } }`);

describe('reputationTypes', () => {
  it('asks GET /type once and keeps it for a day', async () => {
    const fresh = await startTestBed({}, { dataSet });
    const first = await fresh.ask('{ reputationTypes { shortName name } }');
    expect(first.data.reputationTypes).toEqual([
      { shortName: 'domain', name: 'Domain' },
      { shortName: 'ip', name: 'IP' },
    ]);
    await fresh.ask('{ reputationTypes { shortName } }');
    expect(fresh.emulators.argus.requests.map(({ method, path: at }) => `${method} ${at}`)).toEqual([
      'GET /reputation/v2/type',
    ]);
    await fresh.stop();
  });

  it('is denied to a key without that function, while lookups with it still work', async () => {
    dataSet.argus.keys.set('lookups/only/key', { functions: [viewIndicators], lists: 'all', descriptors: 'all' });
    const limited = await startTestBed({ ARGUS_API_KEY: 'lookups/only/key' }, { dataSet });
    const { data, errors } = await limited.ask(
      '{ reputationTypes { shortName } indicator(value: "evil.example.org") { memberships { value } } }',
    );
    expect(data.reputationTypes).toBeNull();
    expect(data.indicator.memberships).toHaveLength(4);
    expect(errors).toMatchObject([
      { path: ['reputationTypes'], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } },
    ]);
    await limited.stop();
  });
});

describe('reputationRecord', () => {
  it('asks GET /indicator/{id} and maps every documented field', async () => {
    const { data, errors } = await record(
      evil.toUpperCase(),
      `id recordId list { id shortName name confidence } reputationType { shortName name } value state firstSeen lastSeen
       createdAt updatedAt deletedAt flags properties(names: ["role", "comment", "nothing-here-but-known"]) { shortName }`,
    );
    expect(errors?.map(({ path: at }) => at)).toEqual([['reputationRecord', 'properties', 2]]);
    expect(data.reputationRecord).toMatchObject({
      id: globalId,
      recordId: evil,
      list: { shortName: 'botnet-c2', confidence: 0.9 },
      reputationType: { shortName: 'domain', name: 'Domain' },
      value: 'evil.example.org',
      state: 'ACTIVE',
      deletedAt: null,
      flags: [],
      properties: [{ shortName: 'role' }, { shortName: 'comment' }, null],
    });
  });

  it('sends the property names as repeated parameters, and none when none are selected', async () => {
    await record(evil, 'properties(names: ["role", "comment"]) { values }');
    await record(evil);
    expect(calls()).toEqual([
      `GET ${path(evil)} includeProperties=comment&includeProperties=role`,
      `GET ${path(evil)}`,
    ]);
  });

  it('is fetched once for all aliases of an operation', async () => {
    const { data } = await bed.ask(`{
      a: reputationRecord(id: "${evil}") { properties(names: ["role"]) { values } }
      b: reputationRecord(id: "${evil}") { properties(names: ["comment"]) { value } }
      node(id: "${globalId}") { ... on ReputationRecord { value } }
    }`);
    expect(data.a.properties).toEqual([{ values: ['c2', 'redirector'] }]);
    expect(data.b.properties).toEqual([{ value: 'Imported from external feed' }]);
    expect(data.node).toEqual({ value: 'evil.example.org' });
    expect(calls()).toEqual([`GET ${path(evil)} includeProperties=comment&includeProperties=role`]);
  });

  it.each(['404', 'nullData'] as const)('is null without an error when there is none (%s)', async unknownId => {
    bed.emulators.argus.behaviours.unknownId = unknownId;
    const { data, errors } = await record('00000000-0000-4000-8000-000000000000');
    expect(errors).toBeUndefined();
    expect(data.reputationRecord).toBeNull();
  });

  it.each(['..', 'search', `${evil}/../..`, 'evil.example.org', globalId, ''])(
    'refuses %j before any call',
    async id => {
      const { errors } = await record(id);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'id' } }]);
      expect(calls()).toEqual([]);
    },
  );

  it('distinguishes a refused record from a refused property', async () => {
    const sealed = dataSet.argus.byValue('sealed.example.org')[0]?.id ?? '';
    const hidden = await record(sealed, 'value properties(names: ["comment"]) { value }');
    expect(hidden.data.reputationRecord).toBeNull();
    expect(hidden.errors).toMatchObject([
      { path: ['reputationRecord'], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } },
    ]);
    const informed = await record(evil, 'value properties(names: ["informant", "comment"]) { value }');
    expect(informed.data.reputationRecord).toEqual({
      value: 'evil.example.org',
      properties: [null, { value: 'Imported from external feed' }],
    });
    expect(informed.errors).toMatchObject([
      { path: ['reputationRecord', 'properties', 0], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } },
    ]);
  });

  it('remembers a refused property for that key', async () => {
    await record(evil, 'properties(names: ["informant", "comment"]) { value }');
    bed.emulators.argus.clearRequests();
    await record(evil, 'properties(names: ["informant", "comment"]) { value }');
    expect(calls()).toEqual([`GET ${path(evil)} includeProperties=comment`]);
  });

  it('fails when Argus answers about another record', async () => {
    bed.emulators.argus.faults.add({ kind: 'set', members: { id: '00000000-0000-4000-8000-000000000001' } });
    const { data, errors } = await record(evil);
    expect(data.reputationRecord).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED', source: 'ARGUS' } }]);
  });

  it('leads back to the join', async () => {
    const { data } = await record(evil, 'indicator { id value type threatScore memberships { recordId } }');
    expect(data.reputationRecord.indicator).toMatchObject({
      value: 'evil.example.org',
      type: 'DOMAIN',
      threatScore: 92.5,
    });
    expect(data.reputationRecord.indicator.memberships).toHaveLength(4);
    expect(calls()).toEqual([`GET ${path(evil)}`, 'POST /reputation/v2/indicator/search']);
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
  });

  it('has no indicator where its value is a range, and the right one where its type says more than its text', async () => {
    const range = dataSet.argus.byValue('198.51.100.4-198.51.100.9')[0]?.id ?? '';
    const local = dataSet.argus.add({ value: 'intranet', list: 'suspicious', type: 'domain' }).id;
    const { data, errors } = await bed.ask(`{
      range: reputationRecord(id: "${range}") { value indicator { value } }
      local: reputationRecord(id: "${local}") { indicator { value type memberships { recordId } } }
    }`);
    expect(errors).toBeUndefined();
    expect(data.range).toEqual({ value: '198.51.100.4-198.51.100.9', indicator: null });
    expect(data.local.indicator).toEqual({ value: 'intranet', type: 'DOMAIN', memberships: [{ recordId: local }] });
  });
});

describe('node', () => {
  it('finds a record again by its global id, with the properties of its fragment', async () => {
    const { data } = await bed.ask(`{ node(id: "${globalId}") { id __typename ... on ReputationRecord {
      value properties(names: ["role"]) { values } } } }`);
    expect(data.node).toEqual({
      id: globalId,
      __typename: 'ReputationRecord',
      value: 'evil.example.org',
      properties: [{ values: ['c2', 'redirector'] }],
    });
    expect(calls()).toEqual([`GET ${path(evil)} includeProperties=role`]);
  });

  it('finds an indicator again without any call', async () => {
    const { data } = await bed.ask('{ indicator(value: "evil.example.org") { id } }');
    const again = await bed.ask(`{ node(id: "${data.indicator.id}") { __typename ... on Indicator { value } } }`);
    expect(again.data.node).toEqual({ __typename: 'Indicator', value: 'evil.example.org' });
    expect(calls()).toEqual([]);
  });

  it.each([
    ['text of no kind', 'nonsense'],
    ['a record id that is none', Buffer.from('ReputationRecord:../../type').toString('base64url')],
    ['another spelling of an id', `${globalId}=`],
  ])('is null for %s, without any call', async (_, id) => {
    const { data, errors } = await bed.ask('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(errors).toBeUndefined();
    expect(data.node).toBeNull();
    expect(calls()).toEqual([]);
  });

  it('is null when the record is gone', async () => {
    const { id } = dataSet.argus.add({ value: 'brief.example.org', list: 'phishing' });
    const asked = await record(id, 'id');
    dataSet.argus.remove(id);
    const { data, errors } = await bed.ask(`{ node(id: "${asked.data.reputationRecord.id}") { id } }`);
    expect(errors).toBeUndefined();
    expect(data.node).toBeNull();
  });
});

describe('an answer about a record that cannot be read', () => {
  it.each([
    ['data that is no object', { responseCode: 200, data: 5 }],
    ['a record without its value', { responseCode: 200, data: { id: evil } }],
    ['another record', { responseCode: 200, data: { id: evil.replace('15', '25'), value: 'evil.example.org' } }],
  ])('is an error, not "there is none": %s', async (_, body) => {
    bed.emulators.argus.faults.add({ kind: 'text', text: JSON.stringify(body) });
    const { data, errors } = await record(evil);
    expect(data.reputationRecord).toBeNull();
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_MALFORMED']);
  });

  it.each([{ responseCode: 200, data: null }, { responseCode: 200 }])('is that there is none: %j', async body => {
    bed.emulators.argus.faults.add({ kind: 'text', text: JSON.stringify(body) });
    expect(await record(evil)).toMatchObject({ data: { reputationRecord: null } });
  });
});
