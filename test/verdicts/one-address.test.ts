import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createSeededDataSet();
let bed: TestBed;

beforeAll(async () => {
  dataSet.argus.add({ value: '203.0.113.77', list: 'botnet-c2' });
  dataSet.argus.add({ value: '2001:db8::77', list: 'botnet-c2' });
  bed = await startTestBed({}, { dataSet });
});
afterAll(() => bed.stop());
beforeEach(() => bed.emulators.argus.clearRequests());

const answersTo = async (values: readonly string[]) => {
  const query = `query ($values: [String!]!) {
    lookup(values: $values) { problem indicator { id type value host { value } verdict { level reasons { rule } } } } }`;
  const { data, errors } = await bed.ask(query, { values });
  expect(errors).toBeUndefined();
  return data.lookup;
};

test.each([
  ['203.0.113.77', ['203.0.113.77/32', '::ffff:203.0.113.77', '::ffff:cb00:714d', '203.0.113.77.', 'ip=203.0.113.77']],
  ['2001:db8::77', ['2001:db8::77/128', '[2001:db8::77]', '2001:DB8:0::77']],
])('%s is the same thing however a log writes it, with one verdict and one search', async (address, spellings) => {
  const [first, ...others] = await answersTo([address, ...spellings]);
  expect(first.indicator.verdict.level).toBe('MALICIOUS');
  for (const other of others) expect(other).toEqual(first);
  expect(bed.emulators.argus.requests).toHaveLength(1);
});

test.each(['64:ff9b::203.0.113.77', '2002:cb00:714d::1', 'http://[::ffff:203.0.113.77]/'])(
  'what accuses 203.0.113.77 counts for %s too, for that is where it leads',
  async value => {
    const [{ indicator }] = await answersTo([value]);
    expect(indicator.host).toEqual({ value: '203.0.113.77' });
    expect(indicator.verdict).toMatchObject({ level: 'SUSPICIOUS' });
    expect(indicator.verdict.reasons.map(({ rule }: { rule: string }) => rule)).toContain('related');
  },
);

test('what a playbook sends where it has no value has no verdict, and says so', async () => {
  const [template, none, several] = await answersTo([
    '{{alert.ioc}}',
    'None',
    '["evil.example.org","quiet.example.com"]',
  ]);
  expect(template).toMatchObject({ indicator: null, problem: expect.stringContaining('not filled in') });
  expect(none).toMatchObject({ indicator: null, problem: expect.stringContaining('no value') });
  expect(several).toMatchObject({
    indicator: null,
    problem: expect.stringContaining('evil[.]example[.]org and quiet'),
  });
  expect(bed.emulators.argus.requests).toEqual([]);
});
