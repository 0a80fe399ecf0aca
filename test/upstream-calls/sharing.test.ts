import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';

const many = `query ($values: [String!]!, $names: [String!]! = []) { indicators(values: $values) {
  value threatScore memberships { list { shortName } properties(names: $names) { shortName } } } }`;
const [alice, bob] = ['user/alice/secret', 'user/bob/secret'] as const;

const dataSet = createDataSet();
let redis: RedisServer;
let bed: TestBed;
const more: RunningGateway[] = [];

beforeAll(async () => {
  const { argus, datadog } = dataSet;
  for (const [shortName, key] of [
    ['of-alice', alice],
    ['of-bob', bob],
  ] as const) {
    argus.addList({ shortName });
    argus.keys.set(key, {
      functions: ['viewReputationIndicators', 'viewReputationIndicatorTypes'],
      lists: [shortName],
      descriptors: 'all',
    });
  }
  for (const value of hosts(60)) {
    datadog.add(value, { attributes: { score: 50 } });
    for (const list of ['of-alice', 'of-bob']) argus.add({ value, list });
  }
  argus.addDescriptor({ shortName: 'comment' });
  redis = await startRedis();
  bed = await startTestBed({ REDIS_URL: redis.url, ARGUS_API_KEY: alice }, { dataSet });
  await redisFoundBy(bed);
});
afterAll(async () => {
  await Promise.all(more.map(gateway => gateway.stop()));
  await bed.stop();
  await redis.stop();
});
afterEach(async () => {
  await Promise.all(more.splice(0).map(gateway => gateway.stop()));
  for (const emulator of [bed.emulators.argus, bed.emulators.datadog]) {
    emulator.clearRequests();
    emulator.faults.clear();
  }
});

/** What is asked before Redis answers is kept in memory alone. */
async function redisFoundBy({ url }: { readonly url: string }): Promise<void> {
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  await until(async () => /^gateway_redis_up 1$/m.test(await metrics()), 'the gateway has found Redis');
}

function hosts(count: number, name = 'shared'): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}.example.org`);
}

/** Another gateway on the same Redis and the same upstreams. */
async function another(environment: Environment = {}): Promise<RunningGateway> {
  const gateway = await startGateway(
    {
      PORT: '0',
      DATADOG_URL: bed.emulators.datadog.url,
      DD_API_KEY: 'demo-api-key',
      DD_APP_KEY: 'demo-app-key',
      ARGUS_URL: bed.emulators.argus.url,
      ARGUS_API_KEY: alice,
      REDIS_URL: redis.url,
      ...environment,
    },
    { log: silentLog, auditTo: new PassThrough().resume() },
  );
  more.push(gateway);
  return gateway;
}

const requests = () => [...bed.emulators.argus.requests, ...bed.emulators.datadog.lookups];
const searches = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const keysSeen = () => searches().map(({ headers }) => headers['argus-api-key']);
const listsIn = (data: { indicators: { memberships: { list: { shortName: string } }[] | null }[] }) => [
  ...new Set(data.indicators.flatMap(({ memberships }) => memberships?.map(({ list }) => list.shortName) ?? [])),
];
const keysInRedis = async () => await redis.rows();
const forget = () => redis.cli('flushall');

/** What a process asks first of all may find Redis late on a busy machine: it is asked before, and forgotten. */
async function askFirstOfAll({ url }: RunningGateway): Promise<void> {
  await postQuery(url, many, { values: ['first-of-all.example.org'] });
  bed.emulators.argus.clearRequests();
  bed.emulators.datadog.clearRequests();
}

describe('two gateways on one Redis', () => {
  it('of the same credentials: the second asks nothing that the first has asked', async () => {
    const values = hosts(60);
    const first = await bed.ask(many, { values });
    // One fact of each source for each value.
    await until(async () => (await keysInRedis()) >= 120, 'all facts are in Redis');
    bed.emulators.argus.clearRequests();
    bed.emulators.datadog.clearRequests();
    const second = await another();
    await redisFoundBy(second);
    const answer = await postQuery(second.url, many, { values }, { 'x-enrichment-trace': '1' });
    expect(answer.data).toEqual(first.data);
    expect(requests()).toEqual([]);
    expect(answer.extensions?.enrichment).toMatchObject([
      { calls: 0, hits: { memory: 0, redis: 60 } },
      { calls: 0, hits: { memory: 0, redis: 60 } },
    ]);
  });

  it('of the same credentials: what is asked of both sources about a batch is one MGET', async () => {
    const third = await another();
    await redisFoundBy(third);
    const [one = '', ...others] = hosts(60);
    await postQuery(third.url, many, { values: [one] });
    await redis.cli('config', 'resetstat');
    const { data } = await postQuery(third.url, many, { values: others });
    expect(data.indicators).toMatchObject(
      others.map(value => ({ value, threatScore: 50, memberships: { length: 1 } })),
    );
    expect(await redis.cli('info', 'commandstats')).toMatch(/cmdstat_mget:calls=1,/);
  });

  it('of the same credentials: the first proves Datadog’s address for both', async () => {
    const keys = { DD_API_KEY: 'other-api-key', DD_APP_KEY: 'other-app-key' };
    const proofs = () => bed.emulators.datadog.requests.length - bed.emulators.datadog.lookups.length;
    const before = await keysInRedis();
    for (const name of ['first', 'second']) {
      const gateway = await another(keys);
      await redisFoundBy(gateway);
      const { errors } = await postQuery(gateway.url, many, { values: [`unknown-to-the-${name}.example.org`] });
      expect(errors).toBeUndefined();
      // Two facts, and the proof.
      await until(async () => (await keysInRedis()) >= before + 3, 'all is in Redis');
    }
    expect(bed.emulators.datadog.lookups).toHaveLength(2);
    expect(proofs()).toBe(1);
  });

  it('of different Argus keys: the second asks with its own, and sees only its own; Datadog is not asked again', async () => {
    const values = hosts(60);
    const second = await another({ ARGUS_API_KEY: bob });
    await askFirstOfAll(second);
    const { data } = await postQuery(second.url, many, { values });
    expect(listsIn(data)).toEqual(['of-bob']);
    expect(keysSeen()).toEqual([bob]);
    expect(bed.emulators.datadog.lookups).toEqual([]);
    expect(listsIn((await bed.ask(many, { values })).data)).toEqual(['of-alice']);
  });

  it('of different Argus keys: what is stale for one does not stand in for the other', async () => {
    await forget();
    const windows = { ARGUS_CACHE_FRESH_SECONDS: '0', ARGUS_CACHE_STALE_SECONDS: '600' };
    const [first, second] = [await another(windows), await another({ ...windows, ARGUS_API_KEY: bob })];
    await postQuery(first.url, many, { values: hosts(1) });
    await until(async () => (await keysInRedis()) >= 2, 'the facts are in Redis');
    bed.emulators.argus.faults.add({ kind: 'status', status: 500 });
    expect(listsIn((await postQuery(first.url, many, { values: hosts(1) })).data)).toEqual(['of-alice']);
    const { data, errors } = await postQuery(second.url, many, { values: hosts(1) });
    expect(data.indicators[0].memberships).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', source: 'ARGUS' } }]);
  });
});

describe('two callers with Argus keys of their own on one gateway', () => {
  const asking = (gateway: RunningGateway, key: string, values: readonly string[]) =>
    postQuery(gateway.url, many, { values }, { 'argus-api-key': key, 'x-enrichment-trace': '1' });

  it('at the same time, about the same values: each is asked for with its own key and sees only its own', async () => {
    await forget();
    const gateway = await another({ ARGUS_KEY_FROM: 'caller', ARGUS_API_KEY: undefined });
    bed.emulators.argus.faults.add({ kind: 'latency', ms: 40 });
    const callers = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? alice : bob));
    const answers = await Promise.all(callers.map(key => asking(gateway, key, hosts(5))));
    answers.forEach(({ data }, index) => {
      expect(listsIn(data)).toEqual([index % 2 === 0 ? 'of-alice' : 'of-bob']);
    });
    expect(keysSeen().sort()).toEqual([alice, bob]);
  });

  it('are told nothing of each other: who comes second is asked for like the first', async () => {
    await forget();
    const gateway = await another({ ARGUS_KEY_FROM: 'caller', ARGUS_API_KEY: undefined });
    const values = hosts(3, 'unknown');
    const argusPart = ({ extensions }: Awaited<ReturnType<typeof asking>>) => {
      const traces = extensions?.enrichment as { source: string; milliseconds: number }[];
      return traces.filter(({ source }) => source === 'ARGUS').map(trace => ({ ...trace, milliseconds: 0 }));
    };
    const first = await asking(gateway, alice, values);
    const second = await asking(gateway, bob, values);
    expect(second.data).toEqual(first.data);
    expect(argusPart(second)).toEqual(argusPart(first));
    expect(argusPart(second)).toMatchObject([{ calls: 1, batchSizes: [3], coalesced: 0 }]);
    expect([...second.headers.keys()].sort()).toEqual([...first.headers.keys()].sort());
  });

  it('with no key at all nothing is asked, and nothing of another caller is shown', async () => {
    const gateway = await another({ ARGUS_KEY_FROM: 'caller', ARGUS_API_KEY: undefined });
    await asking(gateway, alice, hosts(2));
    bed.emulators.argus.clearRequests();
    const { data, errors } = await postQuery(gateway.url, many, { values: hosts(2) });
    expect(listsIn(data)).toEqual([]);
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_DENIED' } },
      { extensions: { code: 'UPSTREAM_DENIED' } },
    ]);
    expect(searches()).toEqual([]);
  });
});

// docs/decisions/absence-and-staleness.md
describe('a credential that loses its right', () => {
  it('is shown nothing more: a refusal is no failure that a stale fact may cover', async () => {
    await forget();
    const gateway = await another({ ARGUS_CACHE_FRESH_SECONDS: '0', ARGUS_CACHE_STALE_SECONDS: '600' });
    const ask = () => postQuery(gateway.url, many, { values: hosts(1) });
    expect(listsIn((await ask()).data)).toEqual(['of-alice']);
    bed.emulators.argus.faults.add({ kind: 'status', status: 403 });
    const refused = await ask();
    expect(refused.data.indicators[0]).toMatchObject({ threatScore: 50, memberships: null });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_DENIED' } }]);
    bed.emulators.argus.faults.clear();
    bed.emulators.argus.faults.add({ kind: 'status', status: 500 });
    expect((await ask()).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });
});

describe('another question of the same credential', () => {
  const state = `query ($value: String!, $states: [MembershipStateFilter!]) {
    indicator(value: $value) { memberships(states: $states) { state } } }`;

  it('is asked for unless the answer is part of what is cached: states', async () => {
    dataSet.argus.add({ value: 'old.example.org', list: 'of-alice', state: 'old' });
    const statesOf = async (states: readonly string[]) => {
      const { data } = await bed.ask(state, { value: 'old.example.org', states });
      return data.indicator.memberships.map((membership: { state: string }) => membership.state);
    };
    expect(await statesOf(['ACTIVE', 'LATEST'])).toEqual([]);
    expect(await statesOf(['ACTIVE'])).toEqual([]);
    expect(searches()).toHaveLength(1);
    expect(await statesOf(['OLD'])).toEqual(['OLD']);
    expect(searches()).toHaveLength(2);
    expect(await statesOf(['LATEST', 'OLD'])).toEqual(['OLD']);
    expect(await statesOf(['LATEST'])).toEqual([]);
    expect(searches()).toHaveLength(2);
  });

  it('is asked for unless the answer is part of what is cached: properties', async () => {
    for (const shortName of ['role', 'campaign']) dataSet.argus.addDescriptor({ shortName });
    const properties = { comment: 'c', role: 'r', campaign: 'x' };
    dataSet.argus.add({ value: 'props.example.org', list: 'of-alice', properties });
    const ask = async (...names: string[]) => {
      const { data } = await bed.ask(many, { values: ['props.example.org'], names });
      return data.indicators[0].memberships[0].properties.map((one: { shortName: string }) => one.shortName);
    };
    expect(await ask('comment', 'role')).toEqual(['comment', 'role']);
    expect(await ask('role')).toEqual(['role']);
    expect(await ask()).toEqual([]);
    expect(searches()).toHaveLength(1);
    expect(await ask('campaign')).toEqual(['campaign']);
    expect(await ask('comment', 'campaign')).toEqual(['comment', 'campaign']);
    expect(searches()).toHaveLength(2);
  });

  it('is asked for unless the answer is part of what is cached: triage history', async () => {
    const history = Array.from({ length: 6 }, (_, index) => ({
      triage_state: 'reviewed',
      triaged_at: `2026-06-0${index + 1}T00:00:00.000000Z`,
      triaged_by: '00000000-0000-4000-8000-000000000001',
    }));
    dataSet.datadog.add('history.example.org', { attributes: { score: 1 }, history });
    const ask = async (fields: string) =>
      (await bed.ask(`{ indicator(value: "history.example.org") { ${fields} } }`)).data;
    const lookups = () => bed.emulators.datadog.lookups.length;
    await ask('threatScore');
    expect(lookups()).toBe(1);
    expect((await ask('triageHistory { at }')).indicator.triageHistory).toHaveLength(6);
    expect(lookups()).toBe(2);
    const windows = await ask(
      'threatScore a: triageHistory(limit: 2) { at } b: triageHistory(limit: 2, offset: 3) { at }',
    );
    expect(windows.indicator.b.map(({ at }: { at: string }) => at.slice(0, 10))).toEqual(['2026-06-03', '2026-06-02']);
    expect(lookups()).toBe(2);
    await ask('threat(ocsf: true) { score }');
    expect(lookups()).toBe(3);
  });

  it('has an absence answered from what is known of the plain question, at Datadog', async () => {
    const ask = (fields: string) => bed.ask(`{ indicator(value: "nowhere.example.org") { ${fields} } }`);
    await ask('threatScore');
    expect((await ask('triageHistory { at } threat { score }')).data.indicator).toEqual({
      triageHistory: null,
      threat: null,
    });
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
  });

  it('about a property that the key may not see costs that property alone', async () => {
    dataSet.argus.addDescriptor({ shortName: 'secret-note' });
    const permissions = dataSet.argus.keys.get(alice);
    if (permissions) dataSet.argus.keys.set(alice, { ...permissions, except: ['secret-note'] });
    dataSet.argus.add({
      value: 'denied.example.org',
      list: 'of-alice',
      properties: { comment: 'c', 'secret-note': 's' },
    });
    const query = `{ indicator(value: "denied.example.org") { threatScore memberships { list { shortName }
      comment: properties(names: ["comment"]) { shortName } note: properties(names: ["secret-note"]) { shortName } } } }`;
    const { data, errors } = await bed.ask(query);
    expect(data.indicator.memberships).toEqual([
      { list: { shortName: 'of-alice' }, comment: [{ shortName: 'comment' }], note: [null] },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } }]);
  });
});
