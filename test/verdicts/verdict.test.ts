import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTabs } from '../../src/web/graphiql/tabs.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';
import {
  addFaults,
  callsOf,
  createVerdictDataSet,
  forgetRequests,
  patient,
  type Source,
  values,
  withBed,
  withoutCache,
} from './bed.ts';

const dataSet = createVerdictDataSet();
dataSet.datadog.add('both.example.org', {
  attributes: { score: 55, malicious_sources: [{ name: 'b' }, { name: 'a' }], benign_sources: [{ name: 'good' }] },
  history: [{ triage_state: 'reviewed', triaged_at: '2026-05-01T00:00:00.000001Z', triaged_by: 'u' }],
});
for (const list of ['rumours', 'botnet', 'hunches']) dataSet.argus.add({ value: 'both.example.org', list });
dataSet.argus.addDescriptor({ shortName: 'comment' });
dataSet.argus.add({ value: 'latest.example.org', list: 'botnet', state: 'latest' });
dataSet.argus.add({ value: 'superseded.example.org', list: 'botnet', state: 'old' });

const pool = [
  ...Object.values(values),
  'both.example.org',
  'latest.example.org',
  'superseded.example.org',
  'https://both.example.org/a?b=c',
  `someone@${values.MALICIOUS}`,
  '192.0.2.77',
  'masscan/1.3 (https://scanner.example.org)',
  'd41d8cd98f00b204e9800998ecf8427e',
];

const verdict = 'verdict { id level summary reasons { source rule effect detail } missing conflicting policyVersion }';
const beside = [
  'threatScore',
  'triageState',
  'triageHistory(limit: 1) { at }',
  'triageHistory(offset: 1) { by }',
  'threat(ocsf: true) { score }',
  'threat(ocsf: false) { maliciousSources }',
  'datadog(ocsf: true) { report { status } threat { id } triageHistory { at } }',
  'memberships(states: [OLD]) { state }',
  'memberships(lists: ["rumours"]) { value }',
  'memberships(orderBy: [{ field: LIST, direction: DESC }]) { properties(names: ["comment"]) { value } }',
  'argus(lists: ["nothing"]) { report { status } membershipCount }',
  'argus(states: [ACTIVE, LATEST, OLD]) { memberships(limit: 1) { value } }',
  'sources { status limits }',
  'host { threatScore memberships { value } verdict { level } }',
];

const clock = createTestClock();
let cold: TestBed;
let warm: TestBed;
beforeAll(async () => {
  cold = await startTestBed(withoutCache, { dataSet }, undefined, undefined, { clock });
  warm = await startTestBed({ ...patient, CACHE_FRESH_SECONDS: '3600', CACHE_NEGATIVE_SECONDS: '3600' }, { dataSet });
});
afterAll(() => Promise.all([cold.stop(), warm.stop()]));

async function verdictsOf(bed: TestBed, asked: readonly string[], selection: string, head = 'indicators(values: $v)') {
  const { data, errors } = await bed.ask(`query ($v: [String!]!) { all: ${head} { value ${selection} } }`, {
    v: asked,
  });
  expect(errors).toBeUndefined();
  return new Map<string, unknown>(data.all.map((one: { value: string; verdict: unknown }) => [one.value, one.verdict]));
}

describe('a verdict', () => {
  it('is the same whatever is selected beside it, in whatever order and company, cold or warm', async () => {
    const alone = new Map<string, unknown>();
    for (const value of pool) alone.set(value, (await verdictsOf(cold, [value], verdict)).get(value));
    const levels = new Set([...alone.values()].map(one => (one as { level: string }).level));
    expect([...levels].sort()).toEqual([
      'BENIGN',
      'INCONCLUSIVE', // a kind that nobody is known to hold
      'INFORMATIONAL',
      'MALICIOUS',
      'NO_MATCH',
      'SUSPICIOUS',
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(pool, { minLength: 1, maxLength: 5 }),
        fc.shuffledSubarray(beside, { maxLength: 5 }),
        fc.nat(5),
        fc.boolean(),
        async (asked, extra, place, isWarm) => {
          const fields = extra.map((field, index) => `x${index}: ${field}`).toSpliced(place, 0, verdict);
          const heard = await verdictsOf(isWarm ? warm : cold, asked, fields.join(' '));
          for (const value of asked) expect(heard.get(value)).toEqual(alone.get(value));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same with an age as without one', async () => {
    for (const head of [
      'indicators(values: $v)',
      'indicators(values: $v, maxAgeSeconds: 0)',
      'indicators(values: $v, maxAgeSeconds: 60)',
    ])
      expect(await verdictsOf(warm, pool, verdict, head)).toEqual(await verdictsOf(cold, pool, verdict));
  });

  it('of whatever fails never reads as clean, and names what is missing', async () => {
    const faults = [
      { kind: 'status', status: 403 },
      { kind: 'html' },
      { kind: 'status', status: 400 },
      { kind: 'noContent' },
    ] as const;
    const cases = fc.tuple(
      fc.constantFrom<Source>('datadog', 'argus'),
      fc.constantFrom(...faults),
      fc.shuffledSubarray(pool.slice(0, 10), { minLength: 1, maxLength: 4 }),
      fc.shuffledSubarray(beside.slice(-2), { maxLength: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([source, fault, asked, extra]) => {
        addFaults(cold, source, [fault]);
        try {
          const fields = [verdict, ...extra]
            .join(' ')
            .replace(/memberships \{ value \}/g, 'argus { report { status } }');
          const { data } = await cold.ask(`query ($v: [String!]!) { indicators(values: $v) { ${fields} } }`, {
            v: asked,
          });
          for (const one of data.indicators) {
            expect(one.verdict.missing).toEqual([source.toUpperCase()]);
            expect(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE']).toContain(one.verdict.level);
          }
        } finally {
          cold.emulators[source].faults.clear();
          clock.pass(61_000); // what was refused is not tried again before
        }
      }),
      { numRuns: 40 },
    );
  });

  it('from memory costs no call at all', async () => {
    await verdictsOf(warm, pool, verdict);
    forgetRequests(warm);
    await verdictsOf(warm, pool, `${verdict} sources { status }`);
    expect([callsOf(warm, 'datadog'), callsOf(warm, 'argus')]).toEqual([[], []]);
  });

  it('follows the thresholds that are configured, and says by its version that it did', async () => {
    await withBed({ VERDICT_MALICIOUS_FROM: '95', VERDICT_SUSPICIOUS_FROM: '93' }, dataSet, async strict => {
      const heard = await verdictsOf(strict, [values.MALICIOUS], verdict);
      expect(heard.get(values.MALICIOUS)).toMatchObject({
        level: 'SUSPICIOUS', // a feed still calls it malicious
        policyVersion: '2;malicious-from=95;suspicious-from=93;latest-high-days=365;latest-days=90;caps=',
      });
    });
  });
});

it("GraphiQL's first example shows the verdict and both reports", async () => {
  const [first] = startTabs({}, '');
  const { data, errors } = await warm.ask(first?.query ?? '');
  expect(errors).toBeUndefined();
  expect(data.indicator).toMatchObject({
    verdict: { level: 'MALICIOUS', summary: expect.any(String), reasons: expect.any(Array), missing: [] },
    datadog: { report: { status: 'MATCHED', limits: ['LAST_30_DAYS'] } },
    argus: { report: { status: 'MATCHED', servedFrom: expect.any(String) } },
  });
});

it('thresholds upside down refuse to start, with a sentence that names them', async () => {
  const start = startTestBed({ VERDICT_MALICIOUS_FROM: '20', VERDICT_SUSPICIOUS_FROM: '30' }, { dataSet });
  await expect(start).rejects.toThrow(/VERDICT_MALICIOUS_FROM and VERDICT_SUSPICIOUS_FROM/);
});

describe('a verdict on a URL', () => {
  it('asks about its host first, which says more where only one call gets through', async () => {
    await withBed({ ...withoutCache, DATADOG_CONCURRENCY: '1' }, dataSet, async bed => {
      await bed.ask('{ indicator(value: "https://first.example.org/x") { verdict { level } } }');
      const asked = callsOf(bed, 'datadog').flatMap(request => request.values);
      expect(asked).toEqual(['first.example.org', 'https://first.example.org/x']);
    });
  });
});
