import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
let bed: TestBed;

beforeAll(async () => {
  const { argus } = dataSet;
  argus.add({ value: 'http://without.example.org', list: 'phishing' });
  argus.add({ value: 'http://with.example.org/', list: 'phishing' });
  argus.add({ value: 'http://both.example.org', list: 'phishing' });
  argus.add({ value: 'http://both.example.org/', list: 'suspicious' });
  argus.add({ value: 'http://query.example.org?x=1', list: 'phishing' });
  bed = await startTestBed(
    { CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => bed.emulators.argus.clearRequests());

const bodies = () => bed.emulators.argus.requests.map(({ body }) => body);

const records = async (values: readonly string[]): Promise<string[][]> => {
  const { data, errors } = await bed.ask(
    'query ($values: [String!]!) { indicators(values: $values) { memberships { value } } }',
    {
      values,
    },
  );
  expect(errors).toBeUndefined();
  return data.indicators.map((indicator: { memberships: { value: string }[] }) =>
    indicator.memberships.map(({ value }) => value).sort(),
  );
};

test.each([
  ['http://without.example.org', 'http://without.example.org/', ['http://without.example.org']],
  ['http://with.example.org', 'http://with.example.org/', ['http://with.example.org/']],
  ['http://both.example.org', 'http://both.example.org/', ['http://both.example.org', 'http://both.example.org/']],
  ['http://query.example.org?x=1', 'http://query.example.org/?x=1', ['http://query.example.org?x=1']],
])('%s and %s are one URL, found however Argus spells it', async (short, long, expected) => {
  expect(await records([short])).toEqual([expected]);
  expect(await records([long])).toEqual([expected]);
  expect(bodies()).toMatchObject([{ value: [long, short] }, { value: [long, short] }]);
});

test('both spellings of a URL are in the search of all values, and each value keeps its own records', async () => {
  const values = [
    'http://without.example.org/',
    'http://with.example.org',
    'http://none.example.org/a',
    'http://with.example.org/',
  ];
  expect(await records(values)).toEqual([
    ['http://without.example.org'],
    ['http://with.example.org/'],
    [],
    ['http://with.example.org/'],
  ]);
  expect(bodies()).toMatchObject([
    {
      value: [
        'http://without.example.org/',
        'http://with.example.org/',
        'http://none.example.org/a',
        'http://without.example.org',
        'http://with.example.org',
      ],
    },
  ]);
});

test('the id that an older release gave the URL without a slash leads to it', async () => {
  const id = Buffer.from('Indicator:URL:http://without.example.org').toString('base64url');
  const { data } = await bed.ask(
    'query ($id: ID!) { node(id: $id) { ... on Indicator { value memberships { value } } } }',
    { id },
  );
  expect(data.node).toEqual({
    value: 'http://without.example.org/',
    memberships: [{ value: 'http://without.example.org' }],
  });
});
