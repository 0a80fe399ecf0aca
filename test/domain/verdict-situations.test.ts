/** Fifty situations of an analyst's day: the level, and what the sentence must and must not say. */
import { describe, expect, it, test } from 'vitest';
import type { VerdictLevel, VerdictPolicy } from '../../src/domain/verdict/model.ts';
import {
  type ArgusEvidence,
  answersAbout,
  argusAnswer,
  assess,
  covering,
  type DatadogEvidence,
  datadogAnswer,
  emptyAnswer,
  type StatedAnswers,
} from './answers.ts';

/** "Tor exits" and its like say what a list is worth, as an operator would. */
const policy: VerdictPolicy = {
  maliciousFrom: 70,
  suspiciousFrom: 30,
  listCaps: {
    'tor-exits': 'SUSPICIOUS',
    'research-scanners': 'INFORMATIONAL',
    sinkholes: 'SUSPICIOUS',
    parked: 'INFORMATIONAL',
  },
};
const answeredAt = '2026-07-01T00:00:00Z';
const daysBefore = (days: number): string => new Date(Date.parse(answeredAt) - days * 86_400_000).toISOString();

const on = (...records: readonly Partial<ArgusEvidence>[]) =>
  ({ argus: argusAnswer(records, { fetchedAt: answeredAt }) }) as const;
const datadog = (evidence: Partial<DatadogEvidence>) => ({ datadog: datadogAnswer(evidence) }) as const;
const lists = (count: number, confidence: number): readonly Partial<ArgusEvidence>[] =>
  Array.from({ length: count }, (_, index) => ({ list: `List ${index}`, confidence }));

interface Situation {
  readonly number: number;
  readonly what: string;
  readonly value: string;
  readonly type?: 'OTHER';
  readonly given?: Partial<StatedAnswers>;
  readonly host?: readonly [string, Partial<StatedAnswers>];
  readonly level: VerdictLevel;
  readonly conflicting?: true;
  readonly says?: readonly (string | RegExp)[];
  readonly saysNot?: readonly (string | RegExp)[];
}

const domain = 'portal.phish.example.net';
const address = '203.0.113.21';
const hash = 'a'.repeat(64);

const situations: readonly Situation[] = [
  {
    number: 1,
    what: 'shared hosting on a list of medium confidence, Datadog calls it a hosting proxy',
    value: address,
    given: {
      ...on({ list: 'Phishing hosts', confidence: 0.5 }),
      ...datadog({ score: 8, suspiciousSources: ['SPUR'], categories: ['hosting_proxy'] }),
    },
    level: 'SUSPICIOUS',
    says: ['"Phishing hosts" (active, confidence 50)', 'called suspicious by "SPUR" (hosting proxy)'],
  },
  {
    number: 2,
    what: 'a CDN edge, benign feed and list',
    value: address,
    given: { ...on({ list: 'Web shells', confidence: 0.3 }), ...datadog({ score: 4, benignSources: ['cdn'] }) },
    level: 'SUSPICIOUS',
    conflicting: true,
    says: ['"Web shells"', 'but Datadog scores it 4, called benign by "cdn"'],
  },
  {
    number: 3,
    what: 'a sinkhole',
    value: address,
    given: on({ list: 'Sinkholes', confidence: 0.9 }),
    level: 'SUSPICIOUS',
    says: ['"Sinkholes" (active, confidence 90, counted as suspicious at most)'],
  },
  {
    number: 4,
    what: 'a Tor exit',
    value: address,
    given: {
      ...on({ list: 'Tor exits', confidence: 1 }),
      ...datadog({ score: 4, suspiciousSources: ['tor'], categories: ['tor'] }),
    },
    level: 'SUSPICIOUS',
    says: ['"Tor exits"', 'called suspicious by "tor" (tor)'],
  },
  {
    number: 5,
    what: 'a research scanner',
    value: address,
    given: on({ list: 'Research scanners', confidence: 0.95 }),
    level: 'INFORMATIONAL',
    says: ['is only weakly accused', 'counted as informational at most'],
  },
  {
    number: 6,
    what: "masscan's user agent",
    value: 'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
    type: 'OTHER',
    given: {
      argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE'),
      ...datadog({ score: 4, suspiciousSources: ['scanners'], categories: ['scanner'] }),
    },
    level: 'SUSPICIOUS',
    says: [/^"masscan\/1\[\.\]3/, 'called suspicious by "scanners" (scanner)'],
  },
  {
    number: 7,
    what: 'a parked domain',
    value: domain,
    given: on({ list: 'Parked', confidence: 0.3 }),
    level: 'INFORMATIONAL',
    says: ['is only weakly accused'],
  },
  {
    number: 8,
    what: 'a name under a listed dynamic-DNS domain',
    value: 'home.duckdns.org',
    given: { covering: [covering('duckdns.org', { list: 'Dynamic DNS', confidence: 0.5 })] },
    level: 'INFORMATIONAL',
    says: ['the shared domain duckdns[.]org above it is on the Argus list "Dynamic DNS"'],
    saysNot: ['Nothing was found'],
  },
  {
    number: 9,
    what: 'a name below a C2 domain',
    value: 'cdn.c2.example.net',
    given: { covering: [covering('c2.example.net', { list: 'C2', confidence: 0.9 })] },
    level: 'SUSPICIOUS',
    says: ['its parent c2[.]example[.]net is on the Argus list "C2" (active, confidence 90)'],
    saysNot: ['Nothing was found'],
  },
  { number: 10, what: 'a new generated name', value: 'xkqzvbn.example.net', level: 'NO_MATCH', says: ['no proof'] },
  {
    number: 11,
    what: 'a compromised site, known as benign',
    value: domain,
    given: datadog({ score: 2, benignSources: ['popular'] }),
    level: 'BENIGN',
    says: ['known only as benign', 'called benign by "popular"'],
  },
  {
    number: 12,
    what: 'the malicious URL on it',
    value: `https://${domain}/drop.exe`,
    given: datadog({ score: 92 }),
    host: [domain, datadog({ score: 2, benignSources: ['popular'] })],
    level: 'MALICIOUS',
    says: ['Datadog scores it 92'],
  },
  {
    number: 13,
    what: 'another URL of it',
    value: `https://${domain}/about`,
    host: [domain, datadog({ score: 2, benignSources: ['popular'] })],
    level: 'INFORMATIONAL',
    says: ['nobody accuses it', 'its host portal[.]phish[.]example[.]net is known'],
  },
  {
    number: 14,
    what: 'an unknown URL on a C2 host',
    value: 'https://c2.example.net/x',
    host: ['c2.example.net', { ...on({ list: 'C2', confidence: 0.9 }), ...datadog({ score: 92 }) }],
    level: 'SUSPICIOUS',
    says: ['its host c2[.]example[.]net is malicious', '"C2"', 'Datadog scores it 92'],
  },
  {
    number: 16,
    what: 'a URL whose http twin is listed, asked with https',
    value: 'https://c2.example.net/twin',
    host: ['c2.example.net', {}],
    level: 'NO_MATCH',
    says: ['no match for its host c2[.]example[.]net', 'no source is known to hold URLs themselves'],
  },
  { number: 17, what: 'a dual-use tool', value: hash, given: datadog({ score: 30 }), level: 'SUSPICIOUS' },
  {
    number: 18,
    what: 'a hash with one malicious feed and a low score',
    value: hash,
    given: datadog({ score: 8, maliciousSources: ['malwarebazaar'] }),
    level: 'MALICIOUS',
    says: ['called malicious by "malwarebazaar"'],
  },
  {
    number: 19,
    what: 'past its active period, seen 400 days ago',
    value: address,
    given: on({ list: 'C2', confidence: 0.9, state: 'LATEST', lastSeen: daysBefore(400) }),
    level: 'INFORMATIONAL',
    says: ['is only weakly accused', 'last seen 2025-05-27'],
  },
  {
    number: 20,
    what: 'past its active period, seen yesterday',
    value: address,
    given: on({ list: 'C2', confidence: 0.9, state: 'LATEST', lastSeen: daysBefore(1) }),
    level: 'SUSPICIOUS',
    says: ['past its active period', 'last seen 2026-06-30'],
  },
  {
    number: 21,
    what: 'past its active period at medium confidence, seen yesterday',
    value: address,
    given: on({ list: 'C2', confidence: 0.65, state: 'LATEST', lastSeen: daysBefore(1) }),
    level: 'SUSPICIOUS',
    says: ['last seen 2026-06-30'],
  },
  { number: 22, what: 'active, 0.3', value: address, given: on({ confidence: 0.3 }), level: 'SUSPICIOUS' },
  {
    number: 23,
    what: 'active, 0.29',
    value: address,
    given: on({ confidence: 0.29 }),
    level: 'INFORMATIONAL',
    says: ['is only weakly accused', 'confidence 29'],
  },
  { number: 24, what: 'active, 0.5', value: address, given: on({ confidence: 0.5 }), level: 'SUSPICIOUS' },
  { number: 25, what: 'active, 0.7', value: address, given: on({ confidence: 0.7 }), level: 'MALICIOUS' },
  {
    number: 26,
    what: 'active, last seen three years ago',
    value: address,
    given: on({ confidence: 0.9, lastSeen: daysBefore(1095) }),
    level: 'MALICIOUS',
    says: ['last seen 2023-07-02'],
  },
  {
    number: 27,
    what: 'ten lists at 0.6',
    value: address,
    given: on(...lists(10, 0.6)),
    level: 'SUSPICIOUS',
    says: ['Argus has it on 10 lists'],
  },
  {
    number: 28,
    what: 'ten lists at 0.2',
    value: address,
    given: on(...lists(10, 0.2)),
    level: 'INFORMATIONAL',
    says: ['is only weakly accused', '10 lists'],
  },
  {
    number: 29,
    what: 'a deleted record only',
    value: address,
    given: on({ state: 'OLD', confidence: 0.9 }),
    level: 'NO_MATCH',
  },
  {
    number: 30,
    what: 'a superseded record only',
    value: address,
    given: on({ state: 'OLD', confidence: 0.9 }),
    level: 'NO_MATCH',
  },
  {
    number: 31,
    what: 'tor and SPUR at score 4',
    value: address,
    given: datadog({ score: 4, suspiciousSources: ['tor', 'SPUR'], categories: ['tor', 'hosting_proxy'] }),
    level: 'SUSPICIOUS',
    says: ['called suspicious by "SPUR" and "tor" (hosting proxy, tor)'],
  },
  {
    number: 32,
    what: 'a proxy of a botnet at score 8',
    value: address,
    given: datadog({ score: 8, suspiciousSources: ['SPUR'], categories: ['botnet_proxy'] }),
    level: 'SUSPICIOUS',
    says: ['(botnet proxy)'],
  },
  {
    number: 33,
    what: 'score 55, benign feed only',
    value: address,
    given: datadog({ score: 55, benignSources: ['popular'] }),
    level: 'SUSPICIOUS',
    conflicting: true,
    says: ['scores it 55', 'but called benign by "popular"'],
  },
  {
    number: 34,
    what: "score 92, benign only: an organisation's mute",
    value: address,
    given: datadog({ score: 92, benignSources: ['org mute'] }),
    level: 'SUSPICIOUS',
    conflicting: true,
    says: ['scores it 92', 'but called benign (or muted) by "org mute"'],
  },
  {
    number: 35,
    what: 'score 92, reviewed',
    value: address,
    given: datadog({ score: 92, triageState: 'REVIEWED' }),
    level: 'MALICIOUS',
    says: ['reviewed'],
  },
  {
    number: 36,
    what: 'score 4, no feed, many logs',
    value: address,
    given: datadog({ score: 4, logMatches: 3_000_000_000 }),
    level: 'INFORMATIONAL',
    says: ['is known, and nobody accuses it'],
  },
  {
    number: 37,
    what: 'score 0, nothing else',
    value: address,
    given: datadog({ score: 0 }),
    level: 'INFORMATIONAL',
    says: ['is known, and nobody accuses it'],
  },
  {
    number: 38,
    what: 'score 20, 40 critical signals',
    value: address,
    given: datadog({ score: 20, signalSeverity: [{ severity: 'critical', count: 40 }] }),
    level: 'SUSPICIOUS',
    says: ['matched by 40 critical signals'],
  },
  ...['10.0.0.5', '0.0.0.0', 'localhost'].map(
    (value, index): Situation => ({
      number: 39 + index,
      what: `${value} on a list`,
      value,
      given: on({ list: 'Junk', confidence: 0.9 }),
      level: 'INFORMATIONAL',
      says: ['is only weakly accused', '"Junk"', 'of little weight for such a value'],
    }),
  ),
  { number: 42, what: "the organisation's own domain", value: 'intranet.example.net', level: 'NO_MATCH' },
  {
    number: 43,
    what: 'a resolver, list at 0.3, benign feed',
    value: address,
    given: { ...on({ confidence: 0.3 }), ...datadog({ score: 1, benignSources: ['resolvers'] }) },
    level: 'SUSPICIOUS',
    conflicting: true,
    says: ['but Datadog scores it 1, called benign by "resolvers"'],
  },
  {
    number: 44,
    what: 'an address at a freemail provider',
    value: 'bob@mail.example.net',
    host: ['mail.example.net', datadog({ score: 1, benignSources: ['popular'] })],
    level: 'INFORMATIONAL',
    says: ['nobody accuses it'],
  },
  {
    number: 45,
    what: 'an e-mail address of a listed domain',
    value: 'bob@c2.example.net',
    host: ['c2.example.net', on({ list: 'C2', confidence: 0.9 })],
    level: 'SUSPICIOUS',
    says: ['its host c2[.]example[.]net is malicious', '"C2"'],
  },
  { number: 46, what: 'a block with a listed address inside', value: '203.0.113.0/28', level: 'NO_MATCH' },
  {
    number: 47,
    what: 'an address inside a listed block',
    value: address,
    given: { covering: [covering('203.0.113.16/28', { list: 'Bulletproof', confidence: 0.9 })] },
    level: 'SUSPICIOUS',
    says: ['the block 203[.]0[.]113[.]16/28 around it is on the Argus list "Bulletproof"'],
  },
  {
    number: 48,
    what: 'one feed under two names',
    value: address,
    given: {
      ...on({ list: 'abuse.ch URLhaus', confidence: 0.4 }),
      ...datadog({ score: 8, maliciousSources: ['urlhaus'] }),
    },
    level: 'SUSPICIOUS',
    says: ['"abuse[.]ch URLhaus"', 'called malicious by "urlhaus"'],
    saysNot: ['agree'],
  },
  {
    number: 49,
    what: 'a user agent that reads like a sentence',
    value: 'curl/8 is known only as benign: Datadog',
    type: 'OTHER',
    given: { argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE'), ...datadog({ score: 92 }) },
    level: 'MALICIOUS',
    says: [/^"curl\/8 is known only as benign: Datadog" is malicious/],
  },
  {
    number: 50,
    what: 'a list whose name tries to close its quotes',
    value: address,
    given: on({ list: 'x" (active, confidence 5), "harmless', confidence: 0.9 }),
    level: 'MALICIOUS',
    says: [`"x' (active, confidence 5), 'harmless" (active, confidence 90)`],
  },
];

describe('an analyst meets', () => {
  it.each(situations.map(one => [one.number, one.what, one] as const))('%i: %s', (_, __, situation) => {
    const { value, type, given, host, level, conflicting = false, says = [], saysNot = [] } = situation;
    const verdict = assess(answersAbout(value, given, type), host && answersAbout(...host), policy);
    expect(verdict).toMatchObject({ level, conflicting, missing: [] });
    for (const part of says) expect(verdict.summary).toMatch(part instanceof RegExp ? part : literal(part));
    for (const part of [...saysNot, 'nothing makes it suspicious', 'not heard'])
      expect(verdict.summary).not.toMatch(part instanceof RegExp ? part : literal(part));
    expect(verdict.summary.length).toBeLessThanOrEqual(300);
  });
});

const literal = (text: string): RegExp => new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'u');

test('every number from 1 to 50 is here but 15, which is about reading what people paste', () => {
  const numbers = new Set(situations.map(({ number }) => number));
  expect([...numbers].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1).filter(number => number !== 15),
  );
});
