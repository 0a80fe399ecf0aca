/** What one replica has fetched, the others need not. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Replicas, startReplicas } from './replicas.ts';

let redis: RedisServer;
let replicas: Replicas | undefined;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  await replicas?.stop();
  replicas = undefined;
});

async function open(environment: Record<string, string> = {}) {
  await redis.cli('flushall');
  replicas = await startReplicas(2, { REDIS_URL: redis.url, CACHE_FRESH_SECONDS: '3', ...environment });
  const [one, other] = replicas.all;
  if (!one || !other) throw new Error('there are two');
  return { one, other, replicas };
}

const values = Array.from({ length: 20 }, (_, index) => `shared-${index}.example.org`);
const query = `query ($values: [String!]!) { indicators(values: $values) {
  threatScore memberships { state } sources { source status servedFrom ageSeconds } verdict { level missing } } }`;

function list({ emulators }: Replicas): void {
  emulators.dataSet.argus.addList({ shortName: 'bad', confidence: 0.9 });
  for (const value of values) {
    emulators.dataSet.argus.add({ value, list: 'bad' });
    emulators.dataSet.datadog.add(value, { attributes: { score: 90 } });
  }
}

const rowsStored = (count: number) => until(async () => (await redis.rows()) >= count, `${count} rows are stored`);
const expired = () => pause(3_100);

describe('after a fact has expired', () => {
  it('the replica that asks first asks the sources, the other one Redis, each time', async () => {
    const { one, other, replicas: all } = await open();
    list(all);
    for (const round of [1, 2, 3]) {
      all.forgetCalls();
      const [asks, reads] = round % 2 === 1 ? [one, other] : [other, one];
      const first = await asks.ask(query, { values });
      expect(all.calls()).toEqual({ datadog: 20, argus: 1 });
      const writes = () => asks.metric('gateway_cache_total{tier="redis",outcome="write"}');
      const before = await writes();
      await until(async () => (await writes()) >= Math.max(before, 40), 'all is written');
      await pause(50);
      const second = await reads.ask(query, { values });
      expect(all.calls()).toEqual({ datadog: 20, argus: 1 });
      expect(second.data.indicators[7]).toMatchObject({
        threatScore: 90,
        verdict: { level: 'MALICIOUS', missing: [] },
        sources: [{ servedFrom: 'CACHE' }, { servedFrom: 'CACHE' }],
      });
      expect(second.data.indicators[7].threatScore).toBe(first.data.indicators[7].threatScore);
      await expired();
    }
  });

  it('what another replica has fetched since stands in for sources that are down', async () => {
    const { one, other, replicas: all } = await open();
    list(all);
    await other.ask(query, { values });
    await rowsStored(40);
    await expired();
    await one.ask(query, { values });
    await pause(100);
    all.emulators.datadog.faults.add({ kind: 'status', status: 503 });
    all.emulators.argus.faults.add({ kind: 'status', status: 503 });
    const { data } = await other.ask(query, { values });
    for (const { sources, verdict } of data.indicators) {
      expect(verdict).toEqual({ level: 'MALICIOUS', missing: [] });
      for (const { servedFrom, ageSeconds } of sources) {
        expect(servedFrom).toBe('CACHE');
        expect(ageSeconds).toBeLessThan(3);
      }
    }
  });

  it('what another replica hears while a source is waited for stands in for it when it fails', async () => {
    const {
      one,
      other,
      replicas: all,
    } = await open({ CACHE_FRESH_SECONDS: '60', DATADOG_TIMEOUT_MS: '1000', REQUEST_DEADLINE_MS: '3000' });
    list(all);
    const [value = ''] = values;
    all.emulators.datadog.faults.add({ kind: 'hang' });
    // It wants it anew, so that nobody waits for it.
    const waiting = other.ask(
      query
        .replace('($values', '($age: Int, $values')
        .replace('values: $values', 'values: $values, maxAgeSeconds: $age'),
      {
        values: [value],
        age: 30,
      },
    );
    await pause(300);
    await redis.cli('--scan', '--pattern', '*:claim *').then(keys => redis.cli('unlink', ...keys.split('\n')));
    all.emulators.datadog.faults.clear();
    await one.ask(query, { values: [value] });
    all.emulators.datadog.faults.add({ kind: 'status', status: 503 });
    const { data } = await waiting;
    expect(data.indicators[0]).toMatchObject({ threatScore: 90, verdict: { level: 'MALICIOUS', missing: [] } });
    expect(data.indicators[0].sources[0]).toMatchObject({ status: 'MATCHED', servedFrom: 'CACHE' });
  });
});

describe('a row of Datadog’s list that another replica has read', () => {
  it('is never taken for a whole report, also where an operation finds out late that it needs one', async () => {
    const { one, other, replicas: all } = await open();
    const { datadog, argus } = all.emulators.dataSet;
    argus.addList({ shortName: 'bad', confidence: 0.9 });
    argus.add({ value: 'parent.example.org', list: 'bad' });
    datadog.add('parent.example.org', { attributes: { score: 90, hosts: ['web-1'] } });
    await one.ask(
      '{ threatIndicators(filter: { query: "parent.example.org" }) { nodes { indicator { threatScore } } } }',
    );
    await rowsStored(1);
    const { data, errors } = await other.ask(`{
      known: indicator(value: "parent.example.org") { threatScore }
      below: indicator(value: "a.parent.example.org") { covering { indicator { threat { hosts } } } } }`);
    expect(errors).toBeUndefined();
    expect(data.known.threatScore).toBe(90);
    expect(data.below.covering[0].indicator.threat.hosts).toEqual(['web-1']);
  });
});
