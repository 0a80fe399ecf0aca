/** The proof of an address over time, and for each credential. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openCache } from '../../src/cache/cache.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { createUpstream } from '../../src/http-client/client.ts';
import type { Upstream } from '../../src/http-client/upstream.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { classifyAnswer } from '../../src/sources/datadog/client.ts';
import { openRouteProof } from '../../src/sources/datadog/route-proof.ts';
import type { AbsenceProof } from '../../src/sources/lookup-kind.ts';
import { silentLog } from '../setup/silent-log.ts';

let emulators: Emulators;
let upstream: Upstream;
let proof: AbsenceProof;
let ofReplica: AbsenceProof;
let time: number;

beforeEach(async () => {
  emulators = await startEmulators();
  time = Date.now();
  const clock = { wall: () => time, monotonic: () => time };
  const [metrics, log] = [createMetrics(), silentLog];
  const cache = openCache({ maxBytes: 1_000_000, metrics, clock });
  upstream = createUpstream({
    source: { name: 'DATADOG', title: 'Datadog' },
    url: emulators.datadog.url,
    ...{ timeoutMs: 5000, concurrency: 1, maxBodyBytes: 1_000_000, unavailableBackoffMs: 50 },
    ...{ classify: classifyAnswer, policy: { attempts: 1, failuresInARow: 1 }, log, metrics, clock },
  });
  const windows = { freshMs: 1, staleMs: 1, negativeMs: 1 };
  const dependencies = {
    cache,
    log,
    metrics,
    windows,
    revalidates: false,
    maxValues: 1,
    suspiciousFrom: 30,
    deadlineMs: 1,
    proxy: {},
    clock,
  };
  proof = openRouteProof(upstream, dependencies);
  // As where only Redis holds what another replica has written.
  ofReplica = openRouteProof(upstream, { ...dependencies, cache: { ...cache, peek: () => undefined } });
});
afterEach(async () => {
  await upstream.close();
  await emulators.close();
});

const credentialOf = (name: string) => ({
  partition: name,
  headers: () => ({ 'dd-api-key': `${name}-api-key`, 'dd-application-key': `${name}-app-key` }),
  reload: () => false,
});
const demo = credentialOf('demo');
const asked = () => emulators.datadog.requests.length;
const hour = 3_600_000;

it('An address that has proved itself is not asked again for a day', async () => {
  await proof.believe(demo);
  time += 24 * hour;
  await proof.believe(demo);
  expect(asked()).toBe(1);
  time += 48 * hour;
  await proof.believe(demo);
  expect(asked()).toBe(2);
});

it('An address that has been repaired is believed within a minute', async () => {
  emulators.datadog.behaviours.hasExplorer = false;
  await expect(proof.believe(demo)).rejects.toMatchObject({ kind: 'MALFORMED' });
  emulators.datadog.behaviours.hasExplorer = true;
  time += 5000;
  await expect(proof.believe(demo)).rejects.toMatchObject({ kind: 'MALFORMED' });
  expect(asked()).toBe(1);
  time += 50_000;
  await proof.believe(demo);
  expect(asked()).toBe(2);
});

it('A match makes an address believed that had seemed to be wrong', async () => {
  emulators.datadog.behaviours.hasExplorer = false;
  await expect(proof.believe(demo)).rejects.toMatchObject({ kind: 'MALFORMED' });
  proof.found(demo);
  await proof.believe(demo);
  expect(asked()).toBe(1);
});

it('Each credential proves the address for itself', async () => {
  await Promise.all([demo, demo, credentialOf('other'), credentialOf('other')].map(proof.believe));
  const keys = emulators.datadog.requests.map(({ headers }) => headers['dd-api-key']);
  expect(keys.toSorted()).toEqual(['demo-api-key', 'other-api-key']);
});

it('Nothing is sent while the circuit is open, and the absence is unheard for that reason', async () => {
  emulators.datadog.faults.add({ kind: 'cut', times: 1 });
  const lookup = { method: 'GET', path: '/lookup', headers: {}, operation: 'indicator', isRepeatable: true } as const;
  const options = {
    signal: new AbortController().signal,
    deadlineAt: () => time + hour,
    caller: 'test',
    isSmall: true,
  };
  await expect(upstream.call(() => lookup, { ...options, partition: 'demo' })).rejects.toMatchObject({
    kind: 'UNAVAILABLE',
  });
  expect(asked()).toBe(1);
  await expect(proof.believe(demo)).rejects.toMatchObject({ kind: 'UNAVAILABLE' });
  expect(asked()).toBe(1);
});

it('An address that another replica has proved is not asked again', async () => {
  await proof.believe(demo);
  await ofReplica.believe(demo);
  expect(asked()).toBe(1);
});
