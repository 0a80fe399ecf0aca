import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostOf } from '../../src/domain/indicator/indicator.ts';
import type { CoverageLimit, SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import type { VerdictLevel } from '../../src/domain/verdict/verdict.ts';
import {
  type ArgusEvidence,
  argusSays,
  type DatadogEvidence,
  datadogSays,
  type Heard,
  judge,
  report,
  silent,
  type Testimony,
  testimony,
} from './testimony.ts';

const policy = { maliciousFrom: 70, suspiciousFrom: 30 };
const many = { numRuns: 2_000 };
const strength: readonly VerdictLevel[] = [
  'NO_MATCH',
  'BENIGN',
  'INFORMATIONAL',
  'INCONCLUSIVE',
  'SUSPICIOUS',
  'MALICIOUS',
];
const strengthOf = (level: VerdictLevel): number => strength.indexOf(level);
const failures: readonly SourceStatus[] = [
  'NOT_QUERIED',
  'UNCONFIGURED',
  'DENIED',
  'REJECTED',
  'RATE_LIMITED',
  'TIMED_OUT',
  'UNAVAILABLE',
  'MALFORMED',
];
const normalLimits: readonly CoverageLimit[] = [
  'LAST_30_DAYS',
  'READABLE_LISTS_ONLY',
  'STATES_FILTERED',
  'EXACT_VALUE_ONLY',
];

const feeds = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });
const datadogEvidence: fc.Arbitrary<DatadogEvidence> = fc.record({
  score: fc.option(fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 29, 30, 69, 70, 100))),
  maliciousSources: feeds,
  suspiciousSources: feeds,
  benignSources: feeds,
  triageState: fc.constantFrom('NOT_REVIEWED' as const, 'REVIEWED' as const, 'UNKNOWN' as const, null),
  logMatches: fc.option(fc.nat()),
});
const argusRecord: fc.Arbitrary<ArgusEvidence> = fc.record({
  list: fc.constantFrom('x', 'y', 'z'),
  confidence: fc.option(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.3, 0.7, 1))),
  state: fc.constantFrom('ACTIVE' as const, 'LATEST' as const, 'OLD' as const, 'UNKNOWN' as const),
});

const answerMeta = fc.record({
  servedFrom: fc.constantFrom('LIVE' as const, 'CACHE' as const),
  limits: fc.subarray([...normalLimits]),
});
const badMeta = fc.oneof(
  fc.record({ servedFrom: fc.constant('STALE_CACHE' as const), staleBecause: fc.constantFrom(...failures, null) }),
  fc.record({ limits: fc.constant<CoverageLimit[]>(['TRUNCATED']) }),
);

interface Arbitraries<Evidence> {
  readonly whole: fc.Arbitrary<Heard<Evidence>>;
  readonly broken: fc.Arbitrary<Heard<Evidence>>;
}

function heard<Evidence>(source: SourceName, evidence: fc.Arbitrary<Evidence>): Arbitraries<Evidence> {
  const matched = (meta: fc.Arbitrary<Partial<SourceReport>>): fc.Arbitrary<Heard<Evidence>> =>
    fc.tuple(evidence, meta).map(([brought, more]) => ({ report: report(source, 'MATCHED', more), evidence: brought }));
  const absent = answerMeta.map(more => silent(source, 'NO_MATCH', more));
  const failed = fc.constantFrom(...failures).map(status => silent(source, status));
  return { whole: fc.oneof(matched(answerMeta), absent), broken: fc.oneof(failed, matched(badMeta)) };
}

const datadog = heard('DATADOG', datadogEvidence);
const argus = heard('ARGUS', fc.array(argusRecord, { minLength: 1, maxLength: 4 }));
const notApplicable = fc.constant(silent('ARGUS', 'NOT_APPLICABLE'));

const wholeOf = (value: string): fc.Arbitrary<Testimony> =>
  fc
    .record({ datadog: datadog.whole, argus: fc.oneof(argus.whole, argus.whole, notApplicable) })
    .map(said => testimony(value, said));
const anyOf = (value: string): fc.Arbitrary<Testimony> =>
  fc
    .record({
      datadog: fc.oneof(datadog.whole, datadog.broken),
      argus: fc.oneof(argus.whole, argus.broken, notApplicable),
    })
    .map(said => testimony(value, said));

interface Case {
  readonly own: Testimony;
  readonly host: Testimony | undefined;
}

const caseOf = (from: (value: string) => fc.Arbitrary<Testimony>): fc.Arbitrary<Case> =>
  fc.oneof(
    fc.record({ own: from('evil.example.org'), host: fc.constant(undefined) }),
    fc.record({ own: from('https://evil.example.org/x'), host: from('evil.example.org') }),
    fc.record({ own: from('bob@evil.example.org'), host: from('evil.example.org') }),
  );
const wholeCase = caseOf(wholeOf);
const anyCase = caseOf(anyOf);
const levelOf = ({ own, host }: Case): VerdictLevel => judge(own, host, policy).level;

/** The same case with one part of one testimony exchanged; `where` picks whose, `undefined` when there is no host. */
function exchange({ own, host }: Case, where: 'own' | 'host', part: (before: Testimony) => Testimony): Case {
  return where === 'own' || !host ? { own: part(own), host } : { own, host: part(host) };
}
const where = fc.constantFrom('own' as const, 'host' as const);

test('a failure, a stale or a truncated answer in place of a good one leaves only MALICIOUS, SUSPICIOUS or INCONCLUSIVE', () => {
  const broken = fc.oneof(
    datadog.broken.map(value => ({ datadog: value })),
    argus.broken.map(value => ({ argus: value })),
  );
  fc.assert(
    fc.property(wholeCase, broken, where, (said, replacement, whose) => {
      const level = levelOf(exchange(said, whose, before => ({ ...before, ...replacement })));
      expect(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE']).toContain(level);
    }),
    many,
  );
});

test('a verdict below SUSPICIOUS is given only where every applicable source was heard, and then always', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { level, missing } = judge(own, host, policy);
      if (strengthOf(level) < strengthOf('INCONCLUSIVE')) expect(missing).toEqual([]);
      if (level === 'INCONCLUSIVE') expect(missing).not.toEqual([]);
    }),
    many,
  );
});

test('missing names every unheard applicable source at every level, in one order', () => {
  const isUnheard = ({ report: told, evidence }: Heard<unknown>): boolean =>
    failures.includes(told.status) ||
    (told.status !== 'NOT_APPLICABLE' && (told.servedFrom === 'STALE_CACHE' || told.limits.includes('TRUNCATED'))) ||
    (told.status === 'MATCHED' && evidence === null);
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const all = [own, ...(host ? [host] : [])];
      const expected = ['DATADOG', 'ARGUS'].filter(source =>
        all.some(said => isUnheard(source === 'DATADOG' ? said.datadog : said.argus)),
      );
      expect(judge(own, host, policy).missing).toEqual(expected);
      expect(hostOf(own.indicator) === undefined).toBe(host === undefined);
    }),
    many,
  );
});

const withMoreDatadog =
  (more: Partial<DatadogEvidence>) =>
  (before: Testimony): Testimony => {
    const { report: told, evidence } = before.datadog;
    if (!['MATCHED', 'NO_MATCH'].includes(told.status)) return before;
    const grown = datadogSays({ ...evidence, ...more }, { servedFrom: told.servedFrom, limits: told.limits });
    return { ...before, datadog: grown };
  };
const withMoreArgus =
  (more: readonly ArgusEvidence[]) =>
  (before: Testimony): Testimony => {
    const { report: told, evidence } = before.argus;
    if (!['MATCHED', 'NO_MATCH'].includes(told.status)) return before;
    return {
      ...before,
      argus: argusSays([...(evidence ?? []), ...more], { servedFrom: told.servedFrom, limits: told.limits }),
    };
  };

test('adding accusing evidence never lowers the level', () => {
  fc.assert(
    fc.property(
      anyCase,
      where,
      fc.array(argusRecord, { minLength: 1, maxLength: 3 }),
      fc.nat(100),
      (said, whose, records, rise) => {
        const before = strengthOf(levelOf(said));
        const now = (whose === 'host' ? said.host : undefined) ?? said.own;
        const evidence = now.datadog.evidence;
        const accusations: readonly ((before: Testimony) => Testimony)[] = [
          withMoreArgus(
            records.map(record => ({ ...record, state: record.state === 'OLD' ? 'ACTIVE' : record.state })),
          ),
          withMoreDatadog({ score: Math.min(100, (evidence?.score ?? 0) + rise) }),
          withMoreDatadog({ maliciousSources: [...(evidence?.maliciousSources ?? []), 'new'] }),
          withMoreDatadog({ suspiciousSources: [...(evidence?.suspiciousSources ?? []), 'new'] }),
        ];
        for (const accuse of accusations)
          expect(strengthOf(levelOf(exchange(said, whose, accuse)))).toBeGreaterThanOrEqual(before);
      },
    ),
    many,
  );
});

test('benign words never lower MALICIOUS or SUSPICIOUS, nor turn an open question into an answer', () => {
  fc.assert(
    fc.property(anyCase, where, (said, whose) => {
      const before = levelOf(said);
      const now = (whose === 'host' ? said.host : undefined) ?? said.own;
      fc.pre(now.datadog.evidence !== null);
      const kind = withMoreDatadog({ benignSources: [...now.datadog.evidence.benignSources, 'kind'] });
      const told = now.datadog.report;
      const after = levelOf(
        exchange(said, whose, was => ({ ...was, datadog: { ...kind(was).datadog, report: told } })),
      );
      if (strengthOf(before) >= strengthOf('INCONCLUSIVE')) expect(after).toBe(before);
      else expect(['INFORMATIONAL', 'BENIGN']).toContain(after);
    }),
    many,
  );
});

const shuffled = (said: Testimony): Testimony => ({
  ...said,
  argus: { ...said.argus, evidence: said.argus.evidence?.toReversed() ?? null },
  datadog: {
    ...said.datadog,
    evidence: said.datadog.evidence && {
      ...said.datadog.evidence,
      maliciousSources: said.datadog.evidence.maliciousSources.toReversed(),
      suspiciousSources: said.datadog.evidence.suspiciousSources.toReversed(),
      benignSources: said.datadog.evidence.benignSources.toReversed(),
    },
  },
});

test('the order of the evidence, normal limits, age and cache change nothing at all', () => {
  const meta = {
    servedFrom: 'CACHE',
    limits: normalLimits,
    fetchedAt: '2026-01-01T00:00:00Z',
    ageSeconds: 99,
    detail: 'x',
  } as const;
  const rewritten = (said: Testimony): Testimony => ({
    ...shuffled(said),
    datadog: { ...shuffled(said).datadog, report: { ...said.datadog.report, ...meta } },
    argus: { ...shuffled(said).argus, report: { ...said.argus.report, ...meta } },
  });
  fc.assert(
    fc.property(wholeCase, ({ own, host }) => {
      expect(judge(rewritten(own), host && rewritten(host), policy)).toEqual(judge(own, host, policy));
    }),
    many,
  );
});

test('old records, triage and counts change no level', () => {
  const context = (said: Testimony): Testimony => {
    const old = withMoreArgus([{ list: 'o', confidence: 1, state: 'OLD' }])(said);
    return said.datadog.evidence
      ? withMoreDatadog({ triageState: 'REVIEWED', logMatches: '9223372036854775807' })(old)
      : old;
  };
  fc.assert(
    fc.property(wholeCase, where, (said, whose) => {
      expect(levelOf(exchange(said, whose, context))).toBe(levelOf(said));
    }),
    many,
  );
});

test('the host adds at most SUSPICIOUS, and never takes anything away', () => {
  fc.assert(
    fc.property(wholeOf('https://evil.example.org/x'), wholeOf('evil.example.org'), (own, host) => {
      const alone = levelOf({ own, host: testimony('evil.example.org') });
      const together = levelOf({ own, host });
      expect(strengthOf(together)).toBeGreaterThanOrEqual(strengthOf(alone));
      if (alone !== 'MALICIOUS') expect(together).not.toBe('MALICIOUS');
    }),
    many,
  );
});

test('the first reason carries the level, no reason is stronger, and every verdict has one', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { level, reasons, summary } = judge(own, host, policy);
      expect(reasons[0]?.effect).toBe(level);
      for (const { effect } of reasons) expect(effect === null || strengthOf(effect) <= strengthOf(level)).toBe(true);
      expect(summary).toMatch(/^[^\n]*\.$/u);
      expect(summary).not.toMatch(/https?:|evil\.example/u);
    }),
    many,
  );
});
