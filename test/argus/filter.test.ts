import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { readTime } from '../../src/sources/argus/records/times.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet({ now: Date.now() });
let bed: TestBed;

beforeAll(async () => {
  bed = await startTestBed(
    { CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.emulators.argus.clearRequests();
  bed.emulators.datadog.clearRequests();
});
afterEach(() => bed.emulators.argus.faults.clear());

type Variables = Record<string, unknown>;

const query = `query ($filter: ReputationFilter, $orderBy: [ReputationOrder!], $first: Int, $after: String) {
  reputationRecords(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { recordId value state list { shortName } } totalCount pageInfo { hasNextPage endCursor } } }`;
const ask = (variables: Variables = {}) => bed.ask(query, variables);
const bodies = () => bed.emulators.argus.requests.map(({ body }) => body as Record<string, unknown>);

const day = 86_400_000;
const plain = { state: ['active'], offset: 0, limit: 26, sortBy: ['-lastUpdatedTimestamp'] };

describe('every documented criterion goes over the wire as the document has it', () => {
  it.each<[string, Variables, Record<string, unknown>]>([
    ['no filter at all', {}, {}],
    ['lists', { filter: { lists: ['phishing', 'botnet-c2'] } }, { indicatorList: ['phishing', 'botnet-c2'] }],
    ['types', { filter: { types: ['domain', 'ip'] } }, { type: ['domain', 'ip'] }],
    ['values', { filter: { values: ['evil.example.org', '192.0.2.1'] } }, { value: ['evil.example.org', '192.0.2.1'] }],
    [
      'defanged values, as written and refanged',
      { filter: { values: ['evil[.]example[.]org'] } },
      { value: ['evil[.]example[.]org', 'evil.example.org'] },
    ],
    ['states', { filter: { states: ['ACTIVE', 'LATEST', 'OLD'] } }, { state: ['active', 'latest', 'old'] }],
    [
      'domains, with the documented defaults',
      { filter: { domains: { names: ['WWW.vg[.]no'] } } },
      { domainSearch: { domain: ['www.vg.no'], includeParentDomains: true, includeSubdomains: false } },
    ],
    [
      'domains below and not above',
      { filter: { domains: { names: ['vg.no'], includeParentDomains: false, includeSubdomains: true } } },
      { domainSearch: { domain: ['vg.no'], includeParentDomains: false, includeSubdomains: true } },
    ],
    [
      'addresses, blocks and ranges of both families',
      {
        filter: {
          ips: ['192.0.2[.]10', '192.0.2.0/24', '192.0.2.10 - 192.0.2.20', '2001:DB8::/32', '2001:db8::1-2001:db8::ff'],
        },
      },
      {
        ipSearch: {
          ip: ['192.0.2.10', '192.0.2.0/24', '192.0.2.10-192.0.2.20', '2001:db8::/32', '2001:db8::1-2001:db8::ff'],
        },
      },
    ],
    ['confidence', { filter: { minConfidence: 0.2, maxConfidence: 0.8 } }, { minConfidence: 0.2, maxConfidence: 0.8 }],
    ['deleted ones', { filter: { includeDeleted: true } }, { includeDeleted: true }],
    [
      'times, fields and match',
      {
        filter: {
          time: {
            from: '1777027200000',
            to: '2026-04-25T11:40:00.5Z',
            fields: ['FIRST_SEEN', 'LAST_SEEN'],
            match: 'ANY',
          },
        },
      },
      {
        startTimestamp: 1777027200000,
        endTimestamp: Date.parse('2026-04-25T11:40:00.500Z'),
        timeFieldStrategy: ['firstSeenTimestamp', 'lastSeenTimestamp'],
        timeMatchStrategy: 'any',
      },
    ],
    [
      'the other time fields',
      { filter: { time: { from: '1', to: '2', fields: ['CREATED', 'UPDATED', 'DELETED'] } } },
      {
        startTimestamp: 1,
        endTimestamp: 2,
        timeFieldStrategy: ['createdTimestamp', 'lastUpdatedTimestamp', 'deletedTimestamp'],
        timeMatchStrategy: 'all',
      },
    ],
    [
      'no time fields: those that every record has',
      { filter: { time: { from: '1', to: '2' } } },
      { timeFieldStrategy: ['createdTimestamp', 'lastUpdatedTimestamp', 'firstSeenTimestamp', 'lastSeenTimestamp'] },
    ],
    [
      'every order, and both ways',
      {
        orderBy: [
          { field: 'LIST' },
          { field: 'TYPE', direction: 'DESC' },
          { field: 'VALUE' },
          { field: 'CREATED', direction: 'DESC' },
          { field: 'UPDATED' },
          { field: 'DELETED', direction: 'ASC' },
        ],
      },
      { sortBy: ['indicatorList', '-type', 'value', '-createdTimestamp', 'lastUpdatedTimestamp', 'deletedTimestamp'] },
    ],
    [
      'what GET /indicator/{type}/{value} answers, without the value in a path',
      {
        filter: { types: ['domain'], values: ['evil.example.org'], lists: ['phishing'], states: ['ACTIVE', 'LATEST'] },
        orderBy: [{ field: 'CREATED' }],
      },
      {
        type: ['domain'],
        value: ['evil.example.org'],
        indicatorList: ['phishing'],
        state: ['active', 'latest'],
        sortBy: ['createdTimestamp'],
      },
    ],
    ['page size: one more, which proves that a page follows', { first: 100 }, { limit: 101 }],
  ])('%s', async (_, variables, expected) => {
    const { errors } = await ask(variables);
    expect(errors).toBeUndefined();
    expect(bed.emulators.argus.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /reputation/v2/indicator/search',
    ]);
    expect(bodies()).toEqual([{ ...plain, ...expected, ...timesIn(expected) }]);
  });

  /** Whatever else belongs to a time filter. */
  function timesIn(expected: Record<string, unknown>): Record<string, unknown> {
    if (!('timeFieldStrategy' in expected)) return {};
    return { startTimestamp: 1, endTimestamp: 2, timeMatchStrategy: 'all', ...expected };
  }

  it('properties by descriptor id or short name, in the same search', async () => {
    const id = dataSet.argus.descriptors.get('role')?.id ?? '';
    const { data } = await bed.ask(
      `query ($names: [String!]!) { reputationRecords(filter: { values: ["evil.example.org"], lists: ["botnet-c2"] }) {
        edges { node { properties(names: $names) { shortName multiValue value values } } } } }`,
      { names: ['comment', id] },
    );
    expect(data.reputationRecords.edges[0].node.properties).toEqual([
      {
        shortName: 'comment',
        multiValue: false,
        value: 'Imported from external feed',
        values: ['Imported from external feed'],
      },
      { shortName: 'role', multiValue: true, value: null, values: ['c2', 'redirector'] },
    ]);
    expect(bodies()).toMatchObject([
      { includeProperties: [{ descriptor: id }, { descriptor: 'comment' }].sort(byName) },
    ]);
  });
  const byName = (a: { descriptor: string }, b: { descriptor: string }) => (a.descriptor < b.descriptor ? -1 : 1);

  it('a whole page goes on through a cursor with the same criteria', async () => {
    const variables = { filter: { lists: ['phishing'], states: ['LATEST', 'ACTIVE'] }, first: 5 };
    const first = await ask(variables);
    const { endCursor: after } = first.data.reputationRecords.pageInfo;
    const second = await ask({ ...variables, after });
    const ids = [...first.data.reputationRecords.nodes, ...second.data.reputationRecords.nodes].map(n => n.recordId);
    expect(new Set(ids).size).toBe(10);
    const [{ offset: _a, ...a } = {}, { offset, ...b } = {}] = bodies();
    expect(b).toEqual(a);
    expect(offset).toBe(5);
  });
});

describe('a value', () => {
  it.each(['../type', '%2e%2e/type', 'a/b?c=d#e', 'http://evil.example.org/?x=%2F', '"}', 'search', '\u202e'])(
    'never stands in a path: %j',
    async value => {
      await bed.ask(
        `query ($v: String!, $id: ID!) {
          reputationRecords(filter: { values: [$v], domains: { names: [$v] }, ips: [$v], lists: [$v], types: [$v] }) { totalCount }
          exact: reputationRecords(filter: { values: [$v] }) { totalCount }
          reputationRecord(id: $id) { value }
          node(id: $id) { id }
          lookup(values: [$v]) { indicator { covering { value } memberships { value } } } }`,
        { v: value, id: value },
      );
      const paths = new Set(bed.emulators.argus.requests.map(({ path, query: sent }) => `${path}?${sent}`));
      expect([...paths]).toEqual(['/reputation/v2/indicator/search?']);
    },
  );
});

describe('a time', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  it.each([
    ['now', now],
    ['-7d', now - 7 * day],
    ['-1 day', now - day],
    ['-2 days', now - 2 * day],
    ['now-90s', now - 90_000],
    ['+1h', now + 3_600_000],
    ['-30 minutes', now - 1_800_000],
    ['-1w', now - 7 * day],
    ['0', 0],
    ['1777027200000', 1777027200000],
    ['2026-04-24T11:40:00Z', Date.UTC(2026, 3, 24, 11, 40)],
    ['2026-04-24T11:40Z', Date.UTC(2026, 3, 24, 11, 40)],
    ['2026-04-24T11:40:00.123456+00:00', Date.UTC(2026, 3, 24, 11, 40, 0, 123)],
  ])('%s is read in UTC', (text, expected) => expect(readTime(text, now)).toBe(expected));

  it.each([
    '2026-04-24T11:40:00+02:00',
    '2026-04-24T11:40:00',
    '2026-04-24',
    '2026-02-30T00:00:00Z',
    'yesterday',
    '-7',
    '-7x',
    '-99999999d',
    '',
    '1e9',
    '-999999w',
  ])('%j is none', text => expect(readTime(text, now)).toBeUndefined());

  it('that is relative is resolved here, and stays what it was for all pages', async () => {
    const filter = { time: { from: '-90 days', fields: ['UPDATED'] } };
    const before = Date.now();
    const { data } = await ask({ filter, first: 3 });
    await ask({ filter, first: 3, after: data.reputationRecords.pageInfo.endCursor });
    const [first, second] = bodies();
    expect(first?.endTimestamp).toBeGreaterThanOrEqual(before);
    expect(Number(first?.endTimestamp) - Number(first?.startTimestamp)).toBe(90 * day);
    expect(second).toMatchObject({ startTimestamp: first?.startTimestamp, endTimestamp: first?.endTimestamp });
  });

  it('finds what changed though Argus holds the unset time of deletion against a record', async () => {
    bed.emulators.argus.behaviours.unsetTimestamps = 'literal';
    const { data } = await ask({ filter: { time: { from: '-3650d', to: '+1d' } } });
    bed.emulators.argus.behaviours.unsetTimestamps = 'skipped';
    expect(data.reputationRecords.totalCount).toBeGreaterThan(100);
  });
});

describe('criteria that cannot be used', () => {
  it.each<[string, Variables]>([
    ['first', { first: 0 }],
    ['first', { first: -1 }],
    ['first', { first: 1001 }],
    ['after', { after: 'nonsense' }],
    ['after', { after: '' }],
    ['orderBy', { orderBy: [] }],
    ['orderBy', { orderBy: [{ field: 'VALUE' }, { field: 'VALUE', direction: 'DESC' }] }],
    ['filter.lists', { filter: { lists: [] } }],
    ['filter.lists', { filter: { lists: ['  '] } }],
    ['filter.types', { filter: { types: [] } }],
    ['filter.values', { filter: { values: [] } }],
    ['filter.values', { filter: { values: ['x'.repeat(2049)] } }],
    ['filter.states', { filter: { states: [] } }],
    ['filter.minConfidence', { filter: { minConfidence: 0.9, maxConfidence: 0.1 } }],
    ['filter.minConfidence', { filter: { minConfidence: -0.1 } }],
    ['filter.maxConfidence', { filter: { maxConfidence: 1.1 } }],
    ['filter.ips', { filter: { ips: [] } }],
    ['filter.ips', { filter: { ips: ['192.0.2.0/33'] } }],
    ['filter.ips', { filter: { ips: ['192.0.2.1/24'] } }],
    ['filter.ips', { filter: { ips: ['192.0.2.20-192.0.2.10'] } }],
    ['filter.ips', { filter: { ips: ['192.0.2.1-2001:db8::1'] } }],
    ['filter.ips', { filter: { ips: ['evil.example.org'] } }],
    ['filter.ips', { filter: { ips: ['0300.1'] } }],
    ['filter.domains.names', { filter: { domains: { names: [] } } }],
    ['filter.domains.names', { filter: { domains: { names: ['https://vg.no/'] } } }],
    ['filter.domains.names', { filter: { domains: { names: ['a..b'] } } }],
    ['filter.time', { filter: { time: { fields: ['UPDATED'] } } }],
    ['filter.time.fields', { filter: { time: { from: '-1d', fields: [] } } }],
    ['filter.time.from', { filter: { time: { from: '2026-04-24T11:40:00+02:00' } } }],
    ['filter.time.from', { filter: { time: { from: 'now', to: '-1d' } } }],
    ['filter.time.to', { filter: { time: { from: '-1d', to: 'tomorrow' } } }],
  ])('are BAD_USER_INPUT that names %s, before any call (case %#)', async (argument, variables) => {
    const { data, errors } = await ask(variables);
    expect(data.reputationRecords).toBeNull();
    expect(errors).toMatchObject([{ path: ['reputationRecords'], extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(bodies()).toEqual([]);
  });

  it.each<[string, string, Variables]>([
    ['filter.lists', 'no-such-list', { filter: { lists: ['phishing', 'no-such-list'] } }],
    ['filter.types', 'no-such-type', { filter: { types: ['no-such-type'] } }],
  ])('that Argus rejects are reported as our argument %s', async (argument, entry, variables) => {
    const { errors } = await ask(variables);
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining(`"${entry}"`),
        extensions: { code: 'BAD_USER_INPUT', argument, source: 'ARGUS' },
      },
    ]);
  });

  it('is distinguished from a refused property: the records still come', async () => {
    const { data, errors } =
      await bed.ask(`{ reputationRecords(filter: { values: ["evil.example.org"], lists: ["phishing"] }) {
      nodes { value properties(names: ["informant", "comment", "no-such-property"]) { value } } } }`);
    expect(data.reputationRecords.nodes).toEqual([
      { value: 'evil.example.org', properties: [null, { value: 'Fake parcel tracking' }, null] },
    ]);
    const at = ['reputationRecords', 'nodes', 0, 'properties'];
    expect(errors).toMatchObject([
      { path: [...at, 0], extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } },
      { path: [...at, 2], extensions: { code: 'BAD_USER_INPUT', source: 'ARGUS' } },
    ]);
  });

  it('a refusal that names none of our arguments stays UPSTREAM_REJECTED, without Argus’s message', async () => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 412 });
    const { errors, text } = await ask({ filter: { lists: ['phishing'] } });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_REJECTED', source: 'ARGUS' } }]);
    expect(text).not.toContain('Validation error');
  });
});

describe('a cursor', () => {
  const cursorOf = async (variables: Variables = {}) =>
    (await ask({ first: 2, ...variables })).data.reputationRecords.pageInfo.endCursor as string;
  const refused = { extensions: { code: 'BAD_USER_INPUT', argument: 'after' } };

  it.each<[string, Variables]>([
    ['another filter', { filter: { lists: ['phishing'] } }],
    ['another order', { orderBy: [{ field: 'VALUE' }] }],
    ['another direction', { orderBy: [{ field: 'UPDATED', direction: 'ASC' }] }],
    ['another relative time', { filter: { time: { from: '-8d' } } }],
  ])('of one question is refused with %s', async (_, variables) => {
    const cursor = await cursorOf({ filter: { time: { from: '-7d' } } });
    bed.emulators.argus.clearRequests();
    expect((await ask({ ...variables, after: cursor })).errors).toMatchObject([refused]);
    expect(bodies()).toEqual([]);
  });

  it('may be given another page size, and other fields', async () => {
    expect((await ask({ first: 7, after: await cursorOf() })).data.reputationRecords.nodes).toHaveLength(7);
  });

  it('that was edited anywhere is refused', async () => {
    const cursor = await cursorOf();
    for (let at = 0; at < cursor.length; at += 7) {
      const edited = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      expect((await ask({ after: edited })).errors).toMatchObject([refused]);
    }
    for (const edited of [`${cursor}A`, cursor.slice(1), ` ${cursor}`, `${cursor}=`])
      expect((await ask({ after: edited })).errors).toMatchObject([refused]);
  });

  it('of another key is refused: it may see other records', async () => {
    const other = await startTestBed({ ARGUS_API_KEY: 'demo/key/narrow' }, { dataSet });
    const { errors } = await other.ask(query, { after: await cursorOf() });
    expect(errors).toMatchObject([refused]);
    await other.stop();
  });

  it('of every edge goes on right behind its record', async () => {
    const edges = `query ($after: String) { reputationRecords(orderBy: [{ field: VALUE }], first: 6, after: $after) {
      edges { cursor node { recordId } } pageInfo { startCursor endCursor } } }`;
    const { data } = await bed.ask(edges);
    const page = data.reputationRecords.edges as { cursor: string; node: { recordId: string } }[];
    expect(data.reputationRecords.pageInfo).toEqual({ startCursor: page[0]?.cursor, endCursor: page.at(-1)?.cursor });
    for (const [at, { cursor }] of page.slice(0, -1).entries()) {
      const next = await bed.ask(edges, { after: cursor });
      expect(next.data.reputationRecords.edges[0].node).toEqual(page[at + 1]?.node);
    }
  });
});

describe('a page', () => {
  it('leads back to the join: 50 records with their scores cost one Argus call and one batch of Datadog calls', async () => {
    const { data, errors } = await bed.ask(`{ reputationRecords(filter: { types: ["domain"] }, first: 50) {
      nodes { value indicator { value threatScore } } } }`);
    expect(errors).toBeUndefined();
    const values = data.reputationRecords.nodes.map((node: { value: string }) => node.value);
    expect(values).toHaveLength(50);
    expect(bodies()).toHaveLength(1);
    expect(bed.emulators.datadog.lookups.map(({ query: asked }) => asked.get('indicator')).sort()).toEqual(
      [...new Set(values)].sort(),
    );
  });

  it('leads back to all memberships of its values in one further search', async () => {
    const { data } = await bed.ask(`{ reputationRecords(filter: { lists: ["phishing"] }, first: 40) {
      nodes { recordId indicator { memberships { recordId } } } } }`);
    for (const { recordId, indicator } of data.reputationRecords.nodes)
      expect(indicator.memberships.map((one: { recordId: string }) => one.recordId)).toContain(recordId);
    expect(bodies()).toHaveLength(2);
  });

  it('of nothing is empty, with a count of 0', async () => {
    const { data, errors } = await ask({ filter: { values: ['nobody.example.net'] } });
    expect(errors).toBeUndefined();
    expect(data.reputationRecords).toEqual({
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  it('requested twice in one operation is one call', async () => {
    const { data } = await bed.ask(
      '{ a: reputationRecords(first: 5) { totalCount } b: reputationRecords(first: 5) { totalCount } }',
    );
    expect(data.a).toEqual(data.b);
    expect(bodies()).toHaveLength(1);
  });

  it('has no total where Argus could not count, and is truthful about what follows', async () => {
    bed.emulators.argus.faults.add({ kind: 'countUnknown' });
    const { data } = await ask({ first: 10 });
    expect(data.reputationRecords).toMatchObject({ totalCount: null, pageInfo: { hasNextPage: true } });
    const last = await ask({ filter: { values: ['evil.example.org'] } });
    expect(last.data.reputationRecords).toMatchObject({ totalCount: null, pageInfo: { hasNextPage: false } });
  });

  it('is null with an error where Argus cannot be called', async () => {
    const without = await startTestBed({ ARGUS_API_KEY: undefined }, { dataSet });
    const { data, errors } = await without.ask(
      '{ reputationRecords { totalCount } reputationRecord(id: "15ab1f7b-a032-47d9-97a2-97871fb2f9b4") { id } }',
    );
    expect(data).toEqual({ reputationRecords: null, reputationRecord: null });
    for (const error of errors ?? [])
      expect(error.extensions).toMatchObject({ code: 'SOURCE_UNCONFIGURED', source: 'ARGUS' });
    expect(errors).toHaveLength(2);
    await without.stop();
  });
});
