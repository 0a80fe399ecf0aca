import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const query = '{ indicator(value: "evil.example.org") { threatScore triageState memberships { state } } }';
const nothingKept = { CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0' };

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed(nothingKept);
});
afterAll(() => bed.stop());
afterEach(() => {
  for (const emulator of [bed.emulators.argus, bed.emulators.datadog]) {
    emulator.clearRequests();
    emulator.faults.clear();
  }
});

const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const calls = () => [bed.emulators.datadog.lookups.length, searches().length];

describe('the loaders of one operation', () => {
  it('live no longer than it: with nothing cached, the next one asks again', async () => {
    await bed.ask(query);
    await bed.ask(query);
    expect(calls()).toEqual([2, 2]);
  });

  // DataLoader remembers errors too; docs/decisions/deadlines.md says why that is kept.
  it('tell every field the same failure, and the next operation asks again', async () => {
    bed.emulators.datadog.faults.add({ kind: 'html' });
    const { data, errors } = await bed.ask(query);
    expect(data.indicator).toMatchObject({ threatScore: null, triageState: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_MALFORMED', 'UPSTREAM_MALFORMED']);
    expect(calls()).toEqual([1, 1]);
    bed.emulators.datadog.faults.clear();
    expect((await bed.ask(query)).data.indicator.threatScore).toBe(92.5);
  });

  // A cache that is awaited before the loaders would split the batches.
  it('ask for all its values together, whichever field they are asked through', async () => {
    await bed.ask(`{ a: indicator(value: "a.example.org") { memberships { state } verdict { level } }
      b: indicators(values: ["b.example.org", "c.example.org"]) { argus { membershipCount } }
      c: lookup(values: ["https://d.example.org/x"]) { indicator { verdict { level } host { memberships { state } } } } }`);
    // What a verdict needs of domains takes a search of its own.
    expect(searches().map(search => search.values.toSorted())).toEqual(
      expect.arrayContaining([
        ['a.example.org', 'd.example.org'],
        ['b.example.org', 'c.example.org', 'https://d.example.org/x'],
      ]),
    );
    expect(searches()).toHaveLength(2);
  });

  it('ask once for what is spelt in many ways', async () => {
    await bed.ask(
      '{ indicators(values: ["evil.example.org", "EVIL.example.org", "evil[.]example[.]org", "evil.example.org."]) { threatScore memberships { state } } }',
    );
    expect(calls()).toEqual([1, 1]);
  });

  // DataLoader itself knows neither timeout nor abort.
  it('do not outlive its deadline, whatever the sources do', async () => {
    const hurried = await startTestBed({ REQUEST_DEADLINE_MS: '300' });
    for (const { faults } of [hurried.emulators.datadog, hurried.emulators.argus]) faults.add({ kind: 'hang' });
    const { data, errors } = await hurried.ask(query);
    expect(data.indicator).toEqual({ threatScore: null, triageState: null, memberships: null });
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
    await hurried.stop();
  });
});

describe('the trace of an operation', () => {
  const traced = { 'x-enrichment-trace': '1' };

  it('is told only to who asks for it', async () => {
    expect((await bed.ask(query)).extensions).toBeUndefined();
    expect((await bed.ask(query, {}, { 'x-enrichment-trace': '0' })).extensions).toBeUndefined();
    expect((await bed.ask(query, {}, traced)).extensions).toHaveProperty('enrichment');
  });

  it('lists per source the calls, their sizes, the hits by tier, what was coalesced, and the time', async () => {
    const cached = await startTestBed();
    const values = ['a.example.org', 'b.example.org', 'evil.example.org'];
    const ask = (asked: readonly string[]) =>
      cached.ask(
        'query ($values: [String!]!) { indicators(values: $values) { threatScore memberships { state } } }',
        { values: asked },
        traced,
      );
    await ask(values.slice(0, 2));
    expect((await ask(values)).extensions?.enrichment).toEqual([
      expect.objectContaining({
        source: 'DATADOG',
        calls: 1,
        batchSizes: [1],
        hits: { memory: 2, redis: 0, stale: 0 },
        coalesced: 0,
      }),
      expect.objectContaining({
        source: 'ARGUS',
        calls: 1,
        batchSizes: [1],
        hits: { memory: 2, redis: 0, stale: 0 },
        coalesced: 0,
      }),
    ]);
    const again = (await ask(values)).extensions?.enrichment as { calls: number; milliseconds: number }[];
    expect(again).toMatchObject([
      { calls: 0, milliseconds: 0 },
      { calls: 0, milliseconds: 0 },
    ]);
    await cached.stop();
  });

  it('tells who waited for a call that another operation made', async () => {
    const cached = await startTestBed();
    for (const { faults } of [cached.emulators.datadog, cached.emulators.argus])
      faults.add({ kind: 'latency', ms: 300 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => cached.ask(query, {}, traced)));
    const traces = answers.map(({ extensions }) => extensions?.enrichment as { calls: number; coalesced: number }[]);
    for (const place of [0, 1]) {
      const ofSource = traces.map(trace => trace[place] as { calls: number; coalesced: number });
      expect(ofSource.reduce((sum, { calls: made }) => sum + made, 0)).toBe(1);
    }
    await cached.stop();
  });

  it('counts a second attempt as the call that it is', async () => {
    bed.emulators.datadog.faults.add({ kind: 'status', status: 500, times: 1 });
    const { extensions } = await bed.ask('{ indicator(value: "evil.example.org") { threatScore } }', {}, traced);
    expect(extensions?.enrichment).toMatchObject([{ source: 'DATADOG', calls: 2, batchSizes: [1, 1] }]);
  });
});
