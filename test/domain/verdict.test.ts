import { expect, test } from 'vitest';
import type { SourceStatus } from '../../src/domain/source-report.ts';
import type { VerdictPolicy } from '../../src/domain/verdict/model.ts';
import { policyProblem } from '../../src/domain/verdict/policy.ts';
import {
  type ArgusEvidence,
  answersAbout,
  argusAnswer,
  assess,
  type DatadogEvidence,
  datadogAnswer,
  emptyAnswer,
  noMatches,
  type StatedAnswers,
} from './answers.ts';

const policy: VerdictPolicy = { maliciousFrom: 70, suspiciousFrom: 30, listCaps: {} };
const name = 'evil.example.org';
const link = 'https://evil.example.org/x';

const assessed = (given: Partial<StatedAnswers>, value = name) => assess(answersAbout(value, given), undefined, policy);
const linkAssessed = (given: Partial<StatedAnswers>, ofHost: Partial<StatedAnswers>) =>
  assess(answersAbout(link, given), answersAbout(name, ofHost), policy);
const rulesOf = ({ reasons }: { reasons: readonly { rule: string }[] }) => reasons.map(({ rule }) => rule);

test.each<[Partial<ArgusEvidence>, string, string]>([
  [{ state: 'ACTIVE', confidence: 1 }, 'argus-high', 'MALICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.7 }, 'argus-high', 'MALICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.6999 }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.3 }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: null }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.2999 }, 'argus-low', 'INFORMATIONAL'],
  [{ state: 'ACTIVE', confidence: 0 }, 'argus-low', 'INFORMATIONAL'],
  [{ state: 'LATEST', confidence: 0.7 }, 'argus-latest-high', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: 0.69 }, 'argus-latest', 'INFORMATIONAL'],
  [{ state: 'LATEST', confidence: null }, 'argus-latest', 'INFORMATIONAL'],
  [{ state: 'UNKNOWN', confidence: 0.9 }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'UNKNOWN', confidence: null }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'UNKNOWN', confidence: 0.1 }, 'argus-low', 'INFORMATIONAL'],
])('an Argus record %j falls under %s and makes %s', (record, rule, level) => {
  const verdict = assessed({ argus: argusAnswer([record]) });
  expect(verdict.level).toBe(level);
  expect(verdict.reasons).toMatchObject([{ source: 'ARGUS', rule, effect: level }]);
});

test.each<[Partial<DatadogEvidence>, string[], string]>([
  [{ score: 100 }, ['datadog-high'], 'MALICIOUS'],
  [{ score: 70 }, ['datadog-high'], 'MALICIOUS'],
  [{ score: 69.99 }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 30 }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 30, benignSources: ['b'] }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 4, suspiciousSources: ['SOURCE1'] }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: null }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: 0, maliciousSources: ['a'] }, ['datadog-malicious'], 'SUSPICIOUS'],
  [{ score: 80, maliciousSources: ['a'] }, ['datadog-high', 'datadog-malicious'], 'MALICIOUS'],
  [{ score: null, benignSources: ['b'] }, ['datadog-benign'], 'BENIGN'],
  [{ score: 29, benignSources: ['b'] }, ['datadog-benign'], 'BENIGN'],
  [{ score: 4, benignSources: ['b'], suspiciousSources: ['s'] }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: 4, benignSources: ['b'], maliciousSources: ['m'] }, ['datadog-malicious'], 'SUSPICIOUS'],
  [{ score: 4, triageState: 'REVIEWED', logMatches: 7 }, ['datadog-known', 'context'], 'INFORMATIONAL'],
])('what Datadog says, %j, falls under %j and makes %s', (evidence, rules, level) => {
  const verdict = assessed({ datadog: datadogAnswer(evidence) });
  expect(verdict.level).toBe(level);
  expect(rulesOf(verdict)).toEqual(rules);
});

test.each<[Partial<ArgusEvidence>, boolean]>([
  [{ confidence: 0.7 }, true],
  [{ confidence: 0.3 }, true],
  [{ confidence: null }, true],
  [{ confidence: 0.1 }, false],
  [{ confidence: 1, state: 'LATEST' }, false],
  [{ confidence: 1, state: 'OLD' }, false],
])("a malicious feed of Datadog's beside the Argus record %j is corroborated: %s", (record, isCorroborated) => {
  const verdict = assessed({
    argus: argusAnswer([record]),
    datadog: datadogAnswer({ score: 1, maliciousSources: ['a'] }),
  });
  expect(rulesOf(verdict).includes('corroborated')).toBe(isCorroborated);
  expect(verdict.level).toBe(isCorroborated ? 'MALICIOUS' : 'SUSPICIOUS');
});

test('confidence is compared with the thresholds without binary rounding', () => {
  const verdict = assess(answersAbout(name, { argus: argusAnswer([{ confidence: 0.57 }]) }), undefined, {
    maliciousFrom: 57,
    suspiciousFrom: 29,
  });
  expect(verdict.level).toBe('MALICIOUS');
});

test('old records and triage are shown and change nothing', () => {
  const verdict = assessed({ argus: argusAnswer([{ state: 'OLD', confidence: 1 }]) });
  expect(verdict.level).toBe('NO_MATCH');
  expect(verdict.reasons).toMatchObject([{ rule: 'nothing' }, { rule: 'context', effect: null }]);
});

test('there is one reason for each rule, whatever the number of lists, the strongest rule first', () => {
  const many = Array.from({ length: 700 }, (_, index) => ({ list: `L${index}`, confidence: 0.5 }));
  const verdict = assessed({
    argus: argusAnswer([{ list: 'low', confidence: 0.1 }, ...many, { list: 'high', confidence: 0.9 }]),
  });
  expect(rulesOf(verdict)).toEqual(['argus-high', 'argus-medium', 'argus-low']);
  expect(verdict.reasons[1]?.detail).toContain('and 697 more');
});

test('a complete search without a match is NO_MATCH, says what was looked at, and claims no harmlessness', () => {
  const verdict = assessed({});
  expect(verdict).toMatchObject({
    level: 'NO_MATCH',
    missing: [],
    reasons: [{ source: null, rule: 'nothing', effect: 'NO_MATCH' }],
  });
  expect(verdict.summary).toBe(
    'Nothing was found about evil[.]example[.]org: No match in Datadog (logs of the last 30 days) or Argus (active and latest ' +
      'records on the lists this key can read); this is no proof that it is harmless.',
  );
});

test('a source that does not know the type is not missing, and the summary says that it did not look', () => {
  const verdict = assessed({ argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE') }, 'masscan/1.3');
  expect(verdict).toMatchObject({ level: 'NO_MATCH', missing: [] });
  expect(verdict.summary).toContain('Argus does not know this type');
});

test('nothing is concluded when no source knows the type', () => {
  const verdict = assessed({
    datadog: emptyAnswer('DATADOG', 'NOT_APPLICABLE'),
    argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE'),
  });
  expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: [], reasons: [{ rule: 'gate' }] });
});

const failures: readonly SourceStatus[] = [
  ...([
    'NOT_QUERIED',
    'UNCONFIGURED',
    'DENIED',
    'REJECTED',
    'RATE_LIMITED',
    'TIMED_OUT',
    'UNAVAILABLE',
    'MALFORMED',
  ] as const),
];

test.each(failures)('%s leaves its source missing and the verdict inconclusive, in plain words', status => {
  for (const given of [
    { argus: emptyAnswer('ARGUS', status) },
    { argus: emptyAnswer('ARGUS', status), datadog: datadogAnswer({ score: 4 }) },
  ]) {
    const verdict = assessed(given);
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
    expect(verdict.summary).toMatch(
      /^Nothing can be concluded about evil\[\.\]example\[\.\]org: Argus [a-z ]+(; so far, Datadog: score 4)?\.$/u,
    );
  }
});

test('a failed source does not soften what the other one found, but is named', () => {
  const verdict = assessed({ argus: argusAnswer([{ confidence: 0.9 }]), datadog: emptyAnswer('DATADOG', 'TIMED_OUT') });
  expect(verdict).toMatchObject({ level: 'MALICIOUS', missing: ['DATADOG'] });
  expect(verdict.summary).toContain('not heard: Datadog did not answer in time');
});

test('a stale fact still accuses, but cannot reassure', () => {
  const stale = { servedFrom: 'STALE_CACHE', staleBecause: 'UNAVAILABLE' } as const;
  expect(assessed({ datadog: datadogAnswer({ score: 90 }, stale) })).toMatchObject({
    level: 'MALICIOUS',
    missing: ['DATADOG'],
  });
  const calm = assessed({ datadog: datadogAnswer({ benignSources: ['b'] }, stale) });
  expect(calm).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
  expect(calm.summary).toContain('old copy because it is unavailable');
});

test('a truncated answer is incomplete, the normal limits are not', () => {
  const truncated = assessed({
    argus: argusAnswer([{ confidence: 0.1 }], { limits: ['READABLE_LISTS_ONLY', 'TRUNCATED'] }),
  });
  expect(truncated).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
  const normal = { limits: ['LAST_30_DAYS', 'READABLE_LISTS_ONLY', 'EXACT_VALUE_ONLY', 'STATES_FILTERED'] } as const;
  expect(assessed({ argus: emptyAnswer('ARGUS', 'NO_MATCH', normal) })).toMatchObject({
    level: 'NO_MATCH',
    missing: [],
  });
});

test('a match that says nothing is no answer', () => {
  expect(assessed({ argus: argusAnswer([]) })).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
  expect(assessed({ datadog: emptyAnswer('DATADOG', 'MATCHED') })).toMatchObject({
    level: 'INCONCLUSIVE',
    missing: ['DATADOG'],
  });
});

test('an accused host makes its URL suspicious, never malicious', () => {
  const verdict = linkAssessed(
    {},
    { argus: argusAnswer([{ confidence: 0.9 }]), datadog: datadogAnswer({ score: 99 }) },
  );
  expect(verdict).toMatchObject({ level: 'SUSPICIOUS', conflicting: false });
  expect(verdict.reasons).toMatchObject([
    { source: 'ARGUS', rule: 'related', effect: 'SUSPICIOUS' },
    { source: 'DATADOG', rule: 'related', effect: 'SUSPICIOUS' },
  ]);
  expect(verdict.summary).toContain('host evil[.]example[.]org');
});

test("a host's good name does not make its URL benign", () => {
  expect(linkAssessed({}, { datadog: datadogAnswer({ benignSources: ['b'] }) }).level).toBe('INFORMATIONAL');
});

test('what failed for the host is missing for the URL', () => {
  const verdict = linkAssessed({}, { datadog: emptyAnswer('DATADOG', 'DENIED') });
  expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
  expect(verdict.summary).toContain('about its host');
});

test.each([undefined, answersAbout('other.example.org'), answersAbout(link)])(
  'a URL whose host was not asked about is inconclusive',
  host => {
    const verdict = assess(answersAbout(link), host, policy);
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG', 'ARGUS'] });
  },
);

test('answers about another indicator do not count as those about the host', () => {
  const other = answersAbout('other.example.org', { argus: argusAnswer([{ confidence: 1 }]) });
  expect(assess(answersAbout(link), other, policy).level).toBe('INCONCLUSIVE');
  expect(assess(answersAbout(name), other, policy).level).toBe('NO_MATCH');
});

test.each<[string, Partial<StatedAnswers>, boolean]>([
  [
    'Argus accuses, Datadog calls it benign',
    { argus: argusAnswer([{ confidence: 0.9 }]), datadog: datadogAnswer({ benignSources: ['b'] }) },
    true,
  ],
  [
    'Argus accuses, Datadog scores it low',
    { argus: argusAnswer([{ confidence: 0.4 }]), datadog: datadogAnswer({ score: 4 }) },
    true,
  ],
  ['feeds of Datadog disagree', { datadog: datadogAnswer({ maliciousSources: ['a'], benignSources: ['b'] }) }, true],
  ['Argus accuses, Datadog has no match', { argus: argusAnswer([{ confidence: 0.9 }]) }, false],
  [
    'Datadog accuses, Argus failed',
    { argus: emptyAnswer('ARGUS', 'TIMED_OUT'), datadog: datadogAnswer({ score: 90 }) },
    false,
  ],
  ['both accuse', { argus: argusAnswer([{ confidence: 0.9 }]), datadog: datadogAnswer({ score: 40 }) }, false],
  [
    'no source accuses',
    { argus: argusAnswer([{ confidence: 0.1 }]), datadog: datadogAnswer({ score: 4, benignSources: ['b'] }) },
    false,
  ],
])('when %s, conflicting follows', (_, given, conflicting) => {
  expect(assessed(given).conflicting).toBe(conflicting);
});

test('the summary is one line, defanged, whatever the names in it', () => {
  const list = `http://evil.example/\n${'x'.repeat(500)}\u202E`;
  const { summary } = assessed({ argus: argusAnswer([{ list, confidence: 0.9 }]) }, `${link}?${'y'.repeat(1_900)}`);
  expect(summary).toMatch(/^[^\n\u202E]{1,600}\.$/u);
  expect(summary).not.toMatch(/http:|https:|evil\.example/u);
});

test('thresholds upside down are refused', () => {
  for (const wrong of [
    { maliciousFrom: 30, suspiciousFrom: 70 },
    { maliciousFrom: 101, suspiciousFrom: 30 },
    { maliciousFrom: 70, suspiciousFrom: -1 },
  ]) {
    expect(policyProblem(wrong)).toContain('thresholds');
    expect(() => assess(answersAbout(name), undefined, wrong)).toThrow(RangeError);
  }
  expect(policyProblem({ maliciousFrom: Number.NaN, suspiciousFrom: 30 })).toBeDefined();
  expect(policyProblem(policy)).toBeUndefined();
});

test('the version and the id change with the thresholds, the id also with the indicator and the evidence', () => {
  const strict = assess(answersAbout(name), undefined, { ...policy, suspiciousFrom: 20 });
  const verdicts = [
    assessed({}),
    strict,
    assessed({}, 'other.example.org'),
    assessed({ datadog: datadogAnswer({ score: 4 }) }),
    assessed({ datadog: datadogAnswer({ score: 5 }) }),
  ];
  expect(new Set(verdicts.map(({ id }) => id)).size).toBe(verdicts.length);
  expect(strict.policyVersion).not.toBe(assessed({}).policyVersion);
  expect(assessed({}).policyVersion).toContain('70');
  expect(assessed({ ...noMatches })).toEqual(assessed({}));
});
