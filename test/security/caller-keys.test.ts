import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { viewIndicators } from '../../src/emulators/argus-permissions.ts';
import type { DataSet } from '../../src/emulators/data-set.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { type RedisServer, startRedis } from '../setup/redis.ts';

const a = { 'argus-api-key': 'tenant/a/key', 'dd-api-key': 'demo-api-key', 'dd-application-key': 'demo-app-key' };
const b = { 'argus-api-key': 'tenant/b/key', 'dd-api-key': 'other-api-key', 'dd-application-key': 'other-app-key' };
const value = 'shared.example.org';
const query = `{ indicator(value: "${value}") { memberships { list { shortName } } sources { source status servedFrom staleBecause } } }`;
const byCaller = { ARGUS_KEY_FROM: 'caller', DATADOG_KEY_FROM: 'caller' };

let bed: TestBed;
let dataSet: DataSet;
let redis: RedisServer | undefined;

beforeEach(() => {
  dataSet = createSeededDataSet();
  for (const tenant of ['a', 'b']) {
    dataSet.argus.addList({ shortName: `list-of-${tenant}` });
    dataSet.argus.add({ value, list: `list-of-${tenant}` });
    dataSet.argus.keys.set(`tenant/${tenant}/key`, {
      functions: [viewIndicators],
      lists: [`list-of-${tenant}`],
      descriptors: 'all',
    });
  }
});
afterEach(async () => {
  await bed.stop();
  await redis?.stop();
  redis = undefined;
});

const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const keysOf = () => searches().map(({ headers }) => headers['argus-api-key']);
const listsIn = ({ data }: { data: { indicator: { memberships: { list: { shortName: string } }[] } } }) =>
  data.indicator.memberships?.map(({ list }) => list.shortName);
const argusIn = ({ data }: { data: { indicator: { sources: { source: string }[] } } }) =>
  data.indicator.sources.find(({ source }) => source === 'ARGUS');

describe.each(['memory', 'redis'])('callers with keys of their own, cache in %s', tier => {
  beforeEach(async () => {
    redis = tier === 'redis' ? await startRedis() : undefined;
    bed = await startTestBed({ ...byCaller, REDIS_URL: redis?.url }, { dataSet });
  });

  it('each sees what its own key may read, one after the other, without a trace of the other', async () => {
    const first = await bed.ask(query, {}, a);
    const second = await bed.ask(query, {}, b);
    expect([listsIn(first), listsIn(second)]).toEqual([['list-of-a'], ['list-of-b']]);
    expect(keysOf()).toEqual(['tenant/a/key', 'tenant/b/key']);
    expect([argusIn(first), argusIn(second)]).toMatchObject([{ servedFrom: 'LIVE' }, { servedFrom: 'LIVE' }]);
    expect(argusIn(await bed.ask(query, {}, a))).toMatchObject({ servedFrom: 'CACHE' });
    const traced = await bed.ask(
      '{ indicator(value: "shared.example.org") { memberships(states: [OLD]) { state } } }',
      {},
      { ...b, 'x-enrichment-trace': '1' },
    );
    expect(traced.extensions?.enrichment).toMatchObject([{ source: 'ARGUS', coalesced: 0 }]);
  });

  it('each is served with its own key when both ask at once', async () => {
    bed.emulators.argus.faults.add({ kind: 'latency', ms: 100 });
    const answers = await Promise.all([a, b, a, b].map(headers => bed.ask(query, {}, headers)));
    expect(answers.map(listsIn)).toEqual([['list-of-a'], ['list-of-b'], ['list-of-a'], ['list-of-b']]);
    expect(keysOf().sort()).toEqual(['tenant/a/key', 'tenant/b/key']);
  });
});

describe('callers with keys of their own', () => {
  beforeEach(async () => {
    bed = await startTestBed({ ...byCaller, CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '60' }, { dataSet });
  });

  it("sends each key only to its own upstream, and the gateway's own key nowhere", async () => {
    const { data } = await bed.ask(
      '{ indicator(value: "evil.example.org") { threatScore memberships { state } } }',
      {},
      b,
    );
    expect(data.indicator).toEqual({ threatScore: 12, memberships: [] });
    const [toDatadog, toArgus] = [bed.emulators.datadog.requests, bed.emulators.argus.requests].map(requests =>
      JSON.stringify(requests.map(({ headers, bodyText, query: search }) => [headers, bodyText, `${search}`])),
    );
    expect(toDatadog).toMatch(/other-api-key.*other-app-key/);
    expect(toDatadog).not.toMatch(/tenant|demo/);
    expect(toArgus).toContain('tenant/b/key');
    expect(toArgus).not.toMatch(/other-a|demo/);
  });

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['an empty key', { 'argus-api-key': '', 'dd-api-key': '', 'dd-application-key': '' }],
    [
      'two keys in one header',
      { 'argus-api-key': 'tenant/a/key, tenant/b/key', 'dd-api-key': 'a, b', 'dd-application-key': 'c' },
    ],
    [
      'half a pair, and a key in an address',
      { 'dd-api-key': 'demo-api-key', referer: 'http://x/?argus-api-key=tenant/a/key' },
    ],
  ])('a caller with %s is DENIED, never served with a key or a copy of another', async (_what, headers) => {
    await bed.ask(query, {}, a);
    bed.emulators.argus.clearRequests();
    const { data, errors = [] } = await bed.ask(
      `{ indicator(value: "${value}") { threatScore memberships { state } argus { report { status } } verdict { missing } sources { status } } }`,
      {},
      headers,
    );
    expect(data.indicator).toEqual({
      threatScore: null,
      memberships: null,
      argus: { report: { status: 'DENIED' } },
      verdict: { missing: ['DATADOG', 'ARGUS'] },
      sources: [{ status: 'DENIED' }, { status: 'DENIED' }],
    });
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['UPSTREAM_DENIED']));
    expect([...bed.emulators.argus.requests, ...bed.emulators.datadog.requests]).toEqual([]);
  });

  it('in an outage only stale facts of the own key are served, marked as stale', async () => {
    await bed.ask(query, {}, a);
    bed.emulators.argus.faults.add({ kind: 'status', status: 500 });
    const [own, other] = [await bed.ask(query, {}, a), await bed.ask(query, {}, b)];
    expect(listsIn(own)).toEqual(['list-of-a']);
    expect(argusIn(own)).toMatchObject({ servedFrom: 'STALE_CACHE', staleBecause: 'UNAVAILABLE' });
    expect(listsIn(other)).toBeUndefined();
    expect(argusIn(other)).toMatchObject({ status: 'UNAVAILABLE', servedFrom: null });
  });

  it('a denied key gets no stale facts, loses its cached ones, and does not affect the other caller', async () => {
    await bed.ask(query, {}, a);
    await bed.ask(query, {}, b);
    const permissions = dataSet.argus.keys.get('tenant/a/key');
    if (permissions) dataSet.argus.keys.set('tenant/a/key', { ...permissions, functions: [] });
    const refused = await bed.ask(query, {}, a);
    expect(listsIn(refused)).toBeUndefined();
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } }]);
    bed.emulators.argus.faults.add({ kind: 'status', status: 500 });
    expect(argusIn(await bed.ask(query, {}, a))).toMatchObject({ servedFrom: null });
    expect(argusIn(await bed.ask(query, {}, b))).toMatchObject({ servedFrom: 'STALE_CACHE' });
  });

  it("one caller's bad key, a hundred times, blocks no other caller", async () => {
    const bad = { ...a, 'argus-api-key': 'no/such/key' };
    for (let i = 0; i < 100; i += 1)
      await bed.ask(`{ indicator(value: "n${i}.example.org") { memberships { state } } }`, {}, bad);
    expect(listsIn(await bed.ask(query, {}, b))).toEqual(['list-of-b']);
  });
});
