import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../src/emulators/seed.ts';
import { startTestBed, type TestBed } from './setup/gateway.ts';

let bed: TestBed;
const dataSet = createSeededDataSet();

beforeAll(async () => {
  // No fact outlives its test: what is asked upstream is what this suite is about.
  bed = await startTestBed(
    { CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  await bed.ask('{ reputationTypes { shortName } }');
});
afterAll(() => bed.stop());
afterEach(() => {
  bed.emulators.datadog.faults.clear();
  bed.emulators.argus.faults.clear();
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
});

const datadogCalls = () => bed.emulators.datadog.lookups;
const searches = () => bed.emulators.argus.requests.filter(request => request.path.endsWith('/search'));

describe('one indicator', () => {
  it('is answered from both sources by one Datadog lookup and one Argus search', async () => {
    const { data, errors } = await bed.ask(`{
      indicator(value: "evil[.]example[.]org") {
        value threatScore triageHistory { state at by }
        memberships { list { name confidence } state properties(names: ["comment", "role"]) { shortName value values } }
        threat {
          id datadogId indicator score indicatorType categories tags maliciousSources suspiciousSources benignSources
          scoringFactors { asType persistence signal sources maxTrust } firstSeen lastSeen logMatches signalMatches
          signalTier signalSeverity { severity count } logSources services hosts users { category users } criticalAssets
          autonomousSystem { number organization type cidrBlock } geo { city countryCode countryName }
          triageState triagedAt triagedBy additionalData
        }
      }
    }`);
    expect(errors).toBeUndefined();
    expect(data.indicator).toMatchObject({ value: 'evil.example.org', threatScore: 92.5 });
    expect(data.indicator.triageHistory.length).toBeGreaterThan(2);
    expect(data.indicator.memberships[0]).toMatchObject({
      list: { name: 'Botnet command and control', confidence: 0.9 },
      state: 'ACTIVE',
      properties: [{ shortName: 'comment' }, { shortName: 'role', values: ['c2', 'redirector'] }],
    });
    expect(data.indicator.threat).toMatchObject({ score: 92.5, indicator: 'evil.example.org' });
    expect(datadogCalls().map(({ query }) => Object.fromEntries(query))).toEqual([
      { indicator: 'evil.example.org', include_triage_history: 'true' },
    ]);
    expect(searches().map(({ body }) => body)).toEqual([
      expect.objectContaining({
        value: ['evil.example.org'],
        state: ['active', 'latest'],
        includeProperties: [{ descriptor: 'comment' }, { descriptor: 'role' }],
      }),
    ]);
  });

  it('costs nothing while only its identity is asked for', async () => {
    const { data } = await bed.ask(
      '{ indicator(value: "hxxps://Evil[.]example[.]org/A") { id value type defanged specialUse host { value type specialUse } } }',
    );
    expect(data.indicator).toMatchObject({
      value: 'https://evil.example.org/A',
      type: 'URL',
      defanged: 'hxxps://evil[.]example[.]org/A',
      host: { value: 'evil.example.org', type: 'DOMAIN' },
    });
    expect([...datadogCalls(), ...bed.emulators.argus.requests]).toEqual([]);
  });

  it('asks Datadog for its history only when that is selected, and only for the window that is wanted', async () => {
    await bed.ask('{ indicator(value: "evil.example.org") { threatScore triageState } }');
    await bed.ask('{ indicator(value: "evil.example.org") { triageHistory(limit: 2, offset: 1) { at } } }');
    await bed.ask('{ indicator(value: "evil.example.org") { threat(ocsf: true) { score } } }');
    expect(datadogCalls().map(({ query }) => Object.fromEntries(query))).toEqual([
      { indicator: 'evil.example.org' },
      {
        indicator: 'evil.example.org',
        include_triage_history: 'true',
        triage_history_limit: '2',
        triage_history_offset: '1',
      },
      { indicator: 'evil.example.org', ocsf: 'true' },
    ]);
  });

  it('gives each alias its own window of one fetched history', async () => {
    const { data } = await bed.ask(`{ indicator(value: "evil.example.org") {
      threatScore first: triageHistory(limit: 1) { at } third: triageHistory(limit: 1, offset: 2) { at } } }`);
    const whole = await bed.ask('{ indicator(value: "evil.example.org") { triageHistory { at } } }');
    expect(data.indicator.first).toEqual([whole.data.indicator.triageHistory[0]]);
    expect(data.indicator.third).toEqual([whole.data.indicator.triageHistory[2]]);
    expect(datadogCalls()).toHaveLength(2);
  });

  it('keeps int64 exact and microseconds whole', async () => {
    const eicar = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
    const { data } = await bed.ask(`{ a: indicator(value: "${eicar}") { threat { logMatches signalMatches } }
      b: indicator(value: "192.0.2.1") { threat { triagedAt logMatches } } }`);
    expect(data.a.threat).toEqual({ logMatches: '9007199254740993', signalMatches: '9223372036854775807' });
    expect(data.b.threat).toEqual({ triagedAt: '2026-06-03T18:55:42.108938Z', logMatches: 7 });
  });

  it('turns an Argus time of 0 into null', async () => {
    const { data } = await bed.ask('{ indicator(value: "evil.example.org") { memberships { deletedAt updatedAt } } }');
    expect(data.indicator.memberships[0].deletedAt).toBeNull();
    expect(data.indicator.memberships[0].updatedAt).toMatch(/^2026-.*Z$/);
  });
});

describe('lookahead', () => {
  it('sees through fragments, variables, aliases, @skip and @include', async () => {
    const { errors } = await bed.ask(
      `query ($names: [String!]!, $no: Boolean!) {
        indicator(value: "evil.example.org") {
          ...Lists
          other: memberships { properties(names: ["comment"]) { value } }
          skipped: memberships(states: [OLD]) @skip(if: true) { properties(names: ["country"]) { value } }
          ... on Indicator @include(if: $no) { triageHistory { at } }
        }
      }
      fragment Lists on Indicator { memberships { ...Props } }
      fragment Props on ReputationRecord { properties(names: $names) { value } }`,
      { names: ['role'], no: false },
    );
    expect(errors).toBeUndefined();
    expect(datadogCalls()).toEqual([]);
    expect(searches().map(({ body }) => body)).toEqual([
      expect.objectContaining({
        state: ['active', 'latest'],
        includeProperties: [{ descriptor: 'comment' }, { descriptor: 'role' }],
      }),
    ]);
  });
});

describe('many indicators', () => {
  it('are one Argus search and one Datadog lookup each, in the order asked, duplicates collapsed', async () => {
    const values = [
      ...Array.from({ length: 40 }, (_, i) => `192.0.2.${i + 1}`),
      ...Array.from({ length: 40 }, (_, i) => `host-${i}.example.org`),
      ...Array.from({ length: 18 }, (_, i) => `2001:db8::${i + 1}`),
      'EVIL.example.org.',
      'evil[.]example[.]org',
    ];
    const { data } = await bed.ask(
      'query ($values: [String!]!) { indicators(values: $values) { value threatScore memberships { value } } }',
      { values },
    );
    expect(data.indicators).toHaveLength(100);
    expect(data.indicators[98].value).toBe('evil.example.org');
    expect(data.indicators[99]).toEqual(data.indicators[98]);
    expect(datadogCalls()).toHaveLength(99);
    expect(searches()).toHaveLength(1);
    expect(searches()[0]?.values).toHaveLength(99);
  });

  it('keep an unusable value at its place, null with an error of its own', async () => {
    const { data, errors } = await bed.ask(
      'query ($values: [String!]!) { indicators(values: $values) { value } lookup(values: $values) { input problem indicator { value } } }',
      { values: ['a.example.org', '', 'b.example.org'] },
    );
    expect(data.indicators.map((one: { value: string } | null) => one?.value)).toEqual([
      'a.example.org',
      undefined,
      'b.example.org',
    ]);
    expect(errors).toMatchObject([{ path: ['indicators', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(data.lookup[1]).toEqual({ input: '', problem: expect.stringMatching(/empty/i), indicator: null });
  });

  it('return all 700 records of one value and starve nobody', async () => {
    const { argus } = dataSet;
    for (let i = 0; i < 700; i++) {
      const list = argus.addList({ shortName: `noisy-${i}` });
      argus.add({ value: 'noisy.example.org', list: list.shortName });
    }
    const values = [
      'noisy.example.org',
      ...Array.from({ length: 98 }, (_, i) => `quiet-${i}.example.org`),
      'evil.example.org',
    ];
    const { data } = await bed.ask(
      'query ($values: [String!]!) { indicators(values: $values) { memberships { list { shortName } } } }',
      { values },
    );
    expect(
      new Set(data.indicators[0].memberships.map((m: { list: { shortName: string } }) => m.list.shortName)).size,
    ).toBe(700);
    expect(data.indicators[99].memberships).toHaveLength(4);
    expect(searches().length).toBeLessThanOrEqual(2);
  });
});

describe('a source in trouble', () => {
  const query = '{ indicator(value: "evil.example.org") { threatScore memberships { list { name } } } }';
  const troubles = [
    ['down', { kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['cut off', { kind: 'cut' }, 'UPSTREAM_UNAVAILABLE'],
    ['answering HTML', { kind: 'html' }, 'UPSTREAM_MALFORMED'],
    ['answering half a JSON', { kind: 'halfJson' }, 'UPSTREAM_MALFORMED'],
    ['answering wrong types', { kind: 'wrongTypes' }, 'UPSTREAM_MALFORMED'],
    ['refusing our key', { kind: 'status', status: 403 }, 'UPSTREAM_DENIED'],
  ] as const;

  // Of its own, for trouble opens circuits.
  let troubled: TestBed;
  beforeEach(async () => {
    troubled = await startTestBed({}, { dataSet });
  });
  afterEach(() => troubled.stop());

  it.each(troubles)('Datadog %s leaves the fields of Argus whole', async (_, fault, code) => {
    troubled.emulators.datadog.faults.add(fault);
    const { status, data, errors } = await troubled.ask(query);
    expect(status).toBe(200);
    expect(data.indicator.threatScore).toBeNull();
    expect(data.indicator.memberships).toHaveLength(4);
    expect(errors).toMatchObject([{ path: ['indicator', 'threatScore'], extensions: { code, source: 'DATADOG' } }]);
  });

  it.each(troubles)('Argus %s leaves the fields of Datadog whole', async (_, fault, code) => {
    troubled.emulators.argus.faults.add(fault);
    const { status, data, errors } = await troubled.ask(query);
    expect(status).toBe(200);
    expect(data.indicator).toEqual({ threatScore: 92.5, memberships: null });
    expect(errors).toMatchObject([{ path: ['indicator', 'memberships'], extensions: { code, source: 'ARGUS' } }]);
  });

  it('that is slow ends at its timeout', async () => {
    const slow = await startTestBed({ DATADOG_TIMEOUT_MS: '100', REQUEST_DEADLINE_MS: '1000' }, { dataSet });
    slow.emulators.datadog.faults.add({ kind: 'hang' });
    const { data, errors } = await slow.ask(query);
    expect(data.indicator.memberships).toHaveLength(4);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT', source: 'DATADOG' } }]);
    await slow.stop();
  });

  it('never shows its text, its address or a credential to a client', async () => {
    troubled.emulators.datadog.faults.add({ kind: 'text', text: '{"errors":["canary-text"]}' });
    troubled.emulators.argus.faults.add({ kind: 'redirect', location: 'http://127.0.0.1:1/canary' });
    const { text } = await troubled.ask(query);
    for (const secret of ['canary', 'demo', '127.0.0.1', '_emulator', 'ioc-explorer'])
      expect(text).not.toContain(secret);
  });

  it('that has no credentials is unconfigured, and the other one works', async () => {
    const half = await startTestBed({ ARGUS_API_KEY: undefined }, { dataSet });
    const { data, errors } = await half.ask(query);
    expect(data.indicator).toEqual({ threatScore: 92.5, memberships: null });
    expect(errors).toMatchObject([{ extensions: { code: 'SOURCE_UNCONFIGURED', source: 'ARGUS' } }]);
    await half.stop();
  });
});
