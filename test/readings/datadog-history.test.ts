/** Pages of the triage history: what was not sent is asked for, and only an empty page is an end. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DatadogBehaviours } from '../../src/emulators/datadog-behaviours.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { behave, createReadingsDataSet } from './datadog-bed.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({}, { dataSet: createReadingsDataSet() });
});
afterAll(() => bed.stop());
beforeEach(() => {
  behave(bed, {});
  bed.emulators.datadog.faults.clear();
  bed.emulators.datadog.clearRequests();
});

let added = 0;
/** An indicator that nobody has asked for, with so many reviews. */
function reviewed(count: number): string {
  added += 1;
  const value = `reviewed-${added}.example.org`;
  const history = Array.from({ length: count }, (_, index) => ({
    triage_state: 'reviewed',
    triaged_at: new Date(Date.UTC(2026, 5, 1) - index * 60_000).toISOString(),
    triaged_by: String(index),
  }));
  bed.emulators.dataSet.datadog.add(value, { history });
  return value;
}

async function ask(value: string, fields: string, maxAge = '') {
  const { data, errors } = await bed.ask(`{ indicator(value: "${value}"${maxAge}) { ${fields} } }`);
  return { ...data.indicator, codes: errors?.map(({ extensions }) => extensions.code) };
}

const numbers = (events: readonly { by: string }[]) => events.map(({ by }) => Number(by));
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
const calls = () => bed.emulators.datadog.requests.length;

const capped: readonly Partial<DatadogBehaviours>[] = [{ historyDefault: 10 }, { historyMaximum: 10 }];

describe('a history of which Datadog sends no more than it likes', () => {
  it.each(capped)('is asked further where a window lies behind what came: %j', async behaviours => {
    behave(bed, behaviours);
    const value = reviewed(120);
    expect(numbers((await ask(value, 'triageHistory { by }')).triageHistory)).toEqual(from(0, 10));
    const next = await ask(value, 'triageHistory(offset: 10, limit: 5) { by }');
    expect(numbers(next.triageHistory)).toEqual(from(10, 5));
    const live = await ask(value, 'triageHistory(offset: 20, limit: 5) { by }', ', maxAgeSeconds: 0');
    expect(numbers(live.triageHistory)).toEqual(from(20, 5));
    // What is held is asked for together with the new window, and a maximum cuts that again.
    expect(calls()).toBe(behaviours.historyMaximum === undefined ? 3 : 4);
  });

  it.each([...capped, {}])('answers windows that are far apart, each with its own events: %j', async behaviours => {
    behave(bed, behaviours);
    const fields = 'a: triageHistory(limit: 5) { by } b: triageHistory(offset: 100, limit: 5) { by }';
    const { a, b } = await ask(reviewed(120), fields);
    expect([numbers(a), numbers(b)]).toEqual([from(0, 5), from(100, 5)]);
    expect(calls()).toBe(behaviours.historyMaximum === undefined ? 1 : 2);
  });

  it.each(['limit: 2', 'limit: 50'])('is asked once for two windows from one place, first that of %s', async first => {
    const second = first === 'limit: 2' ? 'limit: 50' : 'limit: 2';
    const { a, b } = await ask(reviewed(120), `a: triageHistory(${first}) { by } b: triageHistory(${second}) { by }`);
    expect([a.length, b.length].sort((x, y) => x - y)).toEqual([2, 50]);
    expect(calls()).toBe(1);
  });

  it('shows what came for a window, and asks no second time for the rest of it', async () => {
    behave(bed, { historyMaximum: 10 });
    const value = reviewed(120);
    expect((await ask(value, 'triageHistory(limit: 20) { by }')).triageHistory).toHaveLength(10);
    expect((await ask(value, 'triageHistory(limit: 20) { by }')).triageHistory).toHaveLength(10);
    expect(calls()).toBe(1);
  });

  it.each([400, 404])('loses no more than a window when the call for that is a %d', async status => {
    behave(bed, { historyMaximum: 10 });
    const value = reviewed(120);
    bed.emulators.datadog.faults.add({
      kind: 'status',
      status,
      when: ({ query }) => query.get('triage_history_offset') === '100',
    });
    const fields = 'threatScore a: triageHistory(limit: 5) { by } b: triageHistory(offset: 100, limit: 5) { by }';
    const answer = await ask(value, fields);
    expect(answer).toMatchObject({ threatScore: 0, b: null, codes: ['UPSTREAM_TRUNCATED'] });
    expect(numbers(answer.a)).toEqual(from(0, 5));
  });
});

describe('the end of a history', () => {
  it('is shown by an empty page alone, which is then known', async () => {
    const value = reviewed(3);
    expect((await ask(value, 'triageHistory { by }')).triageHistory).toHaveLength(3);
    for (const offset of [3, 3, 50])
      expect((await ask(value, `triageHistory(offset: ${offset}) { by }`)).triageHistory).toEqual([]);
    expect(calls()).toBe(2);
  });

  it('is not shown by a limit of nothing', async () => {
    const value = reviewed(3);
    expect((await ask(value, 'threatScore triageHistory(limit: 0) { by }')).triageHistory).toEqual([]);
    expect((await ask(value, 'triageHistory { by }')).triageHistory).toHaveLength(3);
    expect(bed.emulators.datadog.requests.map(({ query }) => query.has('triage_history_limit'))).toEqual([
      false,
      false,
    ]);
  });

  it.each(['empty', 'null', 'absent', 'leftOut'] as const)('of what nobody has reviewed is %s', async emptyHistory => {
    behave(bed, { emptyHistory });
    expect((await ask(reviewed(0), 'triageState triageHistory { by }')).triageHistory).toEqual([]);
  });
});

describe('a history that is left out although somebody has reviewed the indicator', () => {
  it('is no empty list, and costs the verdict nothing', async () => {
    behave(bed, { emptyHistory: 'leftOut' });
    const value = reviewed(3);
    const answer = await ask(value, 'triageState triageHistory { by } verdict { level missing }');
    expect(answer).toMatchObject({ triageState: 'REVIEWED', triageHistory: null, codes: ['UPSTREAM_TRUNCATED'] });
    expect(answer.verdict).toEqual({ level: 'INFORMATIONAL', missing: [] });
    const told = await ask(value, 'datadog { report { status limits } triageHistory { by } } sources { limits }');
    expect(told.datadog).toEqual({
      report: { status: 'MATCHED', limits: ['LAST_30_DAYS', 'TRUNCATED'] },
      triageHistory: null,
    });
    expect(told.sources[0].limits).toContain('TRUNCATED');
    expect(told.codes).toBeUndefined();
  });

  it.each([{ triage_state: 'reviewed' }, { triaged_at: '2026-06-01T00:00:00Z' }])(
    'is no empty list where only %j tells of it',
    async attributes => {
      const value = `told-${Object.keys(attributes)[0]}.example.org`.replace('_', '-');
      bed.emulators.dataSet.datadog.add(value, { attributes });
      expect(await ask(value, 'triageHistory { by }')).toMatchObject({
        triageHistory: null,
        codes: ['UPSTREAM_TRUNCATED'],
      });
    },
  );
});
