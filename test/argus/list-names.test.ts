/** Filters by list and state: what they leave out must not read as an absence. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
const listed = 'listed.lists.example.org';
const clean = 'clean.lists.example.org';
let bed: TestBed;

beforeAll(async () => {
  dataSet.argus.addList({ shortName: 'Mixed-Case', confidence: 0.9 });
  dataSet.argus.addList({ shortName: 'without-records', confidence: 0.9 });
  dataSet.argus.add({ value: listed, list: 'Mixed-Case' });
  dataSet.argus.add({ value: 'other.lists.example.org', list: 'phishing' });
});
beforeEach(async () => {
  bed = await startTestBed({}, { dataSet });
});
afterEach(() => bed.stop());
afterAll(() => dataSet.argus.remove(listed));

const searches = () => bed.emulators.argus.requests.map(({ body }) => body as Record<string, unknown>);
const idOf = (shortName: string) => dataSet.argus.lists.get(shortName)?.id ?? '';
const ask = (value: string, given: string) =>
  bed.ask(`{ indicator(value: "${value}") {
    memberships(${given}) { list { shortName } } argus(${given}) { report { status detail } memberships { value } membershipCount } } }`);

describe('an empty list', () => {
  it.each([
    ['argus', 'lists', `{ indicator(value: "${listed}") { argus(lists: []) { membershipCount } } }`],
    ['argus', 'states', `{ indicator(value: "${listed}") { argus(states: []) { report { status } } } }`],
    ['memberships', 'lists', `{ indicators(values: ["${listed}"]) { memberships(lists: []) { value } } }`],
    ['memberships', 'states', `{ lookup(values: ["${listed}"]) { indicator { memberships(states: []) { value } } } }`],
    ['a host', 'lists', `{ indicator(value: "https://${listed}/x") { host { memberships(lists: []) { value } } } }`],
  ])('of %s(%s) refuses the operation before anything is asked', async (_, argument, query) => {
    const { status, data, errors } = await bed.ask(`${query.slice(0, -1)} reputationTypes { shortName } }`);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(errors?.[0].message).toContain('leave it out');
    expect(searches()).toEqual([]);
    expect(bed.emulators.datadog.requests).toEqual([]);
  });

  it('in a variable does the same, also in an operation that was answered before', async () => {
    const query = `query ($lists: [String!]) { indicator(value: "${listed}") { memberships(lists: $lists) { value } } }`;
    for (let times = 0; times < 3; times++) expect((await bed.ask(query, { lists: null })).status).toBe(200);
    const { status, errors } = await bed.ask(query, { lists: [] });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'lists' } }]);
  });
});

describe('the name of a list', () => {
  it.each([
    ['its short name', () => 'Mixed-Case'],
    ['its short name in lower case', () => 'mixed-case'],
    ['its id', () => idOf('Mixed-Case')],
    ['its id in upper case', () => idOf('Mixed-Case').toUpperCase()],
  ])('finds the record by %s', async (_, name) => {
    const { data, errors } = await ask(listed, `lists: ["${name()}"]`);
    expect(errors).toBeUndefined();
    expect(data.indicator.memberships).toEqual([{ list: { shortName: 'Mixed-Case' } }]);
    expect(data.indicator.argus).toMatchObject({ report: { status: 'MATCHED' }, membershipCount: 1 });
    expect(searches()).toHaveLength(1);
  });

  it('that Argus confirms makes "not on that list" an absence, for one more search', async () => {
    for (const value of [clean, 'clean-2.lists.example.org']) {
      const { data, errors } = await ask(value, 'lists: ["phishing"]');
      expect(errors).toBeUndefined();
      expect(data.indicator).toMatchObject({ memberships: [], argus: { report: { status: 'NO_MATCH' } } });
    }
    expect(searches().filter(body => body.indicatorList !== undefined)).toMatchObject([
      { indicatorList: ['phishing'], limit: 1 },
    ]);
    expect(searches()).toHaveLength(3);
  });

  it('that a page of records has shown needs no further search', async () => {
    await bed.ask('{ reputationRecords(filter: { values: ["other.lists.example.org"] }) { totalCount } }');
    const { data } = await ask(clean, 'lists: ["phishing"]');
    expect(data.indicator.argus.report.status).toBe('NO_MATCH');
    expect(searches()).toHaveLength(2);
  });

  it.each([
    ['misspelt', 'phising', {}],
    ['misspelt, where Argus finds nothing on it', 'phising', { unknownName: 'empty' }],
    ['of a list without records', 'without-records', {}],
  ] as const)('that is %s is an error, and never an absence', async (_, name, behaviours) => {
    Object.assign(bed.emulators.argus.behaviours, behaviours);
    for (const value of [clean, listed]) {
      const { data, errors } = await ask(value, `lists: ["${name}"]`);
      expect(data.indicator.memberships).toBeNull();
      expect(data.indicator.argus).toMatchObject({ memberships: null, membershipCount: null });
      expect(data.indicator.argus.report).toMatchObject({ status: 'REJECTED', detail: expect.stringContaining(name) });
      expect(errors).toMatchObject([
        {
          path: ['indicator', 'memberships'],
          extensions: { code: 'BAD_USER_INPUT', source: 'ARGUS', argument: 'lists' },
        },
      ]);
    }
    const aboutLists = searches().filter(body => body.indicatorList !== undefined);
    expect(aboutLists).toHaveLength(1);
  });

  it('that no list can have is not asked about, and shown cut, once for each of many values', async () => {
    const values = Array.from({ length: 200 }, (_, index) => `many-${index}.lists.example.org`);
    const { data, text } = await bed.ask(
      'query ($values: [String!]!, $lists: [String!]) { indicators(values: $values) { argus(lists: $lists) { report { status detail } } } }',
      { values, lists: ['x'.repeat(300_000)] },
    );
    expect(data.indicators[199].argus.report.status).toBe('REJECTED');
    expect(text.length).toBeLessThan(100_000);
    expect(searches()).toHaveLength(1);
  });

  it('is asked about until one is not confirmed, and each counts as a call before anything is asked', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `nobody-has-${index}`);
    const query = `query ($lists: [String!]) { indicator(value: "${clean}") { memberships(lists: $lists) { value } } }`;
    const { extensions, errors } = await bed.ask(query, { lists: names }, { 'x-enrichment-estimate': '1' });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors?.[0].message).toContain('"nobody-has-0"');
    expect(searches().filter(body => body.indicatorList !== undefined)).toHaveLength(1);
    expect(JSON.stringify(extensions)).toContain('101');
  });

  it('beside a right one is an error too, and costs the verdict nothing', async () => {
    const { data } = await bed.ask(`{ indicator(value: "${listed}") {
      memberships(lists: ["Mixed-Case", "phising"]) { value } verdict { level missing } } }`);
    expect(data.indicator).toMatchObject({ memberships: null, verdict: { level: 'MALICIOUS', missing: [] } });
  });

  it('that cannot be confirmed because Argus is down is unheard for that reason', async () => {
    await ask(clean, 'states: [ACTIVE]');
    bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    const { data } = await ask(clean, 'lists: ["phishing"]');
    expect(data.indicator.argus.report.status).toBe('UNAVAILABLE');
  });
});

describe('the name of a property', () => {
  it('is found in upper case, by id and by short name', async () => {
    const descriptor = dataSet.argus.addDescriptor({ shortName: 'Remark' });
    dataSet.argus.add({ value: 'remark.lists.example.org', list: 'phishing', properties: { Remark: 'seen' } });
    const { data } = await bed.ask(`{ indicator(value: "remark.lists.example.org") { memberships {
      properties(names: ["${descriptor.id.toUpperCase()}", "${descriptor.id}"]) { value } } } }`);
    expect(data.indicator.memberships).toEqual([{ properties: [{ value: 'seen' }, { value: 'seen' }] }]);
  });
});
