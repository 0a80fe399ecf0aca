/** How many upstream calls a verdict costs, alone and with the fields that can share them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { callsOf, forgetRequests, withoutCache } from '../verdicts/bed.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed(withoutCache);
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => forgetRequests(bed));

async function ask(value: string, selection: string) {
  const { data, errors } = await bed.ask(`query ($value: String!) { indicator(value: $value) { ${selection} } }`, {
    value,
  });
  expect(errors).toBeUndefined();
  return data.indicator;
}

/** Lookups of Datadog and searches of Argus. */
const calls = () => [callsOf(bed, 'datadog').length, callsOf(bed, 'argus').length];

describe('a verdict costs', () => {
  const verdict = 'verdict { level }';
  const mixed = [
    ...Array.from({ length: 40 }, (_, index) => `host-${index}.example.org`),
    ...Array.from({ length: 20 }, (_, index) => `192.0.2.${index}`),
    ...Array.from({ length: 10 }, (_, index) => `2001:db8::${index}`),
    ...Array.from({ length: 10 }, (_, index) => `198.51.100.${index * 16}/28`),
    ...Array.from({ length: 20 }, (_, index) => String(index).padStart(64, 'd')),
  ];
  const askMany = (selection: string) =>
    bed.ask(`query ($values: [String!]!) { indicators(values: $values) { ${selection} } }`, { values: mixed });

  it('one Datadog lookup and one Argus search for a domain, with memberships and covering beside it too', async () => {
    await ask('mail.evil.example.org', `${verdict} memberships { value } covering { value }`);
    expect(calls()).toEqual([1, 1]);
  });

  it('the same for an address', async () => {
    await ask('198.18.0.20', `${verdict} memberships { value } covering { value }`);
    expect(calls()).toEqual([1, 1]);
  });

  it('a lookup each and at most three searches for a hundred mixed values', async () => {
    const { errors } = await askMany(verdict);
    expect(errors).toBeUndefined();
    expect(calls()).toEqual([100, 3]);
  });

  it('nothing more with memberships and covering beside it', async () => {
    await askMany(`${verdict} memberships { value } covering { value }`);
    expect(calls()).toEqual([100, 3]);
  });

  it('and memberships alone are one search for all of them', async () => {
    await askMany('memberships { value }');
    expect(calls()).toEqual([0, 1]);
  });

  it('and shows what it rests on: its parents and blocks are those of covering', async () => {
    for (const value of ['mail.evil.example.org', '198.18.0.20', 'home.duckdns.org']) {
      const { verdict: judged, covering } = await ask(value, 'verdict { reasons { rule detail } } covering { value }');
      const [{ rule, detail }] = judged.reasons;
      expect(rule).toBe('covered');
      for (const record of covering) expect(detail).toContain(record.value.replaceAll('.', '[.]'));
    }
  });
});
