import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostOf } from '../../src/domain/indicator/indicator.ts';
import type { CoverageLimit, SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import type { VerdictLevel } from '../../src/domain/verdict/model.ts';
import {
  type ArgusEvidence,
  answersAbout,
  argusAnswer,
  assess,
  type DatadogEvidence,
  datadogAnswer,
  emptyAnswer,
  report,
  type StatedAnswer,
  type StatedAnswers,
} from './answers.ts';

const policy: VerdictPolicy = { maliciousFrom: 70, suspiciousFrom: 30, listCaps: {} };
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
  readonly whole: fc.Arbitrary<StatedAnswer<Evidence>>;
  readonly broken: fc.Arbitrary<StatedAnswer<Evidence>>;
}

function anyAnswer<Evidence>(source: SourceName, evidence: fc.Arbitrary<Evidence>): Arbitraries<Evidence> {
  const matched = (meta: fc.Arbitrary<Partial<SourceReport>>): fc.Arbitrary<StatedAnswer<Evidence>> =>
    fc.tuple(evidence, meta).map(([brought, more]) => ({ report: report(source, 'MATCHED', more), evidence: brought }));
  const absent = answerMeta.map(more => emptyAnswer(source, 'NO_MATCH', more));
  const failed = fc.constantFrom(...failures).map(status => emptyAnswer(source, status));
  return { whole: fc.oneof(matched(answerMeta), absent), broken: fc.oneof(failed, matched(badMeta)) };
}

const datadog = anyAnswer('DATADOG', datadogEvidence);
const argus = anyAnswer('ARGUS', fc.array(argusRecord, { minLength: 1, maxLength: 4 }));
const notApplicable = fc.constant(emptyAnswer('ARGUS', 'NOT_APPLICABLE'));

const wholeOf = (value: string): fc.Arbitrary<StatedAnswers> =>
  fc
    .record({ datadog: datadog.whole, argus: fc.oneof(argus.whole, argus.whole, notApplicable) })
    .map(given => answersAbout(value, given));
const anyOf = (value: string): fc.Arbitrary<StatedAnswers> =>
  fc
    .record({
      datadog: fc.oneof(datadog.whole, datadog.broken),
      argus: fc.oneof(argus.whole, argus.broken, notApplicable),
    })
    .map(given => answersAbout(value, given));

interface Case {
  readonly own: StatedAnswers;
  readonly host: StatedAnswers | undefined;
}

const caseOf = (from: (value: string) => fc.Arbitrary<StatedAnswers>): fc.Arbitrary<Case> =>
  fc.oneof(
    fc.record({ own: from('evil.example.org'), host: fc.constant(undefined) }),
    fc.record({ own: from('https://evil.example.org/x'), host: from('evil.example.org') }),
    fc.record({ own: from('bob@evil.example.org'), host: from('evil.example.org') }),
  );
const wholeCase = caseOf(wholeOf);
const anyCase = caseOf(anyOf);
const levelOf = ({ own, host }: Case): VerdictLevel => assess(own, host, policy).level;

/** The same case with one part of the answers exchanged; `where` picks whose, `undefined` when there is no host. */
function exchange({ own, host }: Case, where: 'own' | 'host', part: (before: StatedAnswers) => StatedAnswers): Case {
  return where === 'own' || !host ? { own: part(own), host } : { own, host: part(host) };
}
const where = fc.constantFrom('own' as const, 'host' as const);

test('a failure, a stale or a truncated answer in place of a good one leaves only MALICIOUS, SUSPICIOUS or INCONCLUSIVE', () => {
  const broken = fc.oneof(
    datadog.broken.map(value => ({ datadog: value })),
    argus.broken.map(value => ({ argus: value })),
  );
  fc.assert(
    fc.property(wholeCase, broken, where, (given, replacement, whose) => {
      const level = levelOf(exchange(given, whose, before => ({ ...before, ...replacement })));
      expect(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE']).toContain(level);
    }),
    many,
  );
});

test('a verdict below SUSPICIOUS is given if and only if every applicable source answered', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { level, missing } = assess(own, host, policy);
      if (strengthOf(level) < strengthOf('INCONCLUSIVE')) expect(missing).toEqual([]);
      if (level === 'INCONCLUSIVE') expect(missing).not.toEqual([]);
    }),
    many,
  );
});

test('missing names every applicable source without a whole answer at every level, in one order', () => {
  const isMissing = ({ report: sourceReport, evidence }: StatedAnswer<unknown>): boolean =>
    failures.includes(sourceReport.status) ||
    (sourceReport.status !== 'NOT_APPLICABLE' &&
      (sourceReport.servedFrom === 'STALE_CACHE' || sourceReport.limits.includes('TRUNCATED'))) ||
    (sourceReport.status === 'MATCHED' && evidence === null);
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const all = [own, ...(host ? [host] : [])];
      const expected = ['DATADOG', 'ARGUS'].filter(source =>
        all.some(given => isMissing(source === 'DATADOG' ? given.datadog : given.argus)),
      );
      expect(assess(own, host, policy).missing).toEqual(expected);
      expect(hostOf(own.indicator) === undefined).toBe(host === undefined);
    }),
    many,
  );
});

const withMoreDatadog =
  (more: Partial<DatadogEvidence>) =>
  (before: StatedAnswers): StatedAnswers => {
    const { report: sourceReport, evidence } = before.datadog;
    if (!['MATCHED', 'NO_MATCH'].includes(sourceReport.status)) return before;
    const grown = datadogAnswer(
      { ...evidence, ...more },
      { servedFrom: sourceReport.servedFrom, limits: sourceReport.limits },
    );
    return { ...before, datadog: grown };
  };
const withMoreArgus =
  (more: readonly ArgusEvidence[]) =>
  (before: StatedAnswers): StatedAnswers => {
    const { report: sourceReport, evidence } = before.argus;
    if (!['MATCHED', 'NO_MATCH'].includes(sourceReport.status)) return before;
    return {
      ...before,
      argus: argusAnswer([...(evidence ?? []), ...more], {
        servedFrom: sourceReport.servedFrom,
        limits: sourceReport.limits,
      }),
    };
  };

test('adding accusing evidence never lowers the level', () => {
  fc.assert(
    fc.property(
      anyCase,
      where,
      fc.array(argusRecord, { minLength: 1, maxLength: 3 }),
      fc.nat(100),
      (given, whose, records, rise) => {
        const before = strengthOf(levelOf(given));
        const now = (whose === 'host' ? given.host : undefined) ?? given.own;
        const evidence = now.datadog.evidence;
        const accusations: readonly ((before: StatedAnswers) => StatedAnswers)[] = [
          withMoreArgus(
            records.map(record => ({ ...record, state: record.state === 'OLD' ? 'ACTIVE' : record.state })),
          ),
          withMoreDatadog({ score: Math.min(100, (evidence?.score ?? 0) + rise) }),
          withMoreDatadog({ maliciousSources: [...(evidence?.maliciousSources ?? []), 'new'] }),
          withMoreDatadog({ suspiciousSources: [...(evidence?.suspiciousSources ?? []), 'new'] }),
        ];
        for (const accuse of accusations)
          expect(strengthOf(levelOf(exchange(given, whose, accuse)))).toBeGreaterThanOrEqual(before);
      },
    ),
    many,
  );
});

test('benign words never lower MALICIOUS or SUSPICIOUS, nor turn an open question into an answer', () => {
  fc.assert(
    fc.property(anyCase, where, (given, whose) => {
      const before = levelOf(given);
      const now = (whose === 'host' ? given.host : undefined) ?? given.own;
      fc.pre(now.datadog.evidence !== null);
      const kind = withMoreDatadog({ benignSources: [...now.datadog.evidence.benignSources, 'kind'] });
      const sourceReport = now.datadog.report;
      const after = levelOf(
        exchange(given, whose, was => ({ ...was, datadog: { ...kind(was).datadog, report: sourceReport } })),
      );
      if (strengthOf(before) >= strengthOf('INCONCLUSIVE')) expect(after).toBe(before);
      else expect(['INFORMATIONAL', 'BENIGN']).toContain(after);
    }),
    many,
  );
});

const shuffled = (given: StatedAnswers): StatedAnswers => ({
  ...given,
  argus: { ...given.argus, evidence: given.argus.evidence?.toReversed() ?? null },
  datadog: {
    ...given.datadog,
    evidence: given.datadog.evidence && {
      ...given.datadog.evidence,
      maliciousSources: given.datadog.evidence.maliciousSources.toReversed(),
      suspiciousSources: given.datadog.evidence.suspiciousSources.toReversed(),
      benignSources: given.datadog.evidence.benignSources.toReversed(),
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
  const rewritten = (given: StatedAnswers): StatedAnswers => ({
    ...shuffled(given),
    datadog: { ...shuffled(given).datadog, report: { ...given.datadog.report, ...meta } },
    argus: { ...shuffled(given).argus, report: { ...given.argus.report, ...meta } },
  });
  fc.assert(
    fc.property(wholeCase, ({ own, host }) => {
      expect(assess(rewritten(own), host && rewritten(host), policy)).toEqual(assess(own, host, policy));
    }),
    many,
  );
});

test('old records, triage and counts change no level', () => {
  const context = (given: StatedAnswers): StatedAnswers => {
    const old = withMoreArgus([{ list: 'o', confidence: 1, state: 'OLD' }])(given);
    return given.datadog.evidence
      ? withMoreDatadog({ triageState: 'REVIEWED', logMatches: '9223372036854775807' })(old)
      : old;
  };
  fc.assert(
    fc.property(wholeCase, where, (given, whose) => {
      expect(levelOf(exchange(given, whose, context))).toBe(levelOf(given));
    }),
    many,
  );
});

test('the host adds at most SUSPICIOUS, and never takes anything away', () => {
  fc.assert(
    fc.property(wholeOf('https://evil.example.org/x'), wholeOf('evil.example.org'), (own, host) => {
      const alone = levelOf({ own, host: answersAbout('evil.example.org') });
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
      const { level, reasons, summary } = assess(own, host, policy);
      expect(reasons[0]?.effect).toBe(level);
      for (const { effect } of reasons) expect(effect === null || strengthOf(effect) <= strengthOf(level)).toBe(true);
      expect(summary).toMatch(/^[^\n]*\.$/u);
      expect(summary).not.toMatch(/https?:|evil\.example/u);
    }),
    many,
  );
});
