/** All fields of one answer rest on the same facts, whatever memory held and however the world changes meanwhile. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { startTimedBed, type TimedBed } from '../setup/timed-bed.ts';

let bed: TimedBed;
afterEach(() => bed.stop());

async function open(environment: Environment = {}) {
  bed = await startTimedBed(environment);
  await bed.ask('{ reputationTypes { shortName } }');
  bed.emulators.argus.clearRequests();
}

const value = 'one-story.example.org';

/** Another score, and another record in place of the last one. */
function change(version: number): void {
  const { argus, datadog } = bed.emulators.dataSet;
  datadog.add(value, { attributes: { score: version % 100 } });
  for (const { id } of argus.byValue(value)) argus.remove(id);
  argus.add({ value, list: 'phishing', state: 'active' });
}

describe('A verdict and the records beside it', () => {
  const both = `{ indicator(value: "${value}") { verdict { level missing }
    memberships(states: [ACTIVE, LATEST, OLD]) { state } argus { report { status } } sources { source status } } }`;

  it('are both of what was just found, although memory held an absence', async () => {
    await open();
    const before = await bed.ask(`{ indicator(value: "${value}") { verdict { level } } }`);
    expect(before.data.indicator.verdict.level).toBe('NO_MATCH');
    bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
    const { indicator } = (await bed.ask(both)).data;
    expect(indicator.memberships).toHaveLength(1);
    expect(indicator.verdict.level).not.toBe('NO_MATCH');
    expect(indicator.argus.report.status).toBe('MATCHED');
    expect(indicator.sources).toContainEqual({ source: 'ARGUS', status: 'MATCHED' });
  });

  it('are both of what is no longer there, although memory held a match', async () => {
    await open();
    const { id } = bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
    await bed.ask(`{ indicator(value: "${value}") { verdict { level } } }`);
    bed.emulators.dataSet.argus.remove(id);
    const { indicator } = (await bed.ask(both)).data;
    expect(indicator).toMatchObject({ memberships: [], argus: { report: { status: 'NO_MATCH' } } });
    expect(indicator.verdict.level).toBe('NO_MATCH');
  });

  it('are of one fact at Datadog too, where only a part of it was in memory', async () => {
    await open();
    change(10);
    await bed.ask(`{ indicator(value: "${value}") { threatScore verdict { level } } }`);
    change(99);
    const { indicator } = (
      await bed.ask(`{ indicator(value: "${value}") { threatScore threat { score } triageHistory { at } } }`)
    ).data;
    expect(indicator).toMatchObject({ threatScore: 99, threat: { score: 99 }, triageHistory: [] });
  });

  it('are still of memory where only what is new cannot be asked', async () => {
    await open();
    change(10);
    await bed.ask(`{ indicator(value: "${value}") { threatScore } }`);
    bed.emulators.datadog.faults.add({ kind: 'status', status: 503 });
    const { data, errors } = await bed.ask(`{ indicator(value: "${value}") { threatScore triageHistory { at } } }`);
    expect(data.indicator).toEqual({ threatScore: 10, triageHistory: null });
    expect(errors).toHaveLength(1);
  });
});

describe('Needs of several fields', () => {
  const other = 'nobody-knows.example.org';
  const aged = `{ a: indicator(value: "${value}", maxAgeSeconds: 200) { memberships { value } }
    b: indicator(value: "${other}", maxAgeSeconds: 200) { memberships { properties(names: ["comment"]) { value } } } }`;

  it('cost no call where each of them is fresh, whatever all together would need', async () => {
    await open();
    change(1);
    await bed.ask(`{ indicators(values: ["${value}", "${other}"]) { memberships { value } } }`);
    bed.forgetCalls();
    expect((await bed.ask(aged)).data).toEqual({ a: { memberships: [{ value }] }, b: { memberships: [] } });
    expect(bed.calls()).toBe(0);
  });

  it('fetch a property of one value without asking for the others again', async () => {
    await open();
    change(1);
    await bed.ask(`{ indicators(values: ["${value}", "${other}"]) { memberships { value } } }`);
    bed.forgetCalls();
    await bed.ask(
      `{ a: indicator(value: "${value}") { memberships { properties(names: ["comment"]) { value } } }
        b: indicator(value: "${other}") { memberships { value } } }`,
    );
    expect(bed.emulators.argus.requests.map(({ body }) => JSON.stringify(body).includes(other))).toEqual([false]);
  });
});

describe('Whatever an operation asks while the world changes', () => {
  const scores = ['threatScore', 'threat { score }', 'datadog { threat { score } }', 'triageHistory(limit: 3) { at }'];
  const states = 'states: [ACTIVE, LATEST, OLD]';
  const records = [
    'memberships { recordId }',
    `old: memberships(${states}) { recordId }`,
    'argus { memberships { recordId } }',
    'named: memberships { recordId properties(names: ["comment"]) { value } }',
    'verdict { level }',
    'memberships { recordId indicator { threatScore memberships { recordId properties(names: ["role"]) { value } } } }',
  ];
  const part = fc.record({
    fields: fc.subarray([...scores, ...records], { minLength: 1 }),
    age: fc.option(fc.constantFrom(0, 30, 3600)),
  });

  const text = (parts: readonly { fields: readonly string[]; age: number | null }[]) =>
    `{ ${parts
      .map(({ fields, age }, index) => {
        const given = age === null ? '' : `, maxAgeSeconds: ${age}`;
        return `p${index}: indicator(value: "${value}"${given}) { ${merged(fields)} }`;
      })
      .join(' ')} }`;
  /** Two fields of one name and other selections would be merged: each has a name of its own. */
  const merged = (fields: readonly string[]) =>
    fields.map((field, index) => `f${index}: ${field.replace(/^\w+: /, '')}`).join(' ');

  /** Every score, and every list of record ids, wherever they stand. */
  function collect(answer: unknown, found = { scores: new Set<unknown>(), ids: new Set<string>() }) {
    if (typeof answer !== 'object' || answer === null) return found;
    const list = Array.isArray(answer) ? answer : Object.values(answer);
    const ids = list.flatMap(item => (typeof item === 'object' && item && 'recordId' in item ? [item.recordId] : []));
    if (Array.isArray(answer) && ids.length > 0) found.ids.add(JSON.stringify(ids.sort()));
    for (const [name, child] of Object.entries(answer)) {
      if (typeof child === 'number' && (name === 'score' || /^(f\d+|threatScore)$/.test(name))) found.scores.add(child);
      collect(child, found);
    }
    return found;
  }

  it('its answer has one score, and one set of records', async () => {
    await open({ CACHE_FRESH_SECONDS: '60', CACHE_STALE_SECONDS: '600' });
    let version = 0;
    let several = 0;
    const step = fc.record({
      operations: fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      passes: fc.constantFrom(0, 0, 1_000, 20_000, 61_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
        for (const { operations, passes } of steps) {
          change(++version);
          bed.clock.pass(passes);
          const asked = operations.map(parts => bed.ask(text(parts)));
          change(++version);
          for (const { data, errors } of await Promise.all(asked)) {
            expect(errors).toBeUndefined();
            const found = collect(data);
            if (found.scores.size + found.ids.size > 1) several += 1;
            expect([[...found.scores], [...found.ids]].filter(all => all.length > 1)).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(several).toBeGreaterThan(50);
  }, 120_000);
});
