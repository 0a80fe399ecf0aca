import { afterEach, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const beds: TestBed[] = [];
afterEach(() => Promise.all(beds.splice(0).map(bed => bed.stop())));

/** Argus's types are known already, so that each request is a lookup. */
async function start(environment: Record<string, string> = {}): Promise<TestBed> {
  const bed = await startTestBed(environment);
  beds.push(bed);
  await bed.ask('{ reputationTypes { shortName } }');
  bed.emulators.argus.clearRequests();
  return bed;
}

const score = '{ indicator(value: "evil.example.org") { threatScore } }';
const lists =
  '{ indicator(value: "evil.example.org") { memberships { value } sources { source status retryAfterSeconds } } }';
const gaps = ({ emulators: { argus } }: TestBed) => argus.requests.map(({ at }) => at).reduce((a, b) => b - a);

describe('the deadline of the operation', () => {
  it('makes what was asked and not answered UPSTREAM_TIMEOUT, and what was never sent DEADLINE_EXCEEDED', async () => {
    const bed = await start({ REQUEST_DEADLINE_MS: '400', DATADOG_CONCURRENCY: '1' });
    bed.emulators.datadog.faults.add({ kind: 'hang' });
    const { status, data, errors } = await bed.ask(
      '{ indicators(values: ["a.example.org", "b.example.org"]) { threatScore sources { source status } } }',
    );
    expect(status).toBe(200);
    expect(errors?.map(({ path, extensions }) => [path[1], extensions.code, extensions.source])).toEqual([
      [0, 'UPSTREAM_TIMEOUT', 'DATADOG'],
      [1, 'DEADLINE_EXCEEDED', 'DATADOG'],
    ]);
    for (const { threatScore, sources } of data.indicators) {
      expect(threatScore).toBeNull();
      expect(sources[0].status).toBe('TIMED_OUT');
    }
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
  });

  it('leaves a 503 UPSTREAM_UNAVAILABLE, at once, when the wait that Argus asks for does not fit into it', async () => {
    const bed = await start({ REQUEST_DEADLINE_MS: '900' });
    bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    const { data, errors } = await bed.ask(lists);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', source: 'ARGUS' } }]);
    expect(data.indicator.sources[1].status).toBe('UNAVAILABLE');
    expect(bed.emulators.argus.requests).toHaveLength(1);
  });
});

describe('a retry', () => {
  it('comes a second after a 503 of Argus, and its answer is told like any other', async () => {
    const bed = await start();
    bed.emulators.argus.faults.add({ kind: 'status', status: 503, times: 1 });
    const { data, errors } = await bed.ask(lists);
    expect(errors).toBeUndefined();
    expect(data.indicator.memberships).toHaveLength(4);
    expect(data.indicator.sources[1]).toMatchObject({ status: 'MATCHED', retryAfterSeconds: null });
    expect(bed.emulators.argus.requests).toHaveLength(2);
    expect(Math.abs(gaps(bed))).toBeGreaterThanOrEqual(990);
  });

  it.each([400, 401, 403, 412])('never comes after a %i', async status => {
    const bed = await start();
    bed.emulators.datadog.faults.add({ kind: 'status', status });
    await bed.ask(score);
    expect(bed.emulators.datadog.lookups).toHaveLength(1);
  });
});

describe("Argus's quota", () => {
  it('is waited for when it returns in time', async () => {
    const bed = await start();
    bed.emulators.argus.faults.add({ kind: 'quota', millis: 600, times: 1 });
    const { data, errors } = await bed.ask(lists);
    expect(errors).toBeUndefined();
    expect(data.indicator.memberships).toHaveLength(4);
    expect(Math.abs(gaps(bed))).toBeGreaterThanOrEqual(595);
  });

  it('is UPSTREAM_RATE_LIMITED at once when it does not, with the seconds to come back in', async () => {
    const bed = await start();
    bed.emulators.argus.faults.add({ kind: 'quota', millis: 1_800_000 });
    const { data, errors } = await bed.ask(lists);
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_RATE_LIMITED', source: 'ARGUS', retryAfterSeconds: 1800 } },
    ]);
    expect(data.indicator.sources[1]).toMatchObject({ status: 'RATE_LIMITED', retryAfterSeconds: 1800 });
    expect(bed.emulators.argus.requests).toHaveLength(1);
  });
});
