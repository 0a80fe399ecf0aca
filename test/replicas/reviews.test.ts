/** A review that one replica records: no replica serves what was known of the value before. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Replicas, startReplica, startReplicas } from './replicas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let redis: RedisServer;
let replicas: Replicas;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.cli('flushall');
});
afterEach(() => replicas?.stop());

const open = async (count: number) => {
  replicas = await startReplicas(count, { REDIS_URL: redis.url, TRIAGE_WRITES: 'service' });
};

const read = '{ indicator(value: "evil.example.org") { triageState } }';
const review = `mutation ($state: TriageStateFilter!) {
  setTriageState(values: ["evil.example.org"], state: $state) { status detail } }`;

const states = async () =>
  Promise.all(replicas.all.map(async ({ ask }) => (await ask(read)).data.indicator.triageState));
const record = async (state: string) => (await replicas.all[0]?.ask(review, { state }))?.data.setTriageState[0];

describe('a review by one of four replicas', () => {
  it('is seen by all of them at once, although each had kept the state from before', async () => {
    await open(4);
    await record('NOT_REVIEWED');
    expect(await states()).toEqual(Array(4).fill('NOT_REVIEWED'));
    for (const state of ['REVIEWED', 'NOT_REVIEWED', 'REVIEWED']) {
      expect(await record(state)).toEqual({ status: 'MATCHED', detail: null });
      expect(await states()).toEqual(Array(4).fill(state));
    }
  });

  it('is seen also where another one was asking meanwhile', async () => {
    await open(2);
    await record('NOT_REVIEWED');
    await states();
    replicas.emulators.datadog.faults.add({ kind: 'latency', ms: 600, match: { method: 'GET' }, times: 1 });
    const before = replicas.all[1]?.ask('{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { triageState } }');
    await pause(100);
    await record('REVIEWED');
    await before;
    for (const _ of [1, 2, 3]) expect(await states()).toEqual(['REVIEWED', 'REVIEWED']);
  });

  it('is heard of by one that starts later, before its first answer', async () => {
    await open(1);
    await record('NOT_REVIEWED');
    await states();
    await until(async () => (await redis.rows()) > 0, 'the state from before lies in Redis');
    await record('REVIEWED');
    const later = await startReplica(replicas.emulators, { REDIS_URL: redis.url });
    expect((await later.ask(read)).data.indicator.triageState).toBe('REVIEWED');
    await later.gateway.stop();
  });

  it('is heard of by those that record none themselves', async () => {
    await open(1);
    const reading = await startReplica(replicas.emulators, { REDIS_URL: redis.url, TRIAGE_WRITES: 'off' });
    const state = async () => (await reading.ask(read)).data.indicator.triageState;
    await record('NOT_REVIEWED');
    expect(await state()).toBe('NOT_REVIEWED');
    expect(await record('REVIEWED')).toEqual({ status: 'MATCHED', detail: null });
    expect(await state()).toBe('REVIEWED');
    await reading.gateway.stop();
  });

  it('goes on among replicas whatever others write among the announcements', async () => {
    await open(2);
    const key = 'indicator-gateway::{announced}names';
    for (const number of ['9e15', 'inf', '5']) await redis.cli('zadd', key, number, `junk-${number}`);
    await redis.cli('zadd', key, ...Array.from({ length: 1_200 }, (_, index) => ['7', `same-${index}`]).flat());
    await pause(600);
    await redis.cli('del', key);
    await record('NOT_REVIEWED');
    await states();
    expect(await record('REVIEWED')).toEqual({ status: 'MATCHED', detail: null });
    expect(await states()).toEqual(['REVIEWED', 'REVIEWED']);
  });

  it('says that it cannot be told to the others while Redis is away, and is still recorded', async () => {
    await open(2);
    await states();
    await redis.kill();
    try {
      await pause(300);
      const result = await record('REVIEWED');
      expect(result).toMatchObject({ status: 'MATCHED', detail: expect.stringContaining('Other replicas may show') });
    } finally {
      await redis.start();
    }
  });
});
