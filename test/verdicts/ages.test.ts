import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import type { TestBed } from '../setup/gateway.ts';
import {
  addFaults,
  askEverything,
  askOne,
  callsOf,
  createVerdictDataSet,
  forgetRequests,
  type Source,
  shortTimeout,
  values,
  withBed,
} from './bed.ts';

const dataSet = createVerdictDataSet();
const superseded = 'superseded.example.org';
dataSet.argus.add({ value: superseded, list: 'botnet', state: 'old' });

/** Whatever is kept is past its freshness at once, so no test waits for time to pass. */
const alwaysStale: Environment = {
  CACHE_FRESH_SECONDS: '0',
  CACHE_NEGATIVE_SECONDS: '0',
  CACHE_STALE_SECONDS: '3600',
};
const alwaysFresh: Environment = { CACHE_FRESH_SECONDS: '3600', CACHE_NEGATIVE_SECONDS: '3600' };
const evil = values.MALICIOUS;
const both = ['datadog', 'argus'] as const;
const down: Fault = { kind: 'status', status: 500 };

const scoreOf = (bed: TestBed, value: string, age?: number) =>
  bed.ask(
    'query ($v: String!, $a: Int) { indicator(value: $v, maxAgeSeconds: $a) { datadog { report { status servedFrom } } } }',
    {
      v: value,
      ...(age !== undefined && { a: age }),
    },
  );
const calls = (bed: TestBed) => [callsOf(bed, 'datadog').length, callsOf(bed, 'argus').length];

describe('an older fact in place of a live one', () => {
  const troubles: readonly (readonly [string, Fault, string])[] = [
    ['is down', down, 'UNAVAILABLE'],
    ['cuts the connection', { kind: 'cut' }, 'UNAVAILABLE'],
    ['is over its limit', { kind: 'status', status: 429 }, 'RATE_LIMITED'],
    ['can not be read', { kind: 'html' }, 'MALFORMED'],
  ];

  describe.each(both)('when %s', source => {
    const name = source.toUpperCase();

    it.each(troubles)('%s, is shown and marked, and makes no verdict clean', async (_, fault, status) => {
      await withBed(alwaysStale, dataSet, async bed => {
        const before = await askEverything(bed);
        addFaults(bed, source, [fault]);
        const { answer, told } = await askEverything(bed);
        const { MALICIOUS: accused, INFORMATIONAL: known, NO_MATCH: unknown } = told;
        const fetchedAt = before.told.MALICIOUS[source].report.fetchedAt;
        const stale = { status: 'MATCHED', servedFrom: 'STALE_CACHE', staleBecause: status, fetchedAt };
        expect(accused[source].report).toMatchObject(stale);
        expect(accused.sources.find((report: { source: string }) => report.source === name)).toMatchObject(stale);
        expect(accused[source].report.ageSeconds).toBeGreaterThanOrEqual(0);
        expect([accused.threatScore, accused.memberships]).toEqual([92.5, [{ list: { shortName: 'botnet' } }]]);
        expect(accused.verdict).toMatchObject({ level: 'MALICIOUS', missing: [name] });
        expect(known.verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: [name] });
        // An absence is never served stale.
        expect(unknown[source].report).toMatchObject({ status, servedFrom: null });
        expect(unknown.verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: [name] });
        expect(told.BENIGN.verdict.level).toBe('INCONCLUSIVE');
        const field = source === 'datadog' ? 'threatScore' : 'memberships';
        const failed = (answer.errors ?? []).filter(({ path }) => path[2] === field).map(({ path }) => path[1]);
        expect(failed).toEqual(source === 'datadog' ? [3] : [2, 3]);
      });
    });

    it('hangs, is shown as the answer to a question that timed out', async () => {
      const environment = { ...alwaysStale, ...shortTimeout(source, 700) };
      await withBed(environment, dataSet, async bed => {
        await askOne(bed, evil);
        addFaults(bed, source, [{ kind: 'hang' }]);
        const { data } = await askOne(bed, evil);
        expect(data.indicator[source].report).toMatchObject({ servedFrom: 'STALE_CACHE', staleBecause: 'TIMED_OUT' });
      });
    });

    it.each([401, 403])('refuses with %i, is neither shown then nor afterwards', async code => {
      await withBed(alwaysStale, dataSet, async (bed, clock) => {
        await askOne(bed, evil);
        addFaults(bed, source, [{ kind: 'status', status: code }]);
        const refused = await askOne(bed, evil);
        expect(refused.data.indicator[source].report).toMatchObject({ status: 'DENIED', servedFrom: null });
        expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_DENIED']);
        bed.emulators[source].faults.clear();
        addFaults(bed, source, [down]);
        clock.pass(10_000); // until then, a refused credential is not tried again
        const afterwards = await askOne(bed, evil);
        expect(afterwards.data.indicator[source].report).toMatchObject({ status: 'UNAVAILABLE', servedFrom: null });
      });
    });

    it('is down past the stale window, is shown no more', async () => {
      await withBed({ ...alwaysStale, CACHE_STALE_SECONDS: '1' }, dataSet, async bed => {
        await askOne(bed, evil);
        addFaults(bed, source, [down]);
        const report = async () => (await askOne(bed, evil)).data.indicator[source].report;
        await expect
          .poll(report, { timeout: 20_000, interval: 100 })
          .toMatchObject({ status: 'UNAVAILABLE', servedFrom: null });
      });
    });
  });

  it('holds a value that was superseded long ago for no longer than an absence', async () => {
    const old = `{ indicator(value: "${superseded}") { memberships(states: [OLD]) { state } } }`;
    const present = `{ indicator(value: "${superseded}") { argus { report { status servedFrom } } } }`;
    await withBed({ ...alwaysStale, CACHE_FRESH_SECONDS: '3600' }, dataSet, async bed => {
      expect((await bed.ask(old)).data.indicator.memberships).toEqual([{ state: 'OLD' }]);
      const { data } = await bed.ask(present);
      expect(data.indicator.argus.report).toEqual({ status: 'NO_MATCH', servedFrom: 'LIVE' });
      addFaults(bed, 'argus', [down]);
      const failed = await bed.ask(present);
      expect(failed.data.indicator.argus.report).toEqual({ status: 'UNAVAILABLE', servedFrom: null });
    });
  });

  const filtered = `{ indicator(value: "${evil}") {
    all: argus { report { status servedFrom staleBecause } membershipCount }
    none: argus(lists: ["rumours"]) { report { status servedFrom staleBecause } membershipCount memberships { value } }
    memberships(lists: ["rumours"]) { value }
    sources { status servedFrom }
  } }`;

  it('proves no absence through a filter, and says what the source failed with', async () => {
    await withBed(alwaysStale, dataSet, async bed => {
      await bed.ask(filtered);
      addFaults(bed, 'argus', [{ kind: 'status', status: 429 }]);
      const { data } = await bed.ask(filtered);
      expect(data.indicator.none.report).toEqual({ status: 'RATE_LIMITED', servedFrom: null, staleBecause: null });
    });
  });

  it('proves no absence through a filter', async () => {
    await withBed(alwaysStale, dataSet, async bed => {
      await bed.ask(filtered);
      addFaults(bed, 'argus', [down]);
      const { data, errors } = await bed.ask(filtered);
      expect(data.indicator.all.report).toEqual({
        status: 'MATCHED',
        servedFrom: 'STALE_CACHE',
        staleBecause: 'UNAVAILABLE',
      });
      expect(data.indicator.none).toEqual({
        report: { status: 'UNAVAILABLE', servedFrom: null, staleBecause: null },
        membershipCount: null,
        memberships: null,
      });
      expect(data.indicator.memberships).toBeNull();
      expect(errors).toMatchObject([
        { path: ['indicator', 'memberships'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
      ]);
      expect(data.indicator.sources[1].status).toBe('UNAVAILABLE');
    });
  });

  it('is served at once under CACHE_REVALIDATE, marked, while one refresh runs', async () => {
    await withBed({ ...alwaysStale, CACHE_REVALIDATE: 'on' }, dataSet, async bed => {
      await askOne(bed, values.INFORMATIONAL);
      forgetRequests(bed);
      addFaults(bed, 'datadog', [{ kind: 'hang' }]);
      const { data, errors } = await askOne(bed, values.INFORMATIONAL);
      expect(errors).toBeUndefined();
      const stale = { status: 'MATCHED', servedFrom: 'STALE_CACHE', staleBecause: null };
      expect(data.indicator.datadog.report).toMatchObject(stale);
      expect(data.indicator.argus.report).toMatchObject(stale);
      expect(data.indicator.verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG', 'ARGUS'] });
      await expect.poll(() => calls(bed), { timeout: 10_000 }).toEqual([1, 1]);
    });
  });

  it('is no absence under CACHE_REVALIDATE either: there the refresh is waited for', async () => {
    await withBed({ ...alwaysStale, CACHE_REVALIDATE: 'on' }, dataSet, async bed => {
      await bed.ask(filtered);
      forgetRequests(bed);
      const { data, errors } = await bed.ask(filtered);
      expect(errors).toBeUndefined();
      expect(data.indicator.all.report.servedFrom).toBe('LIVE');
      expect(data.indicator.none.report).toEqual({ status: 'NO_MATCH', servedFrom: 'LIVE', staleBecause: null });
      expect(data.indicator.memberships).toEqual([]);
      expect(callsOf(bed, 'argus')).toHaveLength(1);
    });
  });
});

describe('maxAgeSeconds', () => {
  it('0 asks live, more takes what is young enough, and nothing at all takes what is fresh', async () => {
    await withBed(alwaysFresh, dataSet, async bed => {
      for (const [age, servedFrom] of [
        [undefined, 'LIVE'],
        [undefined, 'CACHE'],
        [3600, 'CACHE'],
        [0, 'LIVE'],
      ] as const)
        expect((await scoreOf(bed, evil, age)).data.indicator.datadog.report.servedFrom).toBe(servedFrom);
      expect(callsOf(bed, 'datadog')).toHaveLength(2);
    });
  });

  it('of several for one value the strictest wins, wherever it stands and however the value is spelt', async () => {
    await withBed(alwaysFresh, dataSet, async bed => {
      await scoreOf(bed, evil);
      forgetRequests(bed);
      const { data } = await bed.ask(
        `query ($age: Int) {
          a: indicator(value: "${evil}") { datadog { report { servedFrom } } memberships { value } }
          b: indicators(values: ["EVIL[.]example.org"], maxAgeSeconds: $age) { datadog { report { servedFrom } } verdict { level } }
          c: lookup(values: ["${evil}", "${values.NO_MATCH}"], maxAgeSeconds: 3600) { indicator { threatScore } }
        }`,
        { age: 0 },
      );
      expect(data.a.datadog.report.servedFrom).toBe('LIVE');
      expect(data.b[0].datadog.report.servedFrom).toBe('LIVE');
      expect(callsOf(bed, 'datadog').filter(request => request.values.includes(evil))).toHaveLength(1);
    });
  });

  it('holds for the host that a verdict asks about', async () => {
    await withBed(alwaysFresh, dataSet, async bed => {
      const verdict = (age: string) => bed.ask(`{ indicator(value: "https://${evil}/x"${age}) { verdict { level } } }`);
      await verdict('');
      forgetRequests(bed);
      await verdict('');
      expect(calls(bed)).toEqual([0, 0]);
      await verdict(', maxAgeSeconds: 0');
      expect(
        callsOf(bed, 'datadog')
          .flatMap(request => request.values)
          .toSorted(),
      ).toEqual([evil, `https://${evil}/x`]);
      expect(callsOf(bed, 'argus').map(request => request.values)).toEqual(
        expect.arrayContaining([[evil], [`https://${evil}/x`]]),
      );
    });
  });

  it('0 joins only what was sent after the operation began', async () => {
    await withBed({}, dataSet, async bed => {
      addFaults(bed, 'datadog', [{ kind: 'latency', ms: 1500 }]);
      const first = scoreOf(bed, evil);
      await expect.poll(() => callsOf(bed, 'datadog').length, { timeout: 10_000 }).toBe(1);
      const rest = await Promise.all([scoreOf(bed, evil), scoreOf(bed, evil, 0), first]);
      for (const { data } of rest)
        expect(data.indicator.datadog.report).toEqual({ status: 'MATCHED', servedFrom: 'LIVE' });
      expect(callsOf(bed, 'datadog')).toHaveLength(2);
    });
  });

  it.each(both)('leaves null where %s fails, never an older fact', async source => {
    await withBed(alwaysFresh, dataSet, async bed => {
      await askOne(bed, evil);
      addFaults(bed, source, [down]);
      const { data, errors } = await askOne(bed, evil, 0);
      expect(data.indicator[source].report).toMatchObject({
        status: 'UNAVAILABLE',
        servedFrom: null,
        staleBecause: null,
      });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
      expect(data.indicator[source === 'datadog' ? 'threatScore' : 'memberships']).toBeNull();
      expect(data.indicator.verdict).toMatchObject({ level: 'MALICIOUS', missing: [source.toUpperCase()] });
      const without = await askOne(bed, evil);
      expect(without.data.indicator[source].report.servedFrom).toBe('CACHE');
    });
  });

  it('negative is an error of the caller', async () => {
    await withBed({}, dataSet, async bed => {
      const { data, errors } = await askOne(bed, evil, -1);
      expect(data.indicator).toBeNull();
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(calls(bed)).toEqual([0, 0]);
    });
  });
});

describe('as many as like', () => {
  it.each(both)('ask at once of %s what nobody knows yet, by one call', async (source: Source) => {
    await withBed({}, dataSet, async bed => {
      addFaults(bed, source, [{ kind: 'latency', ms: 300 }]);
      await Promise.all(Array.from({ length: 40 }, () => askOne(bed, evil)));
      expect(callsOf(bed, source)).toHaveLength(1);
    });
  });
});
