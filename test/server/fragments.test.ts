/** What was said of an indicator is said again without looking at its facts, exactly as long as looking would give the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';
import { createTestClock, type TestClock } from '../setup/test-clock.ts';

const value = 'evil.example.org';
const query = `{ indicator(value: "${value}") { threatScore memberships { recordId } verdict { level missing } argus { report { status } } } }`;

let bed: TestBed;
let clock: TestClock;
beforeEach(() => {
  clock = createTestClock();
});
afterEach(() => bed?.stop());

const open = async (environment: Environment = {}) => {
  bed = await startTestBed(environment, {}, undefined, undefined, { clock });
};

/** Live, from memory, kept, used again. */
async function warm(headers: Record<string, string> = {}) {
  for (const _ of [1, 2, 3]) await bed.ask(query, {}, headers);
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
  const answer = await bed.ask(query, {}, headers);
  expect([bed.emulators.datadog.requests, bed.emulators.argus.requests]).toEqual([[], []]);
  return answer;
}

describe('a fragment of an answer', () => {
  it('expires with its facts, and is then fetched anew', async () => {
    await open({ CACHE_FRESH_SECONDS: '60', CACHE_STALE_SECONDS: '600' });
    const { data } = await warm();
    expect(data.indicator.threatScore).toBe(92.5);
    bed.emulators.dataSet.datadog.remove(value);
    clock.pass(53_000);
    expect((await bed.ask(query)).data.indicator.threatScore).toBe(92.5);
    clock.pass(7_000);
    expect((await bed.ask(query)).data.indicator.threatScore).toBeNull();
  });

  it('is replaced when another operation has fetched a newer fact', async () => {
    await open();
    const before = (await warm()).data.indicator.memberships.length;
    const [record] = bed.emulators.dataSet.argus.byValue(value);
    bed.emulators.dataSet.argus.remove(record?.id ?? '');
    await bed.ask(`{ indicator(value: "${value}", maxAgeSeconds: 0) { memberships { value } } }`);
    expect((await bed.ask(query)).data.indicator.memberships).toHaveLength(before - 1);
  });

  it('is not sent once its source has refused the credential', async () => {
    await open({ CACHE_STALE_SECONDS: '0' });
    await warm();
    bed.emulators.argus.faults.add({ kind: 'status', status: 401 });
    await bed.ask('{ indicator(value: "other.example.org") { memberships { value } } }');
    const { data } = await bed.ask(query);
    expect(data.indicator).toMatchObject({
      memberships: null,
      verdict: { missing: ['ARGUS'] },
      argus: { report: { status: 'DENIED' } },
    });
  });

  it('is not sent after our credential has changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-cached-'));
    const key = join(folder, 'key');
    writeFileSync(key, 'demo/key/full');
    await open({ ARGUS_API_KEY: undefined, ARGUS_API_KEY_FILE: key });
    const all = (await warm()).data.indicator.memberships.length;
    writeFileSync(key, 'demo/key/narrow');
    await until(async () => (await bed.ask(query)).data.indicator.memberships.length < all, 'the new key is used');
    rmSync(folder, { recursive: true });
    expect(bed.emulators.argus.requests.some(({ path }) => path.endsWith('/search'))).toBe(true);
  });

  it('is not sent to a caller who may see less, nor to one who may see more', async () => {
    await open({ ...apiKeyAuth({ all: ['ar'], none: [] }), ARGUS_SCOPE: 'ar' });
    expect((await warm(as('all'))).data.indicator.memberships).toHaveLength(4);
    const denied = await bed.ask(query, {}, as('none'));
    expect(denied.data.indicator).toMatchObject({ memberships: null, argus: { report: { status: 'DENIED' } } });
    expect((await bed.ask(query, {}, as('all'))).data.indicator.memberships).toHaveLength(4);
    expect((await bed.ask(query)).status).toBe(401);
  });

  it('does not exist where callers bring keys of their own', async () => {
    await open({ ARGUS_KEY_FROM: 'caller' });
    const full = { 'argus-api-key': 'demo/key/full' };
    const all = (await warm(full)).data.indicator.memberships.length;
    expect(
      (await bed.ask(query, {}, { 'argus-api-key': 'demo/key/narrow' })).data.indicator.memberships.length,
    ).toBeLessThan(all);
    expect((await bed.ask(query)).data.indicator.memberships).toBeNull();
  });

  it('counts against the rate limit of its caller, in the audit and in the metrics like any other', async () => {
    await open({ ...apiKeyAuth({ one: [], two: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '5' });
    const counts = async () => {
      const text = await (await fetch(`${bed.url}/metrics`)).text();
      return [...text.matchAll(/^gateway_(?:source_answers|operations|cache)_total\{.*$/gm)].map(String);
    };
    await warm(as('one'));
    const [line, before] = [bed.audit.at(-1) ?? '', await counts()];
    await bed.ask(query, {}, as('two'));
    expect(JSON.parse(bed.audit.at(-1) ?? '')).toMatchObject({
      ...JSON.parse(line),
      ...{ caller: 'two', requestId: expect.any(String), time: expect.any(String), durationMs: expect.any(Number) },
    });
    const after = await counts();
    expect(before.filter((count, index) => count !== after[index]).length).toBe(4);
    expect((await bed.ask(query, {}, as('one'))).status).toBe(200);
    expect((await bed.ask(query, {}, as('one'))).status).toBe(429);
    expect((await bed.ask(query, {}, as('two'))).status).toBe(200);
  });

  it('stands in the audit with all that it names', async () => {
    await open();
    const around = `{ indicator(value: "a.${value}") { covering { indicator { value } } } }`;
    const lines: unknown[] = [];
    for (const _ of [1, 2, 3, 4, 5]) {
      await bed.ask(around);
      lines.push(JSON.parse(bed.audit.at(-1) ?? '{}').indicators);
    }
    expect(lines).toEqual(lines.map(() => [`a.${value}`, value]));
  });

  it('serves lookup too', async () => {
    await open();
    const asked = `{ lookup(values: ["${value}", "x y"]) { input problem indicator { threatScore memberships { recordId } } } }`;
    const answers: string[] = [];
    for (const _ of [1, 2, 3, 4, 5]) answers.push((await bed.ask(asked)).text);
    expect(new Set(answers).size).toBe(1);
    bed.emulators.dataSet.datadog.add(value, { attributes: { score: 11 } });
    await bed.ask(`{ indicator(value: "${value}", maxAgeSeconds: 0) { threatScore } }`);
    expect((await bed.ask(asked)).data.lookup[0].indicator.threatScore).toBe(11);
  });

  it('is not sent to a page of another origin', async () => {
    await open();
    const get = (headers: Record<string, string>) =>
      fetch(`${bed.url}/graphql?${new URLSearchParams({ query })}`, { headers });
    for (const _ of [1, 2, 3, 4]) expect((await get({ 'apollo-require-preflight': '1' })).status).toBe(200);
    expect((await get({})).status).toBe(400);
    expect((await get({ 'apollo-require-preflight': '1', 'content-type': 'text/plain' })).status).toBe(415);
  });
});

describe('whatever happens meanwhile', () => {
  it('an equal request gets the same data as one that was never sent before', async () => {
    await open({ CACHE_FRESH_SECONDS: '60', CACHE_NEGATIVE_SECONDS: '30', CACHE_STALE_SECONDS: '120' });
    const { emulators, ask } = bed;
    const { argus, datadog } = emulators.dataSet;
    const refresh = () =>
      ask(`{ indicator(value: "${value}", maxAgeSeconds: 0) { threatScore memberships { value } } }`);
    const refuse = (side: 'argus' | 'datadog', status: number) => async () => {
      emulators[side].faults.add({ kind: 'status', status });
      await ask(`{ indicator(value: "other-${Date.now()}.example.org") { threatScore memberships { value } } }`);
      emulators[side].faults.clear();
      clock.pass(10_000); // a refusal is remembered for so long
    };
    const events: Readonly<Record<string, () => unknown>> = {
      'nothing happens': () => {},
      'a second passes': () => clock.pass(1_000),
      'half a minute passes': () => clock.pass(31_000),
      'a minute passes': () => clock.pass(61_000),
      'Datadog changes its mind': () => datadog.add(value, { attributes: { score: Math.round(Math.random() * 100) } }),
      'Datadog forgets': () => datadog.remove(value),
      'Argus learns': () => argus.add({ value, list: 'phishing', state: 'active' }),
      'Argus forgets': () => argus.remove(argus.byValue(value)[0]?.id ?? ''),
      'somebody asks anew': refresh,
      'Argus refuses the key': refuse('argus', 401),
      'Argus refuses a question': refuse('argus', 403),
      'Datadog refuses the keys': refuse('datadog', 401),
    };
    let other = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(events)), { minLength: 5, maxLength: 25 }),
        async names => {
          for (const name of names) {
            await events[name]?.();
            for (const _ of [1, 2, 3]) {
              const repeated = await ask(query);
              other += 1;
              const executed = await ask(query.replace('threatScore', `threatScore t${other}: triageState`));
              delete executed.data.indicator[`t${other}`];
              expect([name, repeated.data]).toEqual([name, executed.data]);
            }
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(other).toBeGreaterThan(300);
  }, 120_000);
});
