import { describe, expect, it } from 'vitest';
import type { Answer } from '../setup/gateway.ts';
import {
  addFaults,
  askEverything,
  createVerdictDataSet,
  type Deserved,
  otherOf,
  type Source,
  shortTimeout,
  values,
  withBed,
} from './bed.ts';
import { type Case, malformed, sharedCases, status, text, timedOut, unconfigured } from './shared-outcomes.ts';

const dataSet = createVerdictDataSet();

const hang = (source: Source): Case => ({
  what: 'hangs',
  faults: [{ kind: 'hang' }],
  environment: shortTimeout(source, 200),
  outcome: timedOut,
});
const envelope = { responseCode: 200, limit: 2500, offset: 0, count: 0, metaData: {}, messages: [], data: [], size: 0 };

const cases: Readonly<Record<Source, readonly Case[]>> = {
  datadog: [
    ...sharedCases,
    hang('datadog'),
    {
      what: 'has no credentials',
      environment: { DD_API_KEY: undefined, DD_APP_KEY: undefined },
      outcome: unconfigured,
    },
    text('data that are null', { data: null }),
    text('attributes that are null', { data: { attributes: { data: null } } }),
    text('attributes that are empty', { data: { attributes: { data: {} } } }),
    text('errors with a 200', { errors: ['indicator not found'] }),
    text('data and errors at once', { data: { attributes: { data: { score: 0 } } }, errors: [{ title: 'Partial' }] }),
  ],
  argus: [
    ...sharedCases,
    hang('argus'),
    { what: 'has no credentials', environment: { ARGUS_API_KEY: undefined }, outcome: unconfigured },
    { ...status(404, malformed), what: 'answers a search with its own 404' },
    text('nothing, and counts five', { ...envelope, count: 5 }),
    text('null, and counts five', { ...envelope, data: null, count: 5 }),
    text('nothing, with the responseCode of an error', { ...envelope, responseCode: 503, data: null }),
    text('nothing, with a responseCode that refuses', { ...envelope, responseCode: 403, data: null }),
    text('null, without a responseCode', { data: null }),
    text('rows that say nothing', { ...envelope, data: [{}], count: 1, size: 1 }),
  ],
};

const clean = ['INFORMATIONAL', 'BENIGN', 'NO_MATCH'] as const;

function knows(source: Source, level: Deserved): boolean {
  if (level === 'NO_MATCH') return false;
  return source === 'datadog' || level !== 'BENIGN';
}

function expectOtherWhole(source: Source, told: Awaited<ReturnType<typeof askEverything>>['told']): void {
  const { MALICIOUS: evil, NO_MATCH: nothing } = told;
  if (source === 'argus') {
    expect([evil.threatScore, evil.datadog.threat]).toEqual([92.5, { score: 92.5 }]);
    expect([nothing.threatScore, nothing.datadog.report.status]).toEqual([null, 'NO_MATCH']);
  } else {
    const records = [{ list: { shortName: 'botnet' } }];
    expect([evil.memberships, evil.argus.memberships, evil.argus.membershipCount]).toEqual([records, records, 1]);
    expect([nothing.memberships, nothing.argus.membershipCount]).toEqual([[], 0]);
  }
}

function codesFor({ errors }: Answer, place: number, field: string): readonly string[] {
  return (errors ?? [])
    .filter(({ path }) => path[1] === place && path[2] === field)
    .map(({ extensions }) => `${extensions.code} ${extensions.source}`);
}

describe.each(['datadog', 'argus'] as const)('when %s', source => {
  const name = source.toUpperCase();
  const field = source === 'datadog' ? 'threatScore' : 'memberships';

  it.each(cases[source].map(one => [one.what, one] as const))(
    '%s, the other source is whole, every way of asking tells so, and nothing reads as clean',
    async (_, { faults = [], environment = {}, outcome, whereItMatches }) => {
      const { answer, told } = await withBed(environment, dataSet, bed => {
        addFaults(bed, source, faults);
        return askEverything(bed);
      });
      expect(answer.status).toBe(200);
      expectOtherWhole(source, told);
      // What a doubtful search for many leaves open is searched for by itself.
      const isTouched = (level: Deserved) => !(whereItMatches && !knows(source, level));
      Object.keys(values).forEach((level, place) => {
        const one = told[level as Deserved];
        if (!isTouched(level as Deserved)) {
          expect(one[source].report.status).toBe('NO_MATCH');
          return;
        }
        expect(codesFor(answer, place, field)).toEqual([`${outcome.code} ${name}`]);
        expect(one[field]).toBeNull();
        const failed = { source: name, status: outcome.status, servedFrom: null, fetchedAt: null, limits: [] };
        expect(one[source].report).toMatchObject(failed);
        expect([one.datadog.threat, one.argus.memberships][source === 'datadog' ? 0 : 1]).toBeNull();
        expect(one.sources.find((report: { source: string }) => report.source === name)).toMatchObject(failed);
        const isConnected = outcome !== unconfigured;
        expect(one.verdict.missing).toEqual(isConnected ? [name] : []);
        if (isConnected) expect(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE']).toContain(one.verdict.level);
        else expect(one.verdict.summary).toContain('is not connected here');
        expect(one.verdict.reasons.some((reason: { source: string }) => reason.source === name)).toBe(false);
      });
      for (const level of clean)
        if (isTouched(level) && outcome !== unconfigured) expect(told[level].verdict.level).toBe('INCONCLUSIVE');
      expect(told.MALICIOUS.verdict.level).toBe('MALICIOUS'); // the other one is enough
    },
  );

  it('and its neighbour both answer, each value has the verdict that it deserves', async () => {
    const { answer, told } = await withBed({}, dataSet, askEverything);
    expect(answer.errors).toBeUndefined();
    expect(Object.values(told).map(({ verdict }) => verdict.level)).toEqual(Object.keys(values));
    for (const { verdict } of Object.values(told)) expect(verdict.missing).toEqual([]);
    expect(told.MALICIOUS[otherOf(source)].report.status).toBe('MATCHED');
    expect(told.NO_MATCH[source].report.status).toBe('NO_MATCH');
  });
});

describe('an answer of Argus that is cut short', () => {
  const many = createVerdictDataSet();
  // Both ends of a walk reach 10,000 records each.
  for (let i = 0; i <= 20_000; i++)
    many.argus.add({ value: values.INFORMATIONAL, list: 'rumours', created: 1000 * (i + 1) });

  it('is an error for the shorthand, and MATCHED with TRUNCATED and what could be read for the answers', async () => {
    const { answer, told } = await withBed({}, many, askEverything);
    expect(answer.status).toBe(200);
    const place = Object.keys(values).indexOf('INFORMATIONAL');
    const { memberships, argus, sources, verdict, threatScore } = told.INFORMATIONAL;
    expect(codesFor(answer, place, 'memberships')).toEqual(['UPSTREAM_TRUNCATED ARGUS']);
    expect([memberships, threatScore]).toEqual([null, 4]);
    expect(argus.report).toMatchObject({ status: 'MATCHED', servedFrom: 'LIVE' });
    expect(argus.report.limits).toContain('TRUNCATED');
    expect(argus.membershipCount).toBe(20_000);
    expect(sources[1]).toMatchObject({ status: 'MATCHED', limits: argus.report.limits });
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
    expect([told.NO_MATCH.verdict.level, told.BENIGN.verdict.level]).toEqual(['NO_MATCH', 'BENIGN']);
  });
});
