import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed({ ARGUS_CONCURRENCY: '1' });
  await bed.ask('{ reputationTypes { shortName } }');
  bed.emulators.argus.clearRequests();
});
afterEach(() => bed.stop());

const both = '{ indicator(value: "evil.example.org") { threatScore memberships { value } } }';
const allCalls = () => [...bed.emulators.datadog.lookups, ...bed.emulators.argus.requests];

/** A client of its own connection, which can hang up. */
async function askAndLeave(query: string, when: () => Promise<unknown>): Promise<number> {
  const client = request(`${bed.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  client.on('error', () => {}).end(JSON.stringify({ query }));
  await once(client, 'finish');
  await when();
  const leftAt = Date.now();
  client.destroy();
  return leftAt;
}

const hang = () => {
  bed.emulators.datadog.faults.add({ kind: 'hang' });
  bed.emulators.argus.faults.add({ kind: 'hang' });
};

// Repeated, because the machine may be busy with other things.
it('a client that hangs up closes the connections of what would not be kept within 100 ms', { retry: 3 }, async () => {
  hang();
  const page = '{ reputationRecords(first: 1) { nodes { value } } }';
  const leftAt = await askAndLeave(page, async () => {
    await pause(100);
    await until(() => allCalls().length === 1, 'Argus is asked');
  });
  await until(() => allCalls().every(({ abortedAt }) => abortedAt !== undefined), 'the connection is closed');
  for (const { abortedAt } of allCalls()) expect((abortedAt ?? 0) - leftAt).toBeLessThanOrEqual(100);
});

it('what somebody else waits for goes on, is asked once, and arrives', async () => {
  bed.emulators.datadog.faults.add({ kind: 'latency', ms: 600 });
  bed.emulators.argus.faults.add({ kind: 'latency', ms: 600 });
  const staying = bed.ask(both);
  await askAndLeave(both, () => until(() => allCalls().length === 2, 'both are asked'));
  const { data, errors } = await staying;
  expect(errors).toBeUndefined();
  expect(data.indicator).toMatchObject({ threatScore: 92.5, memberships: { length: 4 } });
  expect(allCalls()).toHaveLength(2);
});

it('a search that gathered the values of two operations outlives the one whose client left', async () => {
  const field = (value: string) => `{ indicator(value: "${value}") { memberships { value } } }`;
  bed.emulators.argus.faults.add({ kind: 'latency', ms: 400 });
  const blocking = bed.ask(field('first.example.org'));
  await until(() => bed.emulators.argus.requests.length === 1, 'the only place is taken');
  const staying = bed.ask(field('evil.example.org'));
  await askAndLeave(field('leaves.example.org'), async () => {
    await blocking;
    await until(() => bed.emulators.argus.requests.length === 2, 'the gathered search has left');
  });
  const { data, errors } = await staying;
  expect(errors).toBeUndefined();
  expect(data.indicator.memberships).toHaveLength(4);
  expect(bed.emulators.argus.requests[1]?.values).toEqual(['evil.example.org', 'leaves.example.org']);
  expect(bed.emulators.argus.requests[1]?.abortedAt).toBeUndefined();
});

it('clients who leave count as nothing against a source', async () => {
  bed.emulators.datadog.faults.add({ kind: 'latency', ms: 100 });
  bed.emulators.argus.faults.add({ kind: 'latency', ms: 100 });
  for (let count = 0; count < 8; count++) {
    const before = allCalls().length;
    const query = both.replace('evil', `evil-${count}`);
    await askAndLeave(query, () => until(() => allCalls().length >= before + 2, 'both are asked'));
  }
  const { data } = await bed.ask('{ sources { state circuit lastFailureAt } }');
  for (const source of data.sources) expect(source).toEqual({ state: 'UP', circuit: 'CLOSED', lastFailureAt: null });
});
