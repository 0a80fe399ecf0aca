/** Questions that differ in our words alone are one question upstream. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';

const dataSet = createSeededDataSet();
const value = 'noted.example.org';
const descriptor = dataSet.argus.addDescriptor({ shortName: 'Remark' });
dataSet.argus.add({ value, list: 'phishing', properties: { Remark: 'first' } });
dataSet.argus.add({ value, list: 'suspicious', properties: { comment: 'second' } });
dataSet.datadog.add('setup.exe', { attributes: { score: 80 } });

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed({}, { dataSet });
});
afterEach(() => bed.stop());

const searches = () =>
  bed.emulators.argus.requests
    .filter(({ path }) => path.endsWith('/search'))
    .map(({ body }) => body as Record<string, unknown>);
const properties = (names: readonly string[]) =>
  bed.ask(`{ indicator(value: "${value}") { memberships { properties(names: ${JSON.stringify(names)}) { value } } } }`);

describe('a property', () => {
  it.each([
    ['by its short name, then by its id', 'Remark', descriptor.id],
    ['by its id, then by its short name', descriptor.id, 'Remark'],
    ['by its short name, then in upper case', 'Remark', 'REMARK'],
    ['by its id, then in upper case', descriptor.id, descriptor.id.toUpperCase()],
  ])('asked %s is one search', async (_, first, second) => {
    const one = await properties([first]);
    const other = await properties([second]);
    expect(other.errors).toBeUndefined();
    expect(other.data).toEqual(one.data);
    expect(one.data.indicator.memberships).toContainEqual({ properties: [{ value: 'first' }] });
    expect(searches()).toHaveLength(1);
  });

  it('that is another one is a second search, which keeps the first', async () => {
    await properties(['Remark']);
    const { data } = await properties(['comment']);
    expect(data.indicator.memberships).toContainEqual({ properties: [{ value: 'second' }] });
    await properties(['Remark', 'comment']);
    expect(searches()).toHaveLength(2);
  });

  it('that was refused is refused in another spelling too', async () => {
    const unknown = await properties(['nobody-has-it']);
    const again = await properties(['Nobody-Has-It']);
    for (const { data, errors } of [unknown, again]) {
      expect(data.indicator.memberships[0].properties).toEqual([null]);
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    }
  });
});

describe('what nothing can cover', () => {
  it.each([
    ['a hash', 'ab'.repeat(32)],
    ['an e-mail address', 'who@elsewhere.example.org'],
    ['text', 'masscan/1.3'],
  ])('has its verdict from the search that its memberships made: %s', async (_, value) => {
    const field = (selection: string) => bed.ask(`{ indicator(value: "${value}") { ${selection} } }`);
    await field('memberships { value }');
    const before = searches().filter(({ value: values }) => JSON.stringify(values)?.includes(value)).length;
    const { errors } = await field('verdict { level } memberships { value }');
    expect(errors).toBeUndefined();
    const after = searches().filter(({ value: values }) => JSON.stringify(values)?.includes(value)).length;
    expect(after).toBe(before);
  });
});

describe('a page of records', () => {
  const page = (names: string) =>
    `reputationRecords(filter: { values: ["${value}"] }) { nodes { value ${names} } pageInfo { hasNextPage } }`;

  it('that two fields of an operation want with different properties is one call', async () => {
    const { data, errors } = await bed.ask(`{ plain: ${page('')}
      remarks: ${page('properties(names: ["Remark"]) { value }')}
      comments: ${page('properties(names: ["comment"]) { value }')} }`);
    expect(errors).toBeUndefined();
    expect(data.plain.nodes).toHaveLength(2);
    expect(data.remarks.nodes).toContainEqual({ value, properties: [{ value: 'first' }] });
    expect(data.comments.nodes).toContainEqual({ value, properties: [{ value: 'second' }] });
    expect(searches()).toMatchObject([{ includeProperties: [{ descriptor: 'Remark' }, { descriptor: 'comment' }] }]);
  });

  it('of another size is a call of its own', async () => {
    await bed.ask(`{ a: ${page('')} b: reputationRecords(first: 7, filter: { values: ["${value}"] }) { totalCount } }`);
    expect(searches()).toHaveLength(2);
  });
});

describe('one text under two types', () => {
  const fields = 'type threatScore threat { id } datadog { report { status } }';
  const query = (ageOfDomain = '', ageOfOther = ageOfDomain) => `{
    domain: indicator(value: "setup.exe", type: DOMAIN${ageOfDomain}) { ${fields} }
    other: indicator(value: "setup.exe", type: OTHER${ageOfOther}) { ${fields} } }`;
  const lookups = () => bed.emulators.datadog.lookups.length;

  it('is one Datadog call, and each keeps its type and its identity', async () => {
    const { data } = await bed.ask(query());
    expect(data).toMatchObject({
      domain: { type: 'DOMAIN', threatScore: 80 },
      other: { type: 'OTHER', threatScore: 80 },
    });
    expect(data.domain.threat.id).not.toBe(data.other.threat.id);
    expect(lookups()).toBe(1);
    await bed.ask(query());
    expect(lookups()).toBe(1);
  });

  it('of which neither may come from the cache is one more call', async () => {
    await bed.ask(query());
    await bed.ask(query(', maxAgeSeconds: 0'));
    expect(lookups()).toBe(2);
  });

  it('of which only one may be old is asked again for the other', async () => {
    const clock = createTestClock();
    const timed = await startTestBed({}, { dataSet }, undefined, undefined, { clock });
    try {
      await timed.ask(query());
      clock.pass(301_000);
      const { data } = await timed.ask(
        query('', ', maxAgeSeconds: 3600').replaceAll('report { status }', 'report { servedFrom }'),
      );
      expect(data).toMatchObject({
        domain: { datadog: { report: { servedFrom: 'LIVE' } } },
        other: { datadog: { report: { servedFrom: 'CACHE' } } },
      });
      expect(timed.emulators.datadog.lookups).toHaveLength(2);
    } finally {
      await timed.stop();
    }
  });

  it('that Datadog refuses is not applicable only where it does not document the type', async () => {
    bed.emulators.datadog.faults.add({ kind: 'status', status: 400 });
    const { data } = await bed.ask(query());
    expect(data).toMatchObject({
      domain: { datadog: { report: { status: 'REJECTED' } } },
      other: { datadog: { report: { status: 'NOT_APPLICABLE' } } },
    });
    expect(lookups()).toBe(1);
  });
});
