import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';

let emulators: Emulators;
let now = 0;
beforeEach(async () => {
  now = Date.UTC(2026, 5, 2, 12, 0, 15);
  emulators = await startEmulators({ now: () => now });
});
afterEach(() => emulators.close());

const credentials = { 'DD-API-KEY': 'demo-api-key', 'DD-APPLICATION-KEY': 'demo-app-key' };

async function read(asked: ReturnType<typeof request>) {
  const { statusCode, headers, body } = await asked;
  return { status: statusCode, headers, text: await body.text() };
}

function datadog(indicator = 'evil.example.org', signal = AbortSignal.timeout(20_000)) {
  const url = `${emulators.datadog.url}/api/v2/security/siem/ioc-explorer/indicator`;
  return read(request(url, { headers: credentials, query: { indicator }, signal }));
}

function argus(terms: object = { value: ['evil.example.org'] }, more: Record<string, string> = {}) {
  const headers = { ...more, 'Argus-API-Key': 'demo/key/full', 'content-type': 'application/json' };
  const url = `${emulators.argus.url}/reputation/v2/indicator/search`;
  return read(
    request(url, { method: 'POST', headers, body: JSON.stringify(terms), signal: AbortSignal.timeout(20_000) }),
  );
}

describe('a fault', () => {
  it('touches only what it matches: value, path, body, or a condition of the test', async () => {
    const { faults } = emulators.datadog;
    faults.add({ kind: 'status', status: 500, match: { value: '192.0.2.1' } });
    faults.add({ kind: 'status', status: 503, when: ({ query }) => query.has('ocsf') });
    emulators.argus.faults.add({
      kind: 'status',
      status: 504,
      match: { method: 'POST', path: '/search', body: '"listed' },
    });
    expect((await datadog()).status).toBe(200);
    expect((await datadog('192.0.2.1')).status).toBe(500);
    expect((await argus()).status).toBe(200);
    expect((await argus({ value: ['listed.example.net'] })).status).toBe(504);
  });

  it('lasts a time span, and the timeline keeps when it was on', async () => {
    const { faults } = emulators.datadog;
    const start = now;
    faults.add({ kind: 'status', status: 500, afterMs: 1000, forMs: 2000 });
    const statuses: number[] = [];
    for (const ms of [0, 1000, 2999, 3000]) {
      now = start + ms;
      statuses.push((await datadog()).status);
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect(faults.timeline).toMatchObject([{ id: 'fault-1', onAt: start + 1000, offAt: start + 3000, hits: 2 }]);
    expect(faults.during(start, start + 999)).toEqual([]);
    expect(faults.during(start + 500, start + 1500)).toHaveLength(1);
  });

  it('happens with a seeded probability', async () => {
    const statuses = async () => {
      emulators.datadog.faults.clear();
      emulators.datadog.faults.add({ kind: 'status', status: 500, probability: 0.5, seed: 4 });
      const all: number[] = [];
      for (let asked = 0; asked < 20; asked += 1) all.push((await datadog()).status);
      return all;
    };
    const first = await statuses();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await statuses()).toEqual(first);
  });

  it('adds up with others: latency with a status, sent badly', async () => {
    const { faults } = emulators.datadog;
    faults.add({ kind: 'latency', ms: 0, msFor: ({ values }) => (values[0] === '192.0.2.1' ? 30 : 0) });
    faults.add({ kind: 'status', status: 500 });
    faults.add({ kind: 'halfJson' });
    const started = performance.now();
    const { status, text } = await datadog('192.0.2.1');
    expect(performance.now() - started).toBeGreaterThan(28);
    expect(status).toBe(500);
    expect(() => JSON.parse(text)).toThrow();
    expect(emulators.datadog.requests[0]?.faults).toEqual(['latency', 'status', 'halfJson']);
  });

  it('that does not exist is refused', () => {
    expect(() => emulators.datadog.faults.add({ kind: 'status', status: 1 })).toThrow();
  });
});

describe('over HTTP', () => {
  async function control(method: string, path: string, body?: unknown) {
    const answer = await fetch(`${emulators.argus.url}/_emulator${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: await answer.json() };
  }

  it('faults can be switched on and off, and looked at', async () => {
    const added = await control('POST', '/faults', { kind: 'status', status: 504 });
    expect(added).toMatchObject({ status: 201, body: { faults: [{ id: 'fault-1' }] } });
    expect((await argus()).status).toBe(504);
    expect((await control('GET', '/faults')).body).toMatchObject({ faults: [{ hits: 1 }] });
    await control('DELETE', '/faults');
    expect((await argus()).status).toBe(200);
    expect(await control('POST', '/faults', { kind: 'earthquake' })).toMatchObject({ status: 400 });
    expect(await control('GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it('requests can be looked at, without credentials and without those of the control itself', async () => {
    await argus();
    const { body } = await control('GET', '/requests');
    expect(body).toMatchObject({
      count: 1,
      requests: [{ method: 'POST', path: '/reputation/v2/indicator/search', body: { value: ['evil.example.org'] } }],
    });
    expect(JSON.stringify(body)).not.toContain('demo/key/full');
    await control('DELETE', '/requests');
    expect(emulators.argus.requests).toEqual([]);
  });
});

describe('what was asked', () => {
  it('is recorded with its values, headers, status and the most at once', async () => {
    const { datadog: emulator } = emulators;
    emulator.faults.add({ kind: 'hang', match: { value: 'a.test' } });
    const leaving = new AbortController();
    const hanging = ['a.test', 'a.test', 'a.test'].map(value => datadog(value, leaving.signal));
    await expect.poll(() => emulator.requests.length).toBe(3);
    await datadog();
    leaving.abort();
    await Promise.allSettled(hanging);
    expect(emulator.concurrentPeak).toBe(4);
    expect(emulator.requests[3]).toMatchObject({ method: 'GET', values: ['evil.example.org'], status: 200, at: now });
    expect(emulator.requests[3]?.headers['dd-api-key']).toBe('demo-api-key');
    expect(emulator.requests[3]?.query.get('indicator')).toBe('evil.example.org');
  });
});

describe('starting', () => {
  it('says which variable to set where a port is taken, and leaves nothing open', async () => {
    const taken = Number(new URL(emulators.argus.url).port);
    await expect(startEmulators({ ports: { argus: taken } })).rejects.toThrow(/Port \d+ .* EMULATOR_ARGUS_PORT/);
  });
});
