import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostOf } from '../../src/domain/indicator/indicator.ts';
import type { CoverageLimit, SourceName, SourceReport, SourceStatus } from '../../src/domain/source-report.ts';
import type { CoveringEvidence, VerdictLevel, VerdictPolicy } from '../../src/domain/verdict/model.ts';
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

/** Names that could be mistaken for the sentence itself. */
const anyName = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'urlhaus',
    'abuse.ch URLhaus',
    'FORGED" is harmless: Datadog',
    '” FORGED “',
    '\u202eFORGED\n',
  ),
  fc.string({ unit: 'grapheme', maxLength: 120 }).map(text => `FORGED${text}`),
);
const feeds = fc.array(anyName, { maxLength: 4 });
const categories = fc.array(
  fc.oneof(
    fc.constantFrom('tor', 'hosting_proxy'),
    anyName.map(text => `${text}!`),
  ),
  { maxLength: 5 },
);
const signalSeverity = fc.array(
  fc.record({
    severity: fc.option(fc.constantFrom('critical', 'HIGH', 'medium', 'info')),
    count: fc.option(fc.oneof(fc.nat(), fc.constant('9223372036854775807'))),
  }),
  { maxLength: 3 },
);
const datadogEvidence: fc.Arbitrary<DatadogEvidence> = fc.record({
  score: fc.option(fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 29, 30, 69, 70, 100))),
  maliciousSources: feeds,
  suspiciousSources: feeds,
  benignSources: feeds,
  categories,
  signalSeverity,
  triageState: fc.constantFrom('NOT_REVIEWED' as const, 'REVIEWED' as const, 'UNKNOWN' as const, null),
  logMatches: fc.option(fc.nat()),
});
const answeredAt = '2026-07-01T00:00:00Z';
const daysAgo = (days: number): string => new Date(Date.parse(answeredAt) - days * 86_400_000).toISOString();
const argusRecord: fc.Arbitrary<ArgusEvidence> = fc.record({
  list: anyName,
  shortName: fc.constantFrom('x', 'y', 'capped'),
  lastSeen: fc.option(fc.constantFrom(1, 89, 91, 364, 366, 3000).map(daysAgo)),
  confidence: fc.option(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.3, 0.7, 1))),
  state: fc.constantFrom('ACTIVE' as const, 'LATEST' as const, 'OLD' as const, 'UNKNOWN' as const),
});

const coveringRecord: fc.Arbitrary<CoveringEvidence> = fc
  .tuple(argusRecord, fc.constantFrom('example.org', 'org', '*.example.org', '203.0.113.0/24', 'FORGED" x'))
  .map(([record, value]) => ({ ...record, value }));
const coveringRecords = fc.array(coveringRecord, { maxLength: 3 });

const answerMeta = fc.record({
  fetchedAt: fc.constant(answeredAt),
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
const unconfigured = fc.constant(emptyAnswer('ARGUS', 'UNCONFIGURED'));

const wholeOf = (value: string): fc.Arbitrary<StatedAnswers> =>
  fc
    .record({
      datadog: datadog.whole,
      argus: fc.oneof(argus.whole, argus.whole, notApplicable),
      covering: coveringRecords,
      isListedType: fc.boolean(),
    })
    .map(given => answersAbout(value, given));
const anyOf = (value: string): fc.Arbitrary<StatedAnswers> =>
  fc
    .record({
      datadog: fc.oneof(datadog.whole, datadog.broken),
      argus: fc.oneof(argus.whole, argus.broken, notApplicable, unconfigured),
      covering: coveringRecords,
      isListedType: fc.boolean(),
    })
    .map(given => answersAbout(value, given));

interface Case {
  readonly own: StatedAnswers;
  readonly host: StatedAnswers | undefined;
}

const caseOf = (from: (value: string) => fc.Arbitrary<StatedAnswers>): fc.Arbitrary<Case> =>
  fc.oneof(
    fc.record({ own: from('evil.example.org'), host: fc.constant(undefined) }),
    fc.record({ own: from('203.0.113.21'), host: fc.constant(undefined) }),
    fc.record({ own: from('d41d8cd98f00b204e9800998ecf8427e'), host: fc.constant(undefined) }),
    fc.record({ own: from(`guessed ${'text '.repeat(30)}`), host: fc.constant(undefined) }),
    fc.record({ own: from(`https://evil.example.org/${'x'.repeat(200)}`), host: from('evil.example.org') }),
    fc.record({ own: from('https://evil.example.org/x'), host: from('evil.example.org') }),
    fc.record({ own: from('bob@evil.example.org'), host: from('evil.example.org') }),
  );
const wholeCase = caseOf(wholeOf);
const anyCase = caseOf(anyOf);
/** Of kinds that somebody is known to hold: of another, a first weak word turns "nobody can say" into "known". */
const caseWithWitness = anyCase.filter(
  ({ own, host }) => host !== undefined || ['DOMAIN', 'IPV4'].includes(own.indicator.type),
);
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

test('a verdict below INCONCLUSIVE is given only where no source is missing', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { level, missing } = assess(own, host, policy);
      if (strengthOf(level) < strengthOf('INCONCLUSIVE')) expect(missing).toEqual([]);
    }),
    many,
  );
});

/** Accusations of the indicator itself that must not end below SUSPICIOUS, as the policy's page has them. */
function isFirmlyAccused({ datadog: { evidence }, argus: { evidence: records } }: StatedAnswers): boolean {
  const isRecent = (lastSeen: string | null, days: number) =>
    lastSeen === null || Date.parse(answeredAt) - Date.parse(lastSeen) <= days * 86_400_000;
  const isFirm = ({ state, confidence, lastSeen }: ArgusEvidence) =>
    (state === 'ACTIVE' && (confidence === null || confidence >= 0.3)) ||
    (state === 'LATEST' && confidence !== null && confidence >= 0.7 && isRecent(lastSeen, 365)) ||
    (state === 'LATEST' && (confidence === null || confidence >= 0.3) && isRecent(lastSeen, 90));
  const byFeed = (evidence?.maliciousSources.length ?? 0) + (evidence?.suspiciousSources.length ?? 0) > 0;
  return byFeed || (evidence?.score ?? 0) >= 30 || (records ?? []).some(isFirm);
}

test('a firm accusation is never less than SUSPICIOUS, whatever is said beside it', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      fc.pre(isFirmlyAccused(own));
      expect(['MALICIOUS', 'SUSPICIOUS']).toContain(assess(own, host, policy).level);
    }),
    many,
  );
});

test('a cap or a special use lowers a list and nothing else, and the accusation stays in reasons and sentence', () => {
  const capped: VerdictPolicy = { ...policy, listCaps: { capped: 'INFORMATIONAL' } };
  const onlyCapped = fc.array(
    argusRecord.map(record => ({ ...record, shortName: 'capped' })),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(onlyCapped, fc.constantFrom('203.0.113.21', '10.0.0.5'), (records, value) => {
      const given = answersAbout(value, { argus: argusAnswer(records, { fetchedAt: answeredAt }) });
      const { level, reasons, summary } = assess(given, undefined, capped);
      const isListed = records.some(({ state }) => state !== 'OLD');
      expect(level).toBe(isListed ? 'INFORMATIONAL' : 'NO_MATCH');
      if (isListed) expect(reasons.some(({ source, effect }) => source === 'ARGUS' && effect !== null)).toBe(true);
      if (isListed) expect(summary).toMatch(/is only weakly accused: Argus has it on /);
    }),
    many,
  );
});

test('no accusation vanishes: each source that accuses is in the reasons and in the sentence', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { reasons, summary } = assess(own, host, policy);
      const spoken = summary.replaceAll(/"[^"]*"/g, '""');
      const { evidence } = own.datadog;
      const listed = (own.argus.evidence ?? []).filter(({ state }) => state !== 'OLD');
      if (listed.length > 0) expect(spoken).toMatch(/Argus has it on /);
      if (listed.length > 0) expect(reasons.some(({ source, effect }) => source === 'ARGUS' && effect)).toBe(true);
      if (evidence && evidence.maliciousSources.length > 0) expect(spoken).toMatch(/called malicious by|\d malicious/);
      if (evidence && evidence.suspiciousSources.length > 0)
        expect(spoken).toMatch(/called suspicious by|\d suspicious/);
      for (const list of ['maliciousSources', 'suspiciousSources'] as const)
        if (evidence && evidence[list].length > 0)
          expect(reasons.map(({ rule }) => rule)).toContain(`datadog-${list.replace('Sources', '')}`);
      if (evidence && (evidence.score ?? 0) >= 30) expect(spoken).toContain('Datadog scores it');
      if (host && isFirmlyAccused(host)) expect(summary).toContain('its host');
    }),
    many,
  );
});

test('NO_MATCH only where a source that is known to hold such a thing was heard about it or its host', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      if (assess(own, host, policy).level !== 'NO_MATCH') return;
      const { type } = own.indicator;
      expect(host !== undefined || ['DOMAIN', 'IPV4'].includes(type) || own.isListedType === true).toBe(true);
      expect(type).not.toBe('OTHER');
    }),
    many,
  );
});

test('conflicting only where the sentence names both sides', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { conflicting, summary } = assess(own, host, policy);
      if (!conflicting) return;
      expect(summary).toContain('Datadog ');
      const { benignSources = [], ...rest } = own.datadog.evidence ?? {};
      if (benignSources.length > 0) expect(summary).toMatch(/called benign (\(or muted\) )?by|\d benign/);
      else expect(summary).toMatch(/but Datadog scores it/);
      const isAccusedByDatadog = /called (malicious|suspicious) by|\d (malicious|suspicious)|signals?/.test(summary);
      const byScore = 'score' in rest && (rest.score ?? 0) >= 30;
      expect(isAccusedByDatadog || byScore || summary.includes('Argus has it on ')).toBe(true);
    }),
    many,
  );
});

test('no name out of an upstream leaves its quotes, and no sentence is longer than 300 characters', () => {
  fc.assert(
    fc.property(anyCase, ({ own, host }) => {
      const { summary, reasons } = assess(own, host, policy);
      expect(summary.length).toBeLessThanOrEqual(300);
      for (const text of [summary, ...reasons.map(({ detail }) => detail)]) {
        expect(text.replaceAll(/"[^"]*"/g, '')).not.toContain('"');
        expect(text.replaceAll(/"[^"]*"/g, '').replaceAll(/(parent|above it|around it) FORGED\S*/g, '')).not.toMatch(
          /FORGED(?!' x )/,
        );
      }
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

const withoutSource = ({ servedFrom, limits, fetchedAt }: SourceReport) => ({ servedFrom, limits, fetchedAt });

const withMoreDatadog =
  (more: Partial<DatadogEvidence>) =>
  (before: StatedAnswers): StatedAnswers => {
    const { report: sourceReport, evidence } = before.datadog;
    if (!['MATCHED', 'NO_MATCH'].includes(sourceReport.status)) return before;
    const grown = datadogAnswer({ ...evidence, ...more }, withoutSource(sourceReport));
    return { ...before, datadog: grown };
  };
const withMoreArgus =
  (more: readonly ArgusEvidence[]) =>
  (before: StatedAnswers): StatedAnswers => {
    const { report: sourceReport, evidence } = before.argus;
    if (!['MATCHED', 'NO_MATCH'].includes(sourceReport.status)) return before;
    return {
      ...before,
      argus: argusAnswer([...(evidence ?? []), ...more], withoutSource(sourceReport)),
    };
  };

test('adding accusing evidence never lowers the level', () => {
  fc.assert(
    fc.property(
      caseWithWitness,
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

/** Benign feeds alone beside a high score are an organisation's mute: MALICIOUS becomes SUSPICIOUS. */
const isOnlyScoredHigh = ({ score, maliciousSources, suspiciousSources }: DatadogEvidence): boolean =>
  (score ?? 0) >= 70 && maliciousSources.length + suspiciousSources.length === 0;

test('benign words never lower MALICIOUS or SUSPICIOUS, nor turn an open question into an answer', () => {
  fc.assert(
    fc.property(anyCase, where, (given, whose) => {
      const before = levelOf(given);
      const now = (whose === 'host' ? given.host : undefined) ?? given.own;
      fc.pre(now.datadog.evidence !== null && !isOnlyScoredHigh(now.datadog.evidence));
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
    const old = withMoreArgus([{ list: 'o', shortName: 'o', confidence: 1, state: 'OLD', lastSeen: null }])(given);
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
