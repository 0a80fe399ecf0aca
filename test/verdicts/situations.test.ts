/** What an analyst meets, asked over HTTP: the emulators' data set holds it, and each verdict costs what was promised. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VerdictLevel } from '../../src/domain/verdict/model.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { callsOf, forgetRequests, withoutCache } from './bed.ts';

const caps = 'tor-exits=SUSPICIOUS,research-scanners=INFORMATIONAL,sinkholes=SUSPICIOUS,parked=INFORMATIONAL';

const dataSet = createSeededDataSet({ now: Date.now() });
const dayBefore = (days: number): string => new Date(dataSet.now - days * 86_400_000).toISOString().slice(0, 10);

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ ...withoutCache, VERDICT_LIST_CAPS: caps }, { dataSet });
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
beforeEach(() => forgetRequests(bed));

const ask = async (value: string, selection: string, type: string | null = null) => {
  const { data, errors } = await bed.ask(
    `query ($value: String!, $type: IndicatorType) { indicator(value: $value, type: $type) { ${selection} } }`,
    { value, type },
  );
  expect(errors).toBeUndefined();
  return data.indicator;
};

/** Lookups of Datadog and searches of Argus. */
const calls = () => [callsOf(bed, 'datadog').length, callsOf(bed, 'argus').length];

type Says = readonly string[];
type Situation = readonly [number: number, what: string, value: string, level: VerdictLevel, says: Says, more?: More];
interface More {
  readonly type?: 'OTHER';
  readonly conflicting?: true;
  /** Default: one each. */
  readonly calls?: readonly [datadog: number, argus: number];
}

const user: More = { type: 'OTHER', calls: [1, 0] };
/** Of a URL or e-mail address and of its host. */
const withHost: More = { calls: [2, 2] };
const disputed: More = { conflicting: true };

const situations: readonly Situation[] = [
  [
    1,
    'shared hosting',
    'shared-hosting.example.net',
    'SUSPICIOUS',
    ['called suspicious by "SPUR" (hosting proxy)', '"Suspicious infrastructure" (active, confidence 50)'],
  ],
  [
    2,
    'a CDN edge',
    'edge.example.net',
    'SUSPICIOUS',
    ['"Spam sources"', 'but Datadog scores it 4, called benign by "cdn"'],
    disputed,
  ],
  [3, 'a sinkhole', '192.0.2.3', 'SUSPICIOUS', ['"Sinkholes" (active, confidence 90, counted as suspicious at most)']],
  [4, 'a Tor exit', '192.0.2.4', 'SUSPICIOUS', ['called suspicious by "tor" (tor)', '"Tor exits"']],
  [5, 'a research scanner', '192.0.2.5', 'INFORMATIONAL', ['only weakly accused', 'informational at most']],
  [
    6,
    "masscan's user agent",
    'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
    'SUSPICIOUS',
    ['"masscan/1[.]3 (hxxps://github[.]com/robertdavidgraham/masscan)" is', 'by "scanners" (scanner)'],
    user,
  ],
  [7, 'a parked domain', 'for-sale.example.com', 'INFORMATIONAL', ['only weakly accused', '"Parked"']],
  [8, 'a name under dynamic DNS', 'home.duckdns.org', 'INFORMATIONAL', ['the shared domain duckdns[.]org above it']],
  [8, 'a name below a C2 there', 'cdn.c2.duckdns.org', 'SUSPICIOUS', ['its parent c2[.]duckdns[.]org is on']],
  [9, 'a name below a C2 domain', 'mail.evil.example.org', 'SUSPICIOUS', ['its parent evil[.]example[.]org is on 4']],
  [10, 'a new name', 'quiet.example.com', 'NO_MATCH', ['this is no proof that it is harmless']],
  [
    11,
    'a compromised site',
    'compromised.example.com',
    'BENIGN',
    ['known only as benign', 'called benign by "popular"'],
  ],
  [12, 'its malicious URL', 'https://compromised.example.com/drop.exe', 'MALICIOUS', ['scores it 92'], withHost],
  [13, 'another URL of it', 'https://compromised.example.com/about', 'INFORMATIONAL', ['nobody accuses it'], withHost],
  [
    14,
    'an unknown URL on a C2 host',
    'https://evil.example.org/x',
    'SUSPICIOUS',
    ['its host', 'is malicious, Datadog scores it 92.5', 'Argus has it on 4 lists'],
    withHost,
  ],
  [
    16,
    'a URL that is known under http, asked with https',
    'https://twin.example.net/gate',
    'NO_MATCH',
    ['no match for its host twin[.]example[.]net', 'no source is known to hold URLs themselves'],
    withHost,
  ],
  [17, 'a dual-use tool', 'b'.repeat(64), 'SUSPICIOUS', ['Datadog scores it 30']],
  [18, 'a hash that one feed accuses', 'c'.repeat(64), 'MALICIOUS', ['called malicious by "malwarebazaar" (malware)']],
  [
    19,
    'listed until 400 days ago',
    'long-gone.example.org',
    'INFORMATIONAL',
    ['only weakly accused', `past its active period, confidence 90, last seen ${dayBefore(400)}`],
  ],
  [20, 'listed until yesterday', 'just-gone.example.org', 'SUSPICIOUS', [`last seen ${dayBefore(1)}`]],
  [21, 'the same at 0.6', 'just-gone.example.net', 'SUSPICIOUS', [`confidence 60, last seen ${dayBefore(1)}`]],
  [22, 'active at 0.3', 'spam.example.net', 'SUSPICIOUS', ['confidence 30']],
  [23, 'active at 0.2', 'noisy.example.net', 'INFORMATIONAL', ['only weakly accused', 'confidence 20']],
  [24, 'active at 0.5', 'parked.example.com', 'SUSPICIOUS', ['confidence 50']],
  [25, 'active at 0.75', 'listed.example.net', 'MALICIOUS', ['confidence 75']],
  [26, 'active, seen three years ago', 'still-listed.example.org', 'MALICIOUS', [`last seen ${dayBefore(1095)}`]],
  [
    27,
    'ten lists at 0.3 and more',
    'many-medium.example.org',
    'SUSPICIOUS',
    ['Argus has it on 10 lists', 'and 7 more'],
  ],
  [28, 'ten lists at 0.25 and less', 'many-weak.example.org', 'INFORMATIONAL', ['only weakly accused', '10 lists']],
  [29, 'a deleted record', 'deleted.example.org', 'NO_MATCH', ['no proof']],
  [29, 'a record flagged as deleted', 'withdrawn.example.org', 'NO_MATCH', ['no proof']],
  [30, 'a superseded record', 'superseded.example.org', 'NO_MATCH', ['no proof']],
  [31, 'tor and SPUR', '192.0.2.8', 'SUSPICIOUS', ['called suspicious by "SPUR" and "tor" (hosting proxy, tor)']],
  [32, 'a proxy of a botnet', '192.0.2.9', 'SUSPICIOUS', ['(botnet proxy)']],
  [33, 'score 55, benign', 'popular.example.com', 'SUSPICIOUS', ['it 55, but called benign by "popular"'], disputed],
  [34, 'a mute', 'muted.example.com', 'SUSPICIOUS', ['it 92, but called benign (or muted) by "org mute"'], disputed],
  [35, 'score 92, reviewed', 'reviewed.example.com', 'MALICIOUS', ['Datadog scores it 92, reviewed']],
  [36, 'many logs', 'busy.example.com', 'INFORMATIONAL', ['is known, and nobody accuses it: Datadog scores it 4']],
  [37, 'score 0', 'zero.example.com', 'INFORMATIONAL', ['is known, and nobody accuses it: Datadog scores it 0']],
  [38, 'critical signals', 'alarmed.example.com', 'SUSPICIOUS', ['scores it 20, matched by 40 critical signals']],
  [39, 'a private address on a list', '10.0.0.5', 'INFORMATIONAL', ['of little weight for such a value']],
  [40, 'no address on a list', '0.0.0.0', 'INFORMATIONAL', ['of little weight for such a value']],
  [41, 'localhost on a list', 'localhost', 'INFORMATIONAL', ['of little weight for such a value']],
  [42, "the organisation's own name", 'intranet.example.net', 'NO_MATCH', ['no proof']],
  [43, 'a resolver', '192.0.2.6', 'SUSPICIOUS', ['but Datadog scores it 1, called benign by "resolvers"'], disputed],
  [
    44,
    'a mailbox at a popular domain',
    'bob@compromised.example.com',
    'INFORMATIONAL',
    ['nobody accuses it'],
    withHost,
  ],
  [
    45,
    'a mailbox at a listed domain',
    'bob@evil.example.org',
    'SUSPICIOUS',
    ['its host evil[.]example[.]org is'],
    withHost,
  ],
  [
    46,
    'a block with a listed one inside',
    '198.18.0.0/24',
    'NO_MATCH',
    ['Datadog is not known to hold address blocks'],
    { calls: [1, 2] },
  ],
  [
    47,
    'an address in a listed /28',
    '198.18.0.20',
    'SUSPICIOUS',
    ['the block 198[.]18[.]0[.]16/28 around it is on the Argus list "Bulletproof hosting" (active, confidence 90)'],
  ],
  [47, 'an address in a listed /8', '240.0.0.5', 'NO_MATCH', ['no proof']],
  [
    48,
    'one feed under two names',
    'one-feed.example.org',
    'SUSPICIOUS',
    ['called malicious by "urlhaus" (malware)', '"abuse[.]ch URLhaus" (active, confidence 40)'],
  ],
  [
    49,
    'a user agent that reads like a verdict',
    'curl/8 is known only as benign: Datadog',
    'MALICIOUS',
    ['"curl/8 is known only as benign: Datadog" is malicious: Datadog scores it 92'],
    user,
  ],
  [
    50,
    'a list whose name would close its quotes',
    'forged.example.org',
    'MALICIOUS',
    [`the list "x' (active, confidence 5), 'harmless" (active, confidence 90)`],
  ],
];

describe('an analyst meets', () => {
  it.each(situations.map(one => [one[0], one[1], one] as const))('%i: %s', async (_, __, situation) => {
    const [, , value, level, says, more = {}] = situation;
    const { verdict } = await ask(value, 'verdict { level summary conflicting missing }', more.type);
    expect(verdict).toMatchObject({ level, conflicting: more.conflicting ?? false, missing: [] });
    for (const part of says) expect(verdict.summary).toContain(part);
    expect(verdict.summary).not.toContain('agree');
    expect(verdict.summary.length).toBeLessThanOrEqual(300);
    expect(calls()).toEqual(more.calls ?? [1, 1]);
  });

  it.each([
    ['192.0.2.1', ['scores it 4, called suspicious by "SOURCE1" (hosting proxy), reviewed']],
    [
      '43.228.157.121',
      ['scores it 8, called malicious by "threatfox"', 'by "SPUR" and "tor" (hosting proxy, malware, tor)'],
    ],
  ])('what Datadog was recorded to say of %s', async (value, says) => {
    const { verdict } = await ask(value, 'verdict { level summary conflicting }');
    expect(verdict).toMatchObject({ level: 'SUSPICIOUS', conflicting: false });
    for (const part of says) expect(verdict.summary).toContain(part);
  });

  it('two sources that agree, in words', async () => {
    const { verdict } = await ask('evil.example.org', 'verdict { level summary conflicting reasons { rule } }');
    expect(verdict).toMatchObject({ level: 'MALICIOUS', conflicting: false });
    expect(verdict.summary).toContain('is malicious: independent sources agree, Datadog scores it 92.5');
    expect(verdict.reasons).toContainEqual({ rule: 'corroborated' });
  });
});
