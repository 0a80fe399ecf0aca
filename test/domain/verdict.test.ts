import { expect, test } from 'vitest';
import type { SourceName, SourceStatus } from '../../src/domain/source-report.ts';
import type { VerdictPolicy } from '../../src/domain/verdict/model.ts';
import { policyProblem } from '../../src/domain/verdict/policy.ts';
import {
  type ArgusEvidence,
  answersAbout,
  argusAnswer,
  assess,
  covering,
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

const answeredAt = '2026-07-01T00:00:00Z';
const seen = (daysAgo: number) => ({
  lastSeen: new Date(Date.parse(answeredAt) - daysAgo * 86_400_000).toISOString(),
});

test.each<[Partial<ArgusEvidence>, string, string]>([
  [{ state: 'ACTIVE', confidence: 1 }, 'argus-high', 'MALICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.7 }, 'argus-high', 'MALICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.9, ...seen(2000) }, 'argus-high', 'MALICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.6999 }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.3 }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: null }, 'argus-medium', 'SUSPICIOUS'],
  [{ state: 'ACTIVE', confidence: 0.2999 }, 'argus-low', 'INFORMATIONAL'],
  [{ state: 'ACTIVE', confidence: 0 }, 'argus-low', 'INFORMATIONAL'],
  [{ state: 'LATEST', confidence: 0.7 }, 'argus-latest-high', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: 0.7, ...seen(365) }, 'argus-latest-high', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: 0.7, ...seen(366) }, 'argus-latest-high', 'INFORMATIONAL'],
  [{ state: 'LATEST', confidence: 0.7, ...seen(-3) }, 'argus-latest-high', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: 0.69 }, 'argus-latest', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: null, ...seen(90) }, 'argus-latest', 'SUSPICIOUS'],
  [{ state: 'LATEST', confidence: null, ...seen(91) }, 'argus-latest', 'INFORMATIONAL'],
  [{ state: 'LATEST', confidence: 0.1, ...seen(1) }, 'argus-latest', 'INFORMATIONAL'],
  [{ state: 'UNKNOWN', confidence: 0.9 }, 'argus-unknown', 'SUSPICIOUS'],
  [{ state: 'UNKNOWN', confidence: 0.5 }, 'argus-unknown', 'INFORMATIONAL'],
  [{ state: 'UNKNOWN', confidence: null }, 'argus-unknown', 'INFORMATIONAL'],
  [{ state: 'UNKNOWN', confidence: 0.1 }, 'argus-unknown', 'INFORMATIONAL'],
])('an Argus record %j falls under %s and makes %s', (record, rule, level) => {
  const verdict = assessed({ argus: argusAnswer([record], { fetchedAt: answeredAt }) });
  expect(verdict.level).toBe(level);
  expect(verdict.reasons).toMatchObject([{ source: 'ARGUS', rule, effect: level }]);
});

test('a source that could not look for what is around the indicator is missing', () => {
  const given = { covering: null, argus: argusAnswer([{ confidence: 0.9 }]) };
  expect(assessed(given)).toMatchObject({ level: 'MALICIOUS', missing: ['ARGUS'] });
  expect(assessed({ covering: null })).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
});

test('counts of signals that are no whole numbers are left out of the sum, and accuse all the same', () => {
  const signalSeverity = ['9223372036854775807', '1e5', 2.5].map(count => ({ severity: 'high', count }));
  const { level, summary } = assessed({ datadog: datadogAnswer({ score: 1, signalSeverity }) });
  expect(level).toBe('SUSPICIOUS');
  expect(summary).toContain('matched by 9223372036854775807 high signals');
});

test('ages are those at the time of the answer, not of the moment', () => {
  const record = { state: 'LATEST', confidence: 0.5, lastSeen: '2020-01-01T00:00:00Z' } as const;
  const at = (fetchedAt: string) => assessed({ argus: argusAnswer([record], { fetchedAt }) }).level;
  expect([at('2020-03-01T00:00:00Z'), at('2020-06-01T00:00:00Z')]).toEqual(['SUSPICIOUS', 'INFORMATIONAL']);
});

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const severe = (severity: string, count: number | string | null) => ({ signalSeverity: [{ severity, count }] });

test.each<[Partial<DatadogEvidence>, string[], string, string?]>([
  [{ score: 100 }, ['datadog-high'], 'MALICIOUS'],
  [{ score: 70 }, ['datadog-high'], 'MALICIOUS'],
  [{ score: 92, benignSources: ['mute'] }, ['datadog-high'], 'SUSPICIOUS'],
  [
    { score: 92, benignSources: ['mute'], suspiciousSources: ['s'] },
    ['datadog-high', 'datadog-suspicious'],
    'MALICIOUS',
  ],
  [{ score: 69.99 }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 30 }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 30, benignSources: ['b'] }, ['datadog-medium'], 'SUSPICIOUS'],
  [{ score: 4, suspiciousSources: ['SOURCE1'] }, ['datadog-suspicious'], 'SUSPICIOUS'],
  [{ score: null }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: 0, maliciousSources: ['a'] }, ['datadog-malicious'], 'SUSPICIOUS'],
  [{ score: 0, maliciousSources: ['a'] }, ['datadog-malicious'], 'MALICIOUS', md5],
  [{ score: 0, suspiciousSources: ['a'] }, ['datadog-suspicious'], 'SUSPICIOUS', md5],
  [{ score: 80, maliciousSources: ['a'] }, ['datadog-high', 'datadog-malicious'], 'MALICIOUS'],
  [{ score: 20, ...severe('critical', 40) }, ['datadog-signals'], 'SUSPICIOUS'],
  [{ score: 20, ...severe('HIGH', '9223372036854775807') }, ['datadog-signals'], 'SUSPICIOUS'],
  [{ score: 20, ...severe('high', null) }, ['datadog-signals'], 'SUSPICIOUS'],
  [{ score: 20, ...severe('critical', 0) }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: 20, ...severe('medium', 9) }, ['datadog-known'], 'INFORMATIONAL'],
  [{ score: null, benignSources: ['b'] }, ['datadog-benign'], 'BENIGN'],
  [{ score: 29, benignSources: ['b'] }, ['datadog-benign'], 'BENIGN'],
  [{ score: 29, benignSources: ['b'], ...severe('high', 1) }, ['datadog-signals'], 'SUSPICIOUS'],
  [{ score: 4, benignSources: ['b'], suspiciousSources: ['s'] }, ['datadog-suspicious'], 'SUSPICIOUS'],
  [{ score: 4, benignSources: ['b'], maliciousSources: ['m'] }, ['datadog-malicious'], 'SUSPICIOUS'],
  [{ score: 4, triageState: 'REVIEWED', logMatches: 7 }, ['datadog-known', 'context'], 'INFORMATIONAL'],
])('what Datadog says, %j, falls under %j and makes %s', (evidence, rules, level, value = name) => {
  const verdict = assessed({ datadog: datadogAnswer(evidence) }, value);
  expect(verdict.level).toBe(level);
  expect(rulesOf(verdict)).toEqual(rules);
});

test.each<[string, Partial<ArgusEvidence>, boolean]>([
  ['threatfox', { list: 'Botnet command and control', confidence: 0.5 }, true],
  ['urlhaus', { list: 'abuse.ch URLhaus', confidence: 0.9 }, false],
  ['URLhaus feed', { list: 'Recent malware', shortName: 'urlhaus', confidence: 0.9 }, false],
  ['Feodo Tracker', { list: 'abuse.ch feodo-tracker list', confidence: 0.9 }, false],
  ['feed', { list: 'List', confidence: 0.9 }, true],
])('a feed %j and a list %j are two sources: %s', (feed, record, areTwo) => {
  const verdict = assessed({
    argus: argusAnswer([record]),
    datadog: datadogAnswer({ score: 1, maliciousSources: [feed] }),
  });
  expect(rulesOf(verdict).includes('corroborated')).toBe(areTwo);
  expect(verdict.summary.includes('independent sources agree')).toBe(areTwo);
  expect(verdict.conflicting).toBe(false);
});

test.each<[string, string, Partial<ArgusEvidence>, string | null]>([
  ['cdn.c2.example.net', 'c2.example.net', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['cdn.c2.example.net', 'c2.example.net', { confidence: 0.6 }, 'INFORMATIONAL'],
  ['cdn.c2.example.net', '*.c2.example.net', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['cdn.c2.example.net', 'c2.example.net', { confidence: 0.9, state: 'LATEST' }, 'INFORMATIONAL'],
  ['cdn.c2.example.net', 'c2.example.net', { confidence: 0.9, state: 'OLD' }, null],
  ['cdn.c2.example.net', 'net', { confidence: 1 }, null],
  ['a.evil.co.uk', 'co.uk', { confidence: 1 }, null],
  ['home.duckdns.org', 'duckdns.org', { confidence: 1 }, 'INFORMATIONAL'],
  ['203.0.113.5', '203.0.113.0/24', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['203.0.113.5', '203.0.113.0-203.0.113.9', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['203.0.113.5', '203.0.0.0/16', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['203.0.113.5', '203.0.0.0/15', { confidence: 0.9 }, null],
  ['2001:db8::5', '2001:db8::/32', { confidence: 0.9 }, 'SUSPICIOUS'],
  ['2001:db8::5', '2001:da8::/31', { confidence: 0.9 }, null],
  ['10.1.2.3', '10.1.0.0/16', { confidence: 0.9 }, 'INFORMATIONAL'],
])('%s below the listed %s, %j, is %s', (value, parent, record, level) => {
  const verdict = assessed({ covering: [covering(parent, record)] }, value);
  expect(verdict).toMatchObject({ level: level ?? 'NO_MATCH', conflicting: false, missing: [] });
  expect(verdict.reasons.map(({ effect }) => effect)).toContain(level);
});

test('what covers the host of a URL or e-mail address covers them too', () => {
  const host = { covering: [covering('example.org', { list: 'C2', confidence: 0.9 })] };
  for (const value of [link, `bob@${name}`]) {
    const verdict = assess(answersAbout(value), answersAbout(name, host), policy);
    expect(verdict.level).toBe('SUSPICIOUS');
    expect(verdict.summary).toContain('its host\'s parent example[.]org is on the Argus list "C2"');
  }
});

const capped: VerdictPolicy = { ...policy, listCaps: { 'tor-exits': 'SUSPICIOUS', parked: 'INFORMATIONAL' } };

test.each<[Partial<StatedAnswers>, string]>([
  [{ argus: argusAnswer([{ list: 'Tor exits', confidence: 1 }]) }, 'SUSPICIOUS'],
  [{ argus: argusAnswer([{ list: 'Tor', shortName: 'TOR-Exits', confidence: 1 }]) }, 'SUSPICIOUS'],
  [{ argus: argusAnswer([{ list: 'Parked', confidence: 1 }]) }, 'INFORMATIONAL'],
  [
    {
      argus: argusAnswer([
        { list: 'Parked', confidence: 1 },
        { list: 'C2', confidence: 0.9 },
      ]),
    },
    'MALICIOUS',
  ],
  [
    {
      argus: argusAnswer([{ list: 'Tor exits', confidence: 0.5 }]),
      datadog: datadogAnswer({ score: 1, maliciousSources: ['threatfox'] }),
    },
    'SUSPICIOUS',
  ],
  [{ covering: [covering('example.org', { list: 'Parked', confidence: 1 })] }, 'INFORMATIONAL'],
])('a list counts for no more than the operator says: %j is %s', (given, level) => {
  expect(assess(answersAbout(name, given), undefined, capped).level).toBe(level);
});

test.each([
  ['10.0.0.5', 'INFORMATIONAL'],
  ['127.0.0.1', 'INFORMATIONAL'],
  ['169.254.1.1', 'INFORMATIONAL'],
  ['224.0.0.1', 'INFORMATIONAL'],
  ['0.0.0.0', 'INFORMATIONAL'],
  ['fe80::1', 'INFORMATIONAL'],
  ['fd00::1', 'INFORMATIONAL'],
  ['localhost', 'INFORMATIONAL'],
  ['printer.local', 'INFORMATIONAL'],
  ['192.0.2.9', 'MALICIOUS'],
  ['198.51.100.9', 'MALICIOUS'],
  ['evil.example.org', 'MALICIOUS'],
  ['8.8.4.4', 'MALICIOUS'],
])("%s on a sure list is %s, and Datadog's word is not limited", (value, level) => {
  const verdict = assessed({ argus: argusAnswer([{ confidence: 1 }]) }, value);
  expect(verdict.level).toBe(level);
  expect(assessed({ datadog: datadogAnswer({ score: 90 }) }, value).level).toBe('MALICIOUS');
});

test.each<[Partial<ArgusEvidence>, boolean]>([
  [{ confidence: 0.7 }, true],
  [{ confidence: 0.3 }, true],
  [{ confidence: null }, true],
  [{ confidence: 0.1 }, false],
  [{ confidence: 1, state: 'LATEST' }, false],
  [{ confidence: 1, state: 'OLD' }, false],
  [{ confidence: 1, state: 'UNKNOWN' }, false],
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
    listCaps: {},
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
  expect(verdict.reasons[1]?.detail).toContain('700 lists');
});

test('a complete search without a match is NO_MATCH, says what was looked at, and claims no harmlessness', () => {
  const verdict = assessed({});
  expect(verdict).toMatchObject({
    level: 'NO_MATCH',
    missing: [],
    reasons: [{ source: null, rule: 'nothing', effect: 'NO_MATCH' }],
  });
  expect(verdict.summary).toBe(
    'Nothing was found about evil[.]example[.]org: no match in Datadog (logs of the last 30 days) or Argus (active and latest ' +
      'records on the lists this key can read); this is no proof that it is harmless.',
  );
});

const userAgent = 'masscan/1.3';
const notApplicable = { argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE') };

test('text of no type is an absence only where the caller said that it is OTHER', () => {
  const given = assess(answersAbout(userAgent, notApplicable, 'OTHER'), undefined, policy);
  expect(given).toMatchObject({ level: 'NO_MATCH', missing: [] });
  expect(given.summary).toContain('Argus is not known to hold such text');
  const guessed = assessed(notApplicable, userAgent);
  expect(guessed).toMatchObject({ level: 'INCONCLUSIVE', missing: [], reasons: [{ rule: 'gate' }] });
  expect(guessed.summary).toMatch(/^Nothing can be concluded about "masscan\/1\[\.\]3": .*ask with type OTHER/);
  expect(assessed({ ...notApplicable, datadog: datadogAnswer({ score: 90 }) }, userAgent).level).toBe('MALICIOUS');
});

test.each([
  ['192.0.2.1', 'NO_MATCH', 'NO_MATCH'],
  ['2001:db8::1', 'NO_MATCH', 'NO_MATCH'],
  ['example.org', 'NO_MATCH', 'NO_MATCH'],
  ['192.0.2.0/24', 'NO_MATCH', 'NO_MATCH'],
  ['a'.repeat(40), 'NO_MATCH', 'NO_MATCH'],
  ['a'.repeat(64), 'NO_MATCH', 'NO_MATCH'],
  [md5, 'INCONCLUSIVE', 'NO_MATCH'],
  ['a'.repeat(128), 'INCONCLUSIVE', 'NO_MATCH'],
] as const)('no match of %s is %s, and where Argus lists its type %s', (value, level, listed) => {
  expect(assessed({}, value)).toMatchObject({ level, missing: [] });
  expect(assessed({ isListedType: true }, value)).toMatchObject({ level: listed, missing: [] });
});

test('without a witness the sentence says what nobody is known to hold', () => {
  expect(assessed({}, md5).summary).toBe(
    `Nothing can be concluded about ${md5}: no source that answered is known to hold MD5 hashes.`,
  );
});

test('the absence of a URL rests on its host, and says so', () => {
  const { level, summary } = linkAssessed({}, {});
  expect(level).toBe('NO_MATCH');
  expect(summary).toContain('no match for its host evil[.]example[.]org in Datadog');
  expect(summary).toContain('no source is known to hold URLs themselves');
});

test('a source that is not connected is not missing, but named', () => {
  const verdict = assessed({ argus: emptyAnswer('ARGUS', 'UNCONFIGURED') });
  expect(verdict).toMatchObject({ level: 'NO_MATCH', missing: [] });
  expect(verdict.summary).toContain('Argus is not connected here');
  expect(assessed({ argus: emptyAnswer('ARGUS', 'UNCONFIGURED') }, '192.0.2.0/24').level).toBe('INCONCLUSIVE');
  const accused = assessed({ argus: emptyAnswer('ARGUS', 'UNCONFIGURED'), datadog: datadogAnswer({ score: 90 }) });
  expect(accused.summary).toContain('Argus is not connected here');
});

test('nothing is concluded when no source knows the type', () => {
  const verdict = assessed({ datadog: emptyAnswer('DATADOG', 'NOT_APPLICABLE'), ...notApplicable });
  expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: [], reasons: [{ rule: 'gate' }] });
});

const failures: readonly SourceStatus[] = [
  ...(['NOT_QUERIED', 'DENIED', 'REJECTED', 'RATE_LIMITED', 'TIMED_OUT', 'UNAVAILABLE', 'MALFORMED'] as const),
];

test.each(failures)('%s leaves its source missing and the verdict inconclusive, in plain words', status => {
  for (const given of [
    { argus: emptyAnswer('ARGUS', status) },
    { argus: emptyAnswer('ARGUS', status), datadog: datadogAnswer({ score: 4 }) },
  ]) {
    const verdict = assessed(given);
    expect(verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['ARGUS'] });
    expect(verdict.summary).toMatch(
      /^Nothing can be concluded about evil\[\.\]example\[\.\]org: Argus [a-z ]+(; so far, Datadog scores it 4)?\.$/u,
    );
  }
});

test('a failed source does not soften what the other one found, but is named', () => {
  const verdict = assessed({ argus: argusAnswer([{ confidence: 0.9 }]), datadog: emptyAnswer('DATADOG', 'TIMED_OUT') });
  expect(verdict).toMatchObject({ level: 'MALICIOUS', missing: ['DATADOG'] });
  expect(verdict.summary).toContain('; Datadog did not answer in time');
});

test('a stale fact still accuses, but cannot reassure', () => {
  const stale = { servedFrom: 'STALE_CACHE', staleBecause: 'UNAVAILABLE' } as const;
  expect(assessed({ datadog: datadogAnswer({ score: 90 }, stale) })).toMatchObject({
    level: 'MALICIOUS',
    missing: ['DATADOG'],
  });
  const calm = assessed({ datadog: datadogAnswer({ benignSources: ['b'] }, stale) });
  expect(calm).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
  expect(calm.summary).toContain('Datadog answered only with an old copy because it is unavailable');
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

const failed = (source: SourceName) => emptyAnswer(source, 'UNAVAILABLE');

test.each<[string, Partial<StatedAnswers>, Partial<StatedAnswers>, string]>([
  ['once for both', { argus: failed('ARGUS') }, { argus: failed('ARGUS') }, 'Argus is unavailable.'],
  [
    'each by its name',
    { argus: failed('ARGUS') },
    { datadog: failed('DATADOG') },
    'Argus is unavailable; Datadog is unavailable about its host.',
  ],
  [
    'each with its cause',
    { argus: failed('ARGUS') },
    { argus: emptyAnswer('ARGUS', 'DENIED') },
    'Argus is unavailable; Argus refused access about its host.',
  ],
])('what failed for a URL and for its host is told %s', (_, own, ofHost, told) => {
  expect(linkAssessed(own, ofHost).summary).toMatch(new RegExp(`: ${told}$`));
});

test('a source that is not concerned is not missing, whatever else its answer says', () => {
  const argus = emptyAnswer('ARGUS', 'NOT_APPLICABLE', { limits: ['TRUNCATED'] });
  expect(assessed({ argus, covering: null }).missing).toEqual([]);
});

test('where the causes would make the sentence too long, it says who is incomplete', () => {
  const host = `${'long-label-of-a-domain.'.repeat(3)}example.org`;
  const own = { argus: failed('ARGUS'), datadog: emptyAnswer('DATADOG', 'RATE_LIMITED') };
  const lists = [1, 2, 3].map(number => ({ list: `${number} ${'of many lists '.repeat(5)}`, confidence: 0.5 }));
  const others = {
    argus: argusAnswer(lists, { servedFrom: 'STALE_CACHE', staleBecause: 'TIMED_OUT' }),
    datadog: own.datadog,
  };
  const verdict = assess(answersAbout(`https://${host}/path`, own), answersAbout(host, others), policy);
  expect(verdict.summary).toMatch(/ Argus and Datadog incomplete[.;]|Datadog and Argus incomplete[.;]/);
});

test('a source that holds only what is superseded is told apart from one that holds nothing', () => {
  const given = { argus: argusAnswer([{ state: 'OLD' }]) };
  expect(assessed(given).summary).toContain('Argus has only deleted or superseded records of it');
});

test.each([
  [
    'a source holds its type',
    true,
    'no match in Argus (active and latest records on the lists this key can read), nor for its host',
  ],
  ['no source holds its type', false, 'no source is known to hold URLs themselves'],
])('what was searched for a URL is said where %s', (_, isListedType, told) => {
  expect(linkAssessed({ isListedType }, {}).summary).toContain(told);
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
  expect(summary).toMatch(/^[^\n\u202E]{1,299}\.$/u);
  expect(summary).not.toMatch(/http:|https:|evil\.example/u);
});

test('thresholds upside down are refused', () => {
  for (const wrong of [
    { ...policy, maliciousFrom: 30, suspiciousFrom: 70 },
    { ...policy, maliciousFrom: 101 },
    { ...policy, suspiciousFrom: -1 },
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

test('two sentences that differ in the cause of what is missing, or in what was asked, have two ids', () => {
  const stale = { servedFrom: 'STALE_CACHE' } as const;
  const verdicts = [
    assessed({ datadog: datadogAnswer({ score: 92 }, { ...stale, staleBecause: 'TIMED_OUT' }) }),
    assessed({ datadog: datadogAnswer({ score: 92 }, { ...stale, staleBecause: 'UNAVAILABLE' }) }),
    assessed({ datadog: datadogAnswer({ score: 92 }, stale) }),
    assessed({ datadog: datadogAnswer({ score: 92 }) }),
    assessed({ datadog: datadogAnswer({ score: 92, covering: 'example.org' }) }),
    assessed({}),
    assessed({ datadog: emptyAnswer('DATADOG', 'NO_MATCH', { limits: ['DEFAULT_MATCHER_ONLY'] }) }),
  ];
  expect(new Set(verdicts.map(({ summary }) => summary)).size).toBe(verdicts.length);
  expect(new Set(verdicts.map(({ id }) => id)).size).toBe(verdicts.length);
});

test('what accuses a parent accuses nobody of being malicious, and corroborates nobody', () => {
  const given = {
    datadog: datadogAnswer(
      { score: 92, maliciousSources: ['a'], covering: 'example.org' },
      { limits: ['COVERING_ONLY'] },
    ),
    argus: argusAnswer([{ list: 'b', confidence: 0.5 }]),
  };
  const verdict = assessed(given);
  expect(verdict).toMatchObject({ level: 'SUSPICIOUS', missing: ['DATADOG'] });
  expect(rulesOf(verdict)).not.toContain('corroborated');
  expect(assessed({ datadog: given.datadog }).summary).toContain('Datadog scores example[.]org around it 92');
});

test.each([
  ['a value that is long', `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.example.org`],
  ['a short one', name],
])('the sentence of %s that one matcher does not know says which', (_, value) => {
  const datadog = emptyAnswer('DATADOG', 'NO_MATCH', { limits: ['DEFAULT_MATCHER_ONLY'] });
  expect(assessed({ datadog }, value).summary).toContain('default matcher only');
});
