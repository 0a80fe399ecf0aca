/** What the egress policy withholds never reaches a source, whichever way it is asked, and no verdict is clean by it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const rules = [
  { name: 'private addresses', specialUse: ['private', 'loopback'] },
  { name: 'own domains', domains: ['corp.example', 'münchen-intern.example'] },
  { name: 'own network', addresses: ['192.0.2.0/24'], sources: ['ARGUS'] },
  { name: 'mail', types: ['EMAIL'], sources: ['DATADOG'] },
  { name: 'named by nobody', tlp: ['AMBER+STRICT', 'RED'] },
  { name: 'community only', tlp: ['AMBER'], sources: ['ARGUS'] },
];

let policy: string;
beforeAll(() => {
  policy = join(mkdtempSync(join(tmpdir(), 'egress-')), 'policy.json');
  writeFileSync(policy, JSON.stringify({ rules }));
});

let bed: TestBed;
afterEach(() => bed?.stop());
const start = async (environment: Record<string, string> = {}) => {
  bed = await startTestBed({ EGRESS_POLICY: policy, ...environment });
};

/** All that a source was sent: addresses, headers and bodies. */
const sentTo = (name: 'datadog' | 'argus'): string =>
  decodeURIComponent(
    bed.emulators[name].requests
      .map(({ path, query, headers, bodyText }) => `${path}?${query} ${JSON.stringify(headers)} ${bodyText}`)
      .join('\n')
      .replaceAll('%', '%25'),
  ).toLowerCase();

const everything = `{
  value
  threatScore triageHistory { at } memberships { list { shortName } } covering { value }
  datadog { report { status detail } } argus { report { status } }
  sources { source status detail }
  verdict { level summary missing }
  links { url }
}`;
const query = `query ($v: String!) { indicator(value: $v) ${everything} }`;

const forbidden = [
  ['10.1.2.3', '10.1.2.3'],
  ['10.1.2.0/24', '10.1.2.'],
  ['10.0.0.0/7', '10.0.0.0'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['64:ff9b::a01:203', '64:ff9b::a01:203'],
  ['fd12::1', 'fd12::1'],
  ['corp.example', 'corp.example'],
  ['Wiki[.]Corp[.]Example', 'corp.example'],
  ['https://wiki.corp.example/x', 'corp.example'],
  ['http://10.1.2.3:8080/admin', '10.1.2.3'],
  ['http://[fd12::1]/', 'fd12::1'],
  ['https://evil.test-site.net/?next=https%3A%2F%2Fwiki.corp.example%2Fx', 'corp.example'],
  ['https://evil.test-site.net/?next=https%253A%252F%252Fwiki.corp.example', 'corp.example'],
  ['https://evil.test-site.net/?next=%FF%2Ecorp.example%2E', 'corp.example'],
  ['https://evil.test-site.net/?next=wiki．corp。example', 'corp'],
  ['https://evil.test-site.net/?host=10.1.2.3', '10.1.2.3'],
  ['https://evil.test-site.net/wiki.corp.example.html', 'corp.example'],
  ['bob@corp.example', 'corp.example'],
  ['https://wiki.münchen-intern.example/', 'nchen-intern'],
  ['https://evil.test-site.net/?next=https://wiki.münchen-intern.example/', 'nchen-intern'],
] as const;

describe('a value that a rule withholds from every source', () => {
  it.each(forbidden)('is sent to none, and no verdict is clean by it: %s', async (value, trace) => {
    await start();
    const { data, errors } = await bed.ask(query, { v: value });
    expect([sentTo('datadog'), sentTo('argus')].some(sent => sent.includes(trace))).toBe(false);
    const { sources, verdict, datadog, links } = data.indicator;
    expect(sources.map(({ status }: { status: string }) => status)).toEqual(['WITHHELD', 'WITHHELD']);
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG', 'ARGUS'] });
    expect(datadog.report.detail).toMatch(/^Datadog was not asked: the egress policy withholds it \("/u);
    expect(links).toEqual([]);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['EGRESS_FORBIDDEN']));
  });

  it('leaves others of the same list as they are, each asked as often as without it', async () => {
    await start();
    const { data } = await bed.ask('query ($v: [String!]!) { indicators(values: $v) { value verdict { level } } }', {
      v: ['wiki.corp.example', 'evil.example.org', '10.1.2.3', 'notcorp.example', 'corp.example.org'],
    });
    const level = (at: number) => data.indicators[at].verdict.level;
    expect([level(0), level(1), level(2)]).toEqual(['INCONCLUSIVE', 'MALICIOUS', 'INCONCLUSIVE']);
    expect(bed.emulators.datadog.lookups.flatMap(({ values }) => values).sort()).toEqual([
      'corp.example.org',
      'evil.example.org',
      'notcorp.example',
    ]);
  });

  it('is withheld although its facts are cached, and is never served from an answer that was made before', async () => {
    await start();
    const asked = 'query ($v: String!) { indicator(value: $v) { sources { status } verdict { level } } }';
    const plain = await bed.ask(asked, { v: 'evil.example.org' });
    expect(plain.data.indicator.verdict.level).toBe('MALICIOUS');
    for (const marking of ['TLP:RED', 'amber+strict', 'Red'])
      for (let times = 0; times < 3; times += 1) {
        const marked = await bed.ask(asked, { v: 'evil.example.org' }, { 'x-tlp': marking });
        expect(marked.data.indicator.verdict.level).toBe('INCONCLUSIVE');
        expect(marked.headers.get('cache-control')).toBe('no-store');
      }
    const again = await bed.ask(asked, { v: 'evil.example.org' }, { 'x-tlp': 'TLP:GREEN' });
    expect(again.data.indicator.verdict.level).toBe('MALICIOUS');
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
  });
});

describe('a rule for one source', () => {
  it('withholds nothing from the others', async () => {
    await start();
    const { data } = await bed.ask(query, { v: '192.0.2.77' });
    const { sources, verdict } = data.indicator;
    expect(sources.map(({ status }: { status: string }) => status)).toEqual(['NO_MATCH', 'WITHHELD']);
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
    expect(verdict.summary).toContain('Argus was not asked, because the egress policy withholds it');
    expect(sentTo('argus')).not.toContain('192.0.2.77');
  });

  it('goes by the type of the value itself', async () => {
    await start();
    const { data } = await bed.ask(query, { v: 'mallory@evil.example.org' });
    const statuses = data.indicator.sources.map(({ status }: { status: string }) => status);
    expect(statuses[0]).toBe('WITHHELD');
    expect(statuses[1]).not.toBe('WITHHELD');
    expect(sentTo('datadog')).not.toContain('mallory');
  });
});

it('a user agent is read as text, and a source that does not know its type is not missing', async () => {
  await start();
  const { data } = await bed.ask(query, { v: 'agent/1.0 (host db.corp.example)' });
  const statuses = data.indicator.sources.map(({ status }: { status: string }) => status);
  expect(statuses).toEqual(['WITHHELD', 'NOT_APPLICABLE']);
  expect(data.indicator.verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
  expect(sentTo('datadog')).not.toContain('corp.example');
});

describe('a marking by the caller', () => {
  it('withholds what rules for it withhold', async () => {
    await start();
    const { data } = await bed.ask(query, { v: 'evil.example.org' }, { 'x-tlp': 'TLP:AMBER' });
    const statuses = data.indicator.sources.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['MATCHED', 'WITHHELD']);
    expect(bed.emulators.argus.lookups).toEqual([]);
  });

  it.each(['TLP:PURPLE', '', 'RED, GREEN'])('that is none is refused before anything is asked: "%s"', async marking => {
    await start();
    const { status, errors } = await bed.ask(query, { v: 'evil.example.org' }, { 'x-tlp': marking });
    expect(status).toBe(400);
    expect(errors?.[0]).toMatchObject({
      message: 'X-TLP must be one of CLEAR, GREEN, AMBER, AMBER+STRICT, RED, with or without "TLP:" in front.',
      extensions: { code: 'BAD_REQUEST' },
    });
    expect(bed.emulators.datadog.requests).toEqual([]);
  });
});

describe('every other way to a source', () => {
  const named = ['wiki.corp.example', '10.1.2.3', 'https://evil.test-site.net/?a=wiki%2ecorp%2eexample'];

  it.each([
    ['filter: {values: ["Wiki[.]corp[.]example"]}'],
    ['filter: {values: ["evil.example.org", "http://10.1.2.3/"]}'],
    ['filter: {domains: {names: ["wiki.corp.example"]}}'],
    ['filter: {ips: ["10.1.2.3"]}'],
    ['filter: {ips: ["9.255.255.0-10.0.0.4"]}'],
    ['filter: {ips: ["192.0.2.128/25"]}'],
  ])('a filter of records that names one is null with an error: %s', async filter => {
    await start();
    const { data, errors } = await bed.ask(`{ reputationRecords(${filter}) { nodes { value } } }`);
    expect(data.reputationRecords).toBe(null);
    expect(errors?.[0].extensions).toMatchObject({ code: 'EGRESS_FORBIDDEN', source: 'ARGUS' });
    expect(bed.emulators.argus.lookups).toEqual([]);
  });

  it('a filter of records without values is sent, whatever the marking', async () => {
    await start();
    const { errors } = await bed.ask('{ reputationRecords(first: 1) { nodes { id } } }', {}, { 'x-tlp': 'RED' });
    expect(errors).toBeUndefined();
  });

  it.each([
    'wiki.corp.example',
    'indicator:10.1.2.3 AND score:>50',
    'bob@evil.example.org',
    '"https://a.b/?x=10.1.2.3"',
  ])('a query of the work list that names one is null with an error: %s', async text => {
    await start();
    const list = 'query ($q: String) { threatIndicators(filter: {query: $q}) { nodes { value } } }';
    const { data, errors } = await bed.ask(list, { q: text });
    expect(data.threatIndicators).toBe(null);
    expect(errors?.[0].extensions).toMatchObject({ code: 'EGRESS_FORBIDDEN', source: 'DATADOG' });
    expect(bed.emulators.datadog.requests).toEqual([]);
  });

  it('a review is not recorded, and not said to be', async () => {
    await start({ TRIAGE_WRITES: 'service' });
    const { data } = await bed.ask(
      `mutation ($v: [String!]!) { setTriageState(values: $v, state: REVIEWED) { input status detail } }`,
      { v: [...named, 'evil.example.org'] },
    );
    const statuses = data.setTriageState.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['WITHHELD', 'WITHHELD', 'WITHHELD', 'MATCHED']);
    expect(sentTo('datadog')).not.toMatch(/corp\.example|10\.1\.2\.3/u);
  });

  it('texts, entities and ids lead to it no more than its value does', async () => {
    await start();
    const id = Buffer.from('Indicator:DOMAIN:wiki.corp.example').toString('base64url');
    const row = (await bed.ask('{ threatIndicators(first: 1) { nodes { id } } }')).data.threatIndicators.nodes[0].id;
    expect(row).toBeTypeOf('string');
    bed.emulators.datadog.clearRequests();
    const { data } = await bed.ask(
      `query ($t: String!, $id: ID!, $r: [_Any!]!) {
        extractIndicators(text: $t) ${everything}
        node(id: $id) { ... on Indicator ${everything} }
        _entities(representations: $r) { ... on Indicator ${everything} }
      }`,
      { t: named.join('\n'), id, r: [{ __typename: 'Indicator', type: 'DOMAIN', value: 'wiki.corp.example' }] },
    );
    const found = [...data.extractIndicators, data.node, ...data._entities];
    expect(found.length).toBeGreaterThanOrEqual(4);
    for (const { verdict } of found) expect(verdict.level).toBe('INCONCLUSIVE');
    expect(sentTo('datadog')).not.toMatch(/corp\.example|10\.1\.2\.3/u);
    expect(sentTo('argus')).not.toMatch(/corp\.example|10\.1\.2\.3/u);
  });

  it('what a row of the work list says is shown, for nothing was sent, and the other source is not asked', async () => {
    await start();
    bed.emulators.dataSet.datadog.add('wiki.corp.example', { attributes: { indicator_type: 'domain', score: 99.9 } });
    const { data } = await bed.ask(
      '{ threatIndicators(first: 100) { nodes { value score indicator { threatScore sources { source status } } } } }',
    );
    const row = data.threatIndicators.nodes.find(({ value }: { value: string }) => value === 'wiki.corp.example');
    expect(row).toMatchObject({ score: 99.9, indicator: { threatScore: 99.9 } });
    expect(row.indicator.sources[1]).toEqual({ source: 'ARGUS', status: 'NOT_QUERIED' });
    expect(sentTo('argus')).not.toContain('corp.example');
  });
});

it('without a policy a marking changes nothing', async () => {
  bed = await startTestBed();
  const { data } = await bed.ask(query, { v: 'evil.example.org' }, { 'x-tlp': 'TLP:RED' });
  expect(data.indicator.verdict.level).toBe('MALICIOUS');
});
