/** Datadog as its documents leave it open: whatever it turns out to do, no verdict is wrong. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatadogBehaviours } from '../../src/emulators/datadog-behaviours.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { accusation, ask, behave, createReadingsDataSet, values } from './datadog-bed.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({}, { dataSet: createReadingsDataSet() });
});
afterAll(() => bed.stop());
beforeEach(() => behave(bed, {}));

const heard = { accused: 'MALICIOUS', calm: 'INFORMATIONAL', unknown: 'NO_MATCH' };
const unheard = { accused: 'INCONCLUSIVE', calm: 'INCONCLUSIVE', unknown: 'NO_MATCH' };
const unknownUnheard = { ...heard, unknown: 'INCONCLUSIVE' };

/** Each switch in each position, and the levels of the three values. */
const readings: readonly (readonly [Partial<DatadogBehaviours>, Readonly<Record<string, string>>])[] = [
  ...(['objects', 'strings'] as const).map(errorShape => [{ errorShape }, heard] as const),
  ...(['all', 'true', 'false'] as const).map(ocsfOmitted => [{ ocsfOmitted }, heard] as const),
  ...(['upperCase', 'lowerCase', 'uuidBeside', 'uuidAlone', 'absent'] as const).map(echo => [{ echo }, heard] as const),
  [{ echo: 'parent' }, { accused: 'SUSPICIOUS', calm: 'INCONCLUSIVE', unknown: 'NO_MATCH' }],
  ...(['suffix', 'another'] as const).map(echo => [{ echo }, unheard] as const),
  ...(['empty', 'object', 'html', 'noErrors', 'nullData', 'noContent'] as const).map(
    unknown => [{ unknown }, unknownUnheard] as const,
  ),
  [{ scoreScale: 1 }, { ...heard, accused: 'SUSPICIOUS' }],
  [{ numbers: 'text' }, heard],
  ...(['names', 'oneObject', 'oneName'] as const).map(sources => [{ sources }, heard] as const),
  ...(['withNull', 'oneText'] as const).map(lists => [{ lists }, heard] as const),
  ...(['spaced', 'date', 'noZone', 'compactZone', 'epochSeconds', 'epochMilliseconds'] as const).map(
    times => [{ times }, heard] as const,
  ),
  ...(['yearOne', 'leapSecond', 'hour24', 'farFuture'] as const).map(times => [{ times }, heard] as const),
  [{ unset: 'emptyTexts' }, heard],
  [{ decoration: 'otherTypes' }, heard],
  [{ extraFields: 'some' }, heard],
  [
    {
      sources: 'oneName',
      lists: 'oneText',
      numbers: 'text',
      times: 'spaced',
      decoration: 'otherTypes',
      echo: 'absent',
    },
    heard,
  ],
];

/** Kinds that Datadog does not document; the level rests on Argus, and of a URL or address on its host. */
const undocumented = [
  ['0cc175b9c0f1b6a831c399e269772661', 'INCONCLUSIVE'],
  ['a'.repeat(128), 'INCONCLUSIVE'],
  ['203.0.113.0/24', 'NO_MATCH'],
  ['who@nothing.example.org', 'NO_MATCH'],
  ['https://nothing.example.org/x', 'NO_MATCH'],
  ['unheard-of/1.0', 'INCONCLUSIVE'],
] as const;

describe('a Datadog', () => {
  it.each(readings.map(([behaviours, levels]) => [JSON.stringify(behaviours), behaviours, levels] as const))(
    'of %s makes no verdict wrong',
    async (_, behaviours, levels) => {
      behave(bed, behaviours);
      for (const [name, level] of Object.entries(levels)) {
        const answer = await ask(bed, values[name as keyof typeof values]);
        expect([name, answer.level]).toEqual([name, level]);
        if (level !== 'INCONCLUSIVE') continue;
        expect(answer.missing).toEqual(['DATADOG']);
      }
    },
  );

  it.each([
    ['all', values.ocsfOnly, 'MALICIOUS'],
    ['true', values.ocsfOnly, 'MALICIOUS'],
    ['false', values.ocsfOnly, 'NO_MATCH'],
    ['true', values.messageOnly, 'NO_MATCH'],
    ['false', values.messageOnly, 'MALICIOUS'],
  ] as const)('that takes "no ocsf" for %s says of %s %s, and by which matcher', async (ocsfOmitted, value, level) => {
    behave(bed, { ocsfOmitted });
    const answer = await ask(bed, value);
    expect(answer.level).toBe(level);
    expect(answer.limits.includes('DEFAULT_MATCHER_ONLY')).toBe(level === 'NO_MATCH');
    expect(answer.summary.includes('default matcher only')).toBe(level === 'NO_MATCH');
  });

  it.each([
    ['400', 'NOT_APPLICABLE'],
    ['answered', 'NO_MATCH'],
  ] as const)(
    'that gives kinds which are not documented a %s never makes them clean',
    async (undocumentedKinds, status) => {
      behave(bed, { undocumentedKinds });
      for (const [value, level] of undocumented) {
        const answer = await ask(bed, value);
        expect([value, answer.status, answer.level]).toEqual([value, status, level]);
      }
    },
  );
});

describe('an echo of what was asked', () => {
  const url = 'https://evil.example.org:8443/Path/?q=%7Ea%20b#frag';
  it.each([
    [url, undefined, ['asAsked', 'upperCase', 'lowerCase', 'noFragment', 'noScheme', 'otherScheme', 'decoded']],
    ['https://evil.example.org/x', undefined, ['finalSlash', 'defaultPort', 'upperCase', 'encoded']],
    ['http://evil.example.org/', undefined, ['noFinalSlash', 'defaultPort', 'noScheme']],
    ['masscan/1.3 (https://github.com/x/masscan)', 'OTHER', ['lowerCase', 'upperCase', 'encoded']],
    ['Some.One@evil.example.org', undefined, ['lowerCase', 'upperCase']],
    ['2001:db8::bad', undefined, ['upperCase']],
    ['275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f', undefined, ['upperCase', 'uuidBeside']],
  ] as const)('of %s is taken for it in every spelling', async (value, type, echoes) => {
    bed.emulators.dataSet.datadog.add(value, { attributes: accusation });
    for (const echo of echoes) {
      behave(bed, { echo });
      expect([echo, (await ask(bed, value, type)).level]).toEqual([echo, 'MALICIOUS']);
    }
  });

  it.each([
    ['https://www.evil.example.org/x', 'parent', 'evil.example.org'],
    ['someone@mail.evil.example.org', 'parent', 'evil.example.org'],
    ['198.51.100.77', 'block', '198.51.100.0/24'],
  ] as const)('of %s that names its %s counts as that: accused, but less', async (value, echo, covering) => {
    bed.emulators.dataSet.datadog.add(value, { attributes: accusation });
    behave(bed, { echo });
    const answer = await ask(bed, value);
    expect(answer).toMatchObject({ level: 'SUSPICIOUS', missing: ['DATADOG'], status: 'MATCHED' });
    expect(answer.limits).toContain('COVERING_ONLY');
    expect(answer.summary).toContain(`${covering.replaceAll('.', '[.]')} around it`);
    const fields = 'threatScore triageState triageHistory { at } threat { indicator }';
    const { data, errors } = await bed.ask(`{ indicator(value: "${value}") { ${fields} } }`);
    expect(data.indicator).toMatchObject({ threatScore: null, triageState: null, triageHistory: null, threat: {} });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(Array(3).fill('UPSTREAM_TRUNCATED'));
  });

  it.each(['host.example.org', 'https://host.example.org/', 'HTTP://HOST.example.org'])(
    'of a URL that names its host, as %s, counts as that',
    async indicator => {
      const value = `https://host.example.org/${encodeURIComponent(indicator)}`;
      bed.emulators.dataSet.datadog.add(value, { attributes: { ...accusation, id: indicator, indicator } });
      const answer = await ask(bed, value);
      expect(answer).toMatchObject({ level: 'SUSPICIOUS', missing: ['DATADOG'], status: 'MATCHED' });
      expect(answer.summary).toContain('host[.]example[.]org around it');
    },
  );

  it.each([
    ['a block of many owners', '10.1.2.3', '10.0.0.0/8'],
    ['another address', '198.51.100.9', '198.51.100.90'],
    ['a public suffix', 'a.example.co.uk', 'co.uk'],
    ['a domain where anybody can register names', 'a.duckdns.org', 'duckdns.org'],
    ['a subdomain', 'example.org', 'evil.example.org'],
    ['a name that ends alike', 'notevil.example.org', 'evil.example.org'],
    ['another URL of the host', 'https://a.example.org/x', 'https://a.example.org/y'],
    ['another query', 'https://a.example.org/?q=1', 'https://a.example.org/?q=2'],
    ['another port', 'https://a.example.org/x', 'https://a.example.org:8443/x'],
    ['a domain in place of an address', '198.51.100.9', 'evil.example.org'],
    ['an address in place of a domain', 'a.example.org', '198.51.100.9'],
  ])('that names %s is MALFORMED', async (_, value, indicator) => {
    bed.emulators.dataSet.datadog.add(value, { attributes: { ...accusation, id: indicator, indicator } });
    expect(await ask(bed, value)).toMatchObject({ status: 'MALFORMED', threat: null, missing: ['DATADOG'] });
  });
});

describe('one decorating field of another type', () => {
  it.each<[string, Record<string, unknown>, object]>([
    ['as_number', { as_number: 15_169 }, { autonomousSystem: { number: '15169' } }],
    ['users', { users: [] }, { users: [] }],
    ['users', { users: { admins: ['a', null, {}], others: 'b' } }, { users: [{ users: ['a'] }, { users: ['b'] }] }],
    ['additional_data', { additional_data: [] }, { additionalData: [] }],
    ['as_geo', { as_geo: [] }, { geo: null }],
    ['as_geo', { as_geo: { city: 7, country_code: [] } }, { geo: { city: '7' } }],
    ['categories', { categories: ['a', null] }, { categories: ['a'] }],
    ['categories', { categories: 'a' }, { categories: ['a'] }],
    ['tags', { tags: ['a', {}, ''] }, { tags: ['a'] }],
    ['hosts', { hosts: { a: true } }, { hosts: [] }],
    ['log_matches', { log_matches: 12.5 }, { logMatches: null }],
    ['log_matches', { log_matches: '12' }, { logMatches: 12 }],
    ['signal_tier', { signal_tier: '' }, { signalTier: null }],
    ['first_seen', { first_seen: '2026-06-03 18:55:42' }, { firstSeen: '2026-06-03T18:55:42Z' }],
    ['first_seen', { first_seen: '2026-06-03T18:55:42.108938+0200' }, { firstSeen: '2026-06-03T16:55:42.108938Z' }],
    ['first_seen', { first_seen: '0001-01-01T00:00:00Z' }, { firstSeen: null }],
    ['first_seen', { first_seen: '2016-12-31T23:59:60Z' }, { firstSeen: null }],
    ['triage_history', { triage_history: 'none' }, {}],
    ['as_type', { as_number: '', as_organization: '', as_type: '', as_cidr_block: '' }, { autonomousSystem: null }],
  ])('costs no accusation, and no more than itself: %s as %j', async (_, changed, shown) => {
    bed.emulators.dataSet.datadog.add('changed.example.org', { attributes: { ...accusation, ...changed } });
    const answer = await ask(bed, 'changed.example.org');
    expect(answer).toMatchObject({ level: 'MALICIOUS', missing: [], threat: { score: 92.5, ...shown } });
  });

  it('is counted by its name in the documents', async () => {
    bed.emulators.dataSet.datadog.add('counted.example.org', { attributes: { ...accusation, signal_matches: 'many' } });
    await ask(bed, 'counted.example.org');
    const metrics = await (await fetch(`${bed.url}/metrics`)).text();
    expect(metrics).toContain('gateway_upstream_fields_unreadable_total{source="DATADOG",field="signal_matches"} 1');
    expect(metrics).not.toMatch(/field="[^"]*(?:admins|\d)/);
  });
});

describe('evidence', () => {
  const bare = { score: null, malicious_sources: null };
  it.each<[string, Record<string, unknown>, object]>([
    ['a score as text', { score: '92.5' }, { score: 92.5 }],
    ['names', { malicious_sources: ['abuse.ch', null] }, { maliciousSources: ['abuse.ch'] }],
    ['one object', { malicious_sources: { name: 'abuse.ch' } }, { maliciousSources: ['abuse.ch'] }],
    ['one name', { suspicious_sources: 'SPUR' }, { suspiciousSources: ['SPUR'] }],
    ['a feed without a name', { malicious_sources: [{}] }, { maliciousSources: ['unnamed'] }],
    [
      'a feed with an empty name',
      { malicious_sources: [{ name: '' }, ''] },
      { maliciousSources: ['unnamed', 'unnamed'] },
    ],
    ['a feed whose name is no text', { malicious_sources: [{ name: {} }] }, { maliciousSources: ['unnamed'] }],
    ['signals as an object', { signal_severity: { high: 3 } }, { signalSeverity: [{ severity: 'high', count: 3 }] }],
    ['one signal', { signal_severity: { severity: 'high', count: '3' } }, { signalSeverity: [{ count: 3 }] }],
    ['a signal whose count is none', { signal_severity: [{ severity: 'high', count: {} }] }, {}],
    [
      'severities alone',
      { signal_severity: ['critical'] },
      { signalSeverity: [{ severity: 'critical', count: null }] },
    ],
  ])('is read in every form that means one thing: %s', async (_, changed, shown) => {
    bed.emulators.dataSet.datadog.add('form.example.org', { attributes: { ...bare, ...changed } });
    const answer = await ask(bed, 'form.example.org');
    expect(answer).toMatchObject({ missing: [], status: 'MATCHED', threat: shown });
    expect(['MALICIOUS', 'SUSPICIOUS']).toContain(answer.level);
  });

  const unreadable: readonly Record<string, unknown>[] = [
    { score: {} },
    { score: 'very high' },
    { malicious_sources: 7 },
    { malicious_sources: { count: 0 } },
    { suspicious_sources: [true] },
    { benign_sources: {} },
    { signal_severity: 7 },
  ];

  it.each(unreadable)('that cannot be read leaves the accusation in hand, as incomplete: %j', async changed => {
    const attributes = { score: 92.5, malicious_sources: [{ name: 'abuse.ch' }], ...changed };
    bed.emulators.dataSet.datadog.add('part.example.org', { attributes });
    const answer = await ask(bed, 'part.example.org');
    expect(answer).toMatchObject({ missing: ['DATADOG'], status: 'MATCHED' });
    expect(answer.limits).toContain('TRUNCATED');
    expect(['MALICIOUS', 'SUSPICIOUS']).toContain(answer.level);
    expect(answer.summary).toContain('could be read only in part');
  });

  it.each(unreadable)('that cannot be read, with no other in hand, is MALFORMED: %j', async changed => {
    bed.emulators.dataSet.datadog.add('none.example.org', { attributes: { ...bare, ...changed } });
    expect(await ask(bed, 'none.example.org')).toMatchObject({
      level: 'INCONCLUSIVE',
      status: 'MALFORMED',
      threat: null,
    });
  });

  it.each([{}, { malicious_sources: '', suspicious_sources: [], benign_sources: [null, { name: '' }], score: '' }])(
    'that is empty accuses nobody: %j',
    async changed => {
      bed.emulators.dataSet.datadog.add('empty.example.org', { attributes: { ...bare, ...changed } });
      expect(await ask(bed, 'empty.example.org')).toMatchObject({ level: 'INFORMATIONAL', missing: [] });
    },
  );

  it('beside errors is kept where it accuses, and is MALFORMED where it does not', async () => {
    bed.emulators.datadog.faults.add({ kind: 'setTop', members: { errors: ['timed out'] } });
    expect(await ask(bed, values.accused)).toMatchObject({ level: 'MALICIOUS', missing: ['DATADOG'] });
    bed.emulators.dataSet.datadog.add('zero.example.org', { attributes: bare });
    expect(await ask(bed, 'zero.example.org')).toMatchObject({ level: 'INCONCLUSIVE', status: 'MALFORMED' });
    bed.emulators.datadog.faults.clear();
  });

  it('that is incomplete is an error of the shorthand fields that would hide it, and is asked again', async () => {
    bed.emulators.dataSet.datadog.add('short.example.org', { attributes: { ...accusation, score: {} } });
    const query = '{ indicator(value: "short.example.org") { threatScore threat { score } triageState } }';
    bed.emulators.datadog.clearRequests();
    for (const calls of [1, 2]) {
      const { data, errors } = await bed.ask(query);
      expect(data.indicator).toEqual({ threatScore: null, threat: null, triageState: 'NOT_REVIEWED' });
      const code = { code: 'UPSTREAM_TRUNCATED', source: 'DATADOG' };
      expect(errors?.map(({ extensions }) => extensions)).toEqual([code, code]);
      expect(bed.emulators.datadog.requests).toHaveLength(calls);
    }
  });
});
