import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
let bed: TestBed;

beforeAll(async () => {
  const { argus } = dataSet;
  for (const value of ['org', 'covered.example.org', 'deep.covered.example.org', 'other.example.org'])
    argus.add({ value, list: 'suspicious', properties: { comment: `about ${value}` } });
  argus.add({ value: 'covered.example.org', list: 'phishing', state: 'old' });
  argus.add({ value: '203.0.113.0/29', list: 'scanners' });
  argus.add({ value: '203.0.113.3', list: 'botnet-c2' });
  argus.add({ value: '203.0.113.4', list: 'botnet-c2' });
  argus.add({ value: '203.0.113.2-203.0.113.4', list: 'spam-sources' });
  argus.add({ value: '203.0.113.0/30', list: 'sinkholes' });
  bed = await startTestBed(
    { CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => bed.emulators.argus.clearRequests());
afterEach(() => bed.emulators.argus.faults.clear());

const bodies = () => bed.emulators.argus.requests.map(({ body }) => body);

async function coveringOf(value: string): Promise<string[] | null> {
  const { data, errors } = await bed.ask(
    'query ($value: String!) { indicator(value: $value) { covering { value } } }',
    {
      value,
    },
  );
  expect(errors).toBeUndefined();
  return data.indicator.covering?.map((record: { value: string }) => record.value).sort() ?? null;
}

describe('covering', () => {
  it.each([
    ['a domain: its parents', 'deep.covered.example.org', ['covered.example.org', 'org']],
    ['a name nobody lists: those above it', 'x.y.covered.example.org', ['covered.example.org', 'org']],
    ['an address: blocks and ranges', '203.0.113.3', ['203.0.113.0/29', '203.0.113.0/30', '203.0.113.2-203.0.113.4']],
    ['an address beside the range', '203.0.113.5', ['203.0.113.0/29']],
    ['a block: larger ones, never what lies inside', '203.0.113.0/30', ['203.0.113.0/29']],
    ['an IPv6 address', '2001:db8:bad::1', ['2001:db8:bad::/48']],
    ['an address in no block', '198.51.100.200', []],
  ])('of %s', async (_, value, expected) => {
    expect(await coveringOf(value)).toEqual(expected);
  });

  it('is null where nothing can cover the type, at no cost', async () => {
    expect(await coveringOf('44d88612fea8a8f36de82e1278abb02f')).toBeNull();
    expect(await coveringOf('https://deep.covered.example.org/')).toBeNull();
    expect(bodies()).toEqual([]);
  });

  it('is searched for only where it or a verdict is selected, in one search with the memberships', async () => {
    await bed.ask('{ indicator(value: "203.0.113.3") { memberships { value } } }');
    expect(bodies()).toMatchObject([{ value: ['203.0.113.3'] }]);
    bed.emulators.argus.clearRequests();
    await bed.ask('{ indicator(value: "203.0.113.3") { memberships { value } verdict { level } covering { value } } }');
    expect(bodies()).toMatchObject([{ ipSearch: { ip: ['203.0.113.3'] } }]);
  });

  it('is one domain search and one address search for all indicators of an operation', async () => {
    const values = [
      'deep.covered.example.org',
      'www.other.example.org',
      '203.0.113.3',
      '203.0.113.0/30',
      '2001:db8::1',
    ];
    const { data, errors } = await bed.ask(
      'query ($values: [String!]!) { indicators(values: $values) { covering { value } } }',
      { values },
    );
    expect(errors).toBeUndefined();
    expect(data.indicators.map(({ covering }: { covering: unknown[] }) => covering.length)).toEqual([2, 2, 3, 1, 0]);
    for (const body of bodies()) expect(body).not.toHaveProperty('type');
    expect(bodies()).toEqual([
      expect.objectContaining({
        domainSearch: {
          domain: ['deep.covered.example.org', 'www.other.example.org'],
          includeParentDomains: true,
          includeSubdomains: false,
        },
        state: ['active', 'latest'],
      }),
      expect.objectContaining({
        ipSearch: { ip: ['203.0.113.3', '203.0.113.0', '2001:db8::1'] },
        state: ['active', 'latest'],
      }),
      // A block is searched by its first address, so its own records need a search of their own.
      expect.objectContaining({ value: ['203.0.113.0/30'] }),
    ]);
  });

  it('brings the properties that are selected below it, in the same search', async () => {
    const { data, errors } = await bed.ask(`{ indicator(value: "deep.covered.example.org") {
      covering { value properties(names: ["comment", "informant"]) { value } } } }`);
    const about = (value: string) => ({ value, properties: [{ value: `about ${value}` }, null] });
    expect(data.indicator.covering).toEqual(expect.arrayContaining([about('covered.example.org'), about('org')]));
    expect(errors).toHaveLength(2);
    for (const error of errors ?? []) expect(error.extensions.code).toBe('UPSTREAM_DENIED');
    bed.emulators.argus.clearRequests();
    await bed.ask(
      '{ indicator(value: "deep.covered.example.org") { covering { properties(names: ["comment"]) { value } } } }',
    );
    expect(bodies()).toMatchObject([{ includeProperties: [{ descriptor: 'comment' }] }]);
  });

  it('takes the limit EXACT_VALUE_ONLY from sources, and from nowhere else', async () => {
    const limits = '{ limits status }';
    const { data } = await bed.ask(`{
      with: indicator(value: "deep.covered.example.org") { covering { value } memberships { value } sources ${limits} }
      answer: indicator(value: "deep.covered.example.org") { covering { value } argus { report ${limits} } }
    }`);
    const argusLimits = (sources: { limits: string[] }[]) => sources[1]?.limits;
    expect(argusLimits(data.with.sources)).not.toContain('EXACT_VALUE_ONLY');
    expect(argusLimits(data.with.sources)).toContain('READABLE_LISTS_ONLY');
    expect(data.answer.argus.report.limits).not.toContain('EXACT_VALUE_ONLY'); // its search brought both
    const { data: without } = await bed.ask(
      `{ indicator(value: "deep.covered.example.org") { memberships { value } sources ${limits} } }`,
    );
    expect(argusLimits(without.indicator.sources)).toContain('EXACT_VALUE_ONLY');
  });

  it('that fails is an error of its own, the worst status in sources, and no harm to memberships', async () => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 412, match: { body: 'ipSearch' } });
    const { data, errors } = await bed.ask(
      '{ indicator(value: "203.0.113.4") { memberships { value } covering { value } sources { status limits } } }',
    );
    expect(data.indicator).toMatchObject({ memberships: [{ value: '203.0.113.4' }], covering: null });
    expect(data.indicator.sources[1]).toMatchObject({
      status: 'REJECTED',
      limits: expect.arrayContaining(['EXACT_VALUE_ONLY']),
    });
    expect(errors).toMatchObject([
      { path: ['indicator', 'covering'], extensions: { code: 'UPSTREAM_REJECTED', source: 'ARGUS' } },
    ]);
  });

  it.each([
    ['about a value that covers nobody', { kind: 'otherIndicator', value: 'elsewhere.example.com' }],
    ['without the rows that it counts', { kind: 'missingRows', every: 1 }],
    ['of wrong types', { kind: 'wrongTypes' }],
  ] as const)('with an answer %s is an error, never an empty list', async (_, fault) => {
    bed.emulators.argus.faults.add({ ...fault, match: { body: 'domainSearch' } });
    const { data, errors } = await bed.ask('{ indicator(value: "deep.covered.example.org") { covering { value } } }');
    expect(data.indicator.covering).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED', source: 'ARGUS' } }]);
  });

  it('with rows left out shows those that came', async () => {
    bed.emulators.argus.faults.add({ kind: 'missingRows', every: 2, match: { body: 'domainSearch' } });
    const { data } = await bed.ask('{ indicator(value: "deep.covered.example.org") { covering { value } } }');
    expect(data.indicator.covering).toEqual([{ value: 'org' }, { value: 'covered.example.org' }]);
  });

  it('reads every page, however low the limit that Argus uses', async () => {
    bed.emulators.argus.faults.add({ kind: 'lowerLimit', limit: 1 });
    expect(await coveringOf('203.0.113.3')).toHaveLength(3);
    expect(bodies()).toHaveLength(5); // with the record of the very address
  });

  it('loses nothing to a value that Argus refuses', async () => {
    const refused = JSON.stringify({ responseCode: 412, messages: [{ field: 'domainSearch.domain[1]' }], data: null });
    const bytes = `HTTP/1.1 412 X\r\ncontent-type: application/json\r\ncontent-length: ${refused.length}\r\n\r\n${refused}`;
    bed.emulators.argus.faults.add({ kind: 'raw', bytes, match: { body: 'odd.example.net' } });
    const { data, errors } = await bed.ask(`{ indicators(values: ["deep.covered.example.org", "odd.example.net"]) {
      covering { value } } }`);
    expect(data.indicators).toMatchObject([{ covering: [{}, {}] }, { covering: null }]);
    expect(errors).toMatchObject([{ path: ['indicators', 1, 'covering'], extensions: { code: 'UPSTREAM_REJECTED' } }]);
  });

  it.each([
    ['covering', 'domainSearch.domain[1]'],
    ['memberships', 'value[1]'],
  ])('%s loses nothing to a value and a property that Argus refuses together', async (field, rejected) => {
    const answer = (status: number, messages: readonly object[]) => {
      const body = JSON.stringify({ responseCode: status, messages, data: null });
      return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    };
    const fault = { kind: 'raw', match: { body: 'odd.example.net' } } as const;
    const hasProperties = (body: unknown) => JSON.stringify(body).includes('includeProperties');
    const { faults } = bed.emulators.argus;
    faults.add({ ...fault, bytes: answer(403, []), when: ({ body }) => hasProperties(body) });
    faults.add({ ...fault, bytes: answer(412, [{ field: rejected }]), when: ({ body }) => !hasProperties(body) });
    const { data, errors } = await bed.ask(`{ indicators(values: ["covered.example.org", "odd.example.net"]) {
      ${field} { properties(names: ["comment"]) { value } } } }`);
    expect(data.indicators).toMatchObject([{ [field]: [{ properties: [{}] }] }, { [field]: null }]);
    expect(errors).toMatchObject([{ path: ['indicators', 1, field], extensions: { code: 'UPSTREAM_REJECTED' } }]);
  });

  it('of many operations at once shares searches while Argus is busy', async () => {
    bed.emulators.argus.faults.add({ kind: 'latency', ms: 300 });
    const values = Array.from({ length: 60 }, (_, index) => `host-${index}.covered.example.org`);
    const covering = await Promise.all(values.map(coveringOf));
    expect(covering).toEqual(values.map(() => ['covered.example.org', 'org']));
    expect(bodies().length).toBeLessThanOrEqual(30);
  });
});

describe('a cached covering', () => {
  it('answers again without a call, by itself and apart from the memberships', async () => {
    const warm = await startTestBed({}, { dataSet });
    await warm.ask('{ reputationTypes { shortName } }');
    const query = '{ indicator(value: "203.0.113.3") { covering { value } memberships { value } } }';
    const first = await warm.ask(query);
    const sent = warm.emulators.argus.requests.length;
    const second = await warm.ask(query);
    expect(second.data).toEqual(first.data);
    expect(second.data.indicator).toMatchObject({ covering: [{}, {}, {}], memberships: [{ value: '203.0.113.3' }] });
    expect(warm.emulators.argus.requests).toHaveLength(sent);
    await warm.stop();
  });
});
