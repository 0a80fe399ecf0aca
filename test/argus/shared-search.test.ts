import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const respelled = 'e99a18c428cb38d5f260853678922e03';
const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

const dataSet = createSeededDataSet();
let bed: TestBed;

beforeAll(async () => {
  const { argus } = dataSet;
  for (const type of ['md5', 'sha1', 'cidr']) argus.addType(type);
  argus.add({ value: md5, list: 'phishing', type: 'md5' });
  argus.add({ value: md5, list: 'suspicious', type: 'domain' });
  argus.add({ value: sha1, list: 'phishing', type: 'sha1' });
  argus.add({ value: respelled, list: 'phishing', type: 'md5' });
  argus.add({ value: respelled.toUpperCase(), list: 'suspicious', type: 'domain' });
  argus.add({ value: 'shared.example.org', list: 'suspicious' });
  argus.add({ value: '203.0.113.0/29', list: 'scanners' });
  argus.add({ value: '203.0.113.0/28', list: 'scanners', type: 'cidr' });
  bed = await startTestBed({ ARGUS_CONCURRENCY: '1' }, { dataSet });
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => bed.emulators.argus.clearRequests());
afterEach(() => bed.emulators.argus.faults.clear());

const bodies = () => bed.emulators.argus.requests.map(({ body }) => body);

/** Holds the only slot until all queries have arrived, so that what they ask waits together. */
async function askTogether(queries: readonly string[]) {
  bed.emulators.argus.faults.add({ kind: 'latency', ms: 1_000, times: 1 });
  const first = bed.ask('{ indicator(value: "slot.example.org", maxAgeSeconds: 0) { memberships { value } } }');
  await until(async () => bodies().length === 1, 'the slot is taken');
  const answers = await Promise.all(queries.map(query => bed.ask(query)));
  await first;
  for (const { errors } of answers) expect(errors).toBeUndefined();
  const [, ...shared] = bodies();
  return { answers: answers.map(({ data }) => data), shared };
}

const answer = '{ memberships { value list { shortName } reputationType { shortName } } }';
const asHash = (value: string) => `hash: indicator(value: "${value}", maxAgeSeconds: 0) ${answer}`;
const asDomain = (value: string) => `domain: indicator(value: "${value}", type: DOMAIN, maxAgeSeconds: 0) ${answer}`;
const record = (value: string, list: string, type: string) => ({
  value,
  list: { shortName: list },
  reputationType: { shortName: type },
});
const hash = { memberships: [record(md5, 'phishing', 'md5')] };
const domain = { memberships: [record(md5, 'suspicious', 'domain')] };

describe('two indicators of one text', () => {
  it.each([
    ['the hash first', [asHash(md5), asDomain(md5)]],
    ['the domain first', [asDomain(md5), asHash(md5)]],
  ])('in one operation have each their own records by one call, %s', async (_, fields) => {
    const { data, errors } = await bed.ask(`{ ${fields.join('\n')} }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({ hash, domain });
    expect(bodies()).toMatchObject([{ value: [md5] }]);
  });

  it('of which one is listed: the other is clean, by one call', async () => {
    const { data } = await bed.ask(`{ ${asHash(sha1)} ${asDomain(sha1)} }`);
    expect(data.hash.memberships).toEqual([record(sha1, 'phishing', 'sha1')]);
    expect(data.domain).toEqual({ memberships: [] });
    expect(bodies()).toHaveLength(1);
  });

  it.each([
    ['a domain', asDomain, []],
    ['a hash', asHash, [record(sha1, 'phishing', 'sha1')]],
  ])(
    'of which only the hash is listed are no less apart when one is asked alone, as %s',
    async (_, ask, memberships) => {
      const { data } = await bed.ask(`{ ${ask(sha1)} }`);
      expect(Object.values(data)).toEqual([{ memberships }]);
    },
  );

  it('asked by two callers at once have each their own records, by one call', async () => {
    const { answers, shared } = await askTogether([`{ ${asHash(md5)} }`, `{ ${asDomain(md5)} }`]);
    expect(answers).toEqual([{ hash }, { domain }]);
    expect(shared).toMatchObject([{ value: [md5] }]);
  });

  it('are told apart where Argus spells one of them in its own way', async () => {
    const { data } = await bed.ask(`{ ${asHash(respelled)} ${asDomain(respelled)} }`);
    expect(data.hash.memberships).toEqual([record(respelled, 'phishing', 'md5')]);
    expect(data.domain.memberships).toEqual([record(respelled.toUpperCase(), 'suspicious', 'domain')]);
    expect(bodies()).toHaveLength(1);
  });
});

describe('one indicator asked at two ages in one search', () => {
  it.each([
    ['an address', '203.0.113.3', ['203.0.113.0/28', '203.0.113.0/29']],
    ['a domain', 'host.shared.example.org', ['shared.example.org']],
  ])('has each covering record once: %s', async (_, value, expected) => {
    const { answers, shared } = await askTogether([
      `{ indicator(value: "${value}") { covering { value } } }`,
      `{ indicator(value: "${value}", maxAgeSeconds: 0) { covering { value } } }`,
    ]);
    for (const { indicator } of answers)
      expect(indicator.covering.map((found: { value: string }) => found.value).sort()).toEqual(expected);
    expect(shared).toHaveLength(1);
  });
});

describe('what covers an address', () => {
  it('is found under every type name, as no search names one, whatever is asked beside it', async () => {
    const covering = async (values: readonly string[]) => {
      const { data } = await bed.ask(
        `query ($values: [String!]!) { indicators(values: $values, maxAgeSeconds: 0) { covering { value } } }`,
        { values },
      );
      return data.indicators[0].covering.map((found: { value: string }) => found.value).sort();
    };
    expect(await covering(['203.0.113.4'])).toEqual(['203.0.113.0/28', '203.0.113.0/29']);
    expect(await covering(['203.0.113.4', '203.0.113.0/30'])).toEqual(['203.0.113.0/28', '203.0.113.0/29']);
    for (const body of bodies()) expect(body).not.toHaveProperty('type');
  });
});
