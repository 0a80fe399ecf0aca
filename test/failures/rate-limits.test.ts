import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed();
});
afterEach(() => bed.stop());

const calls = () => bed.emulators.datadog.lookups;
const scores = (values: readonly string[]) =>
  bed.ask('query ($values: [String!]!) { indicators(values: $values) { threatScore } }', { values });
const hosts = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example.org`);

describe('a 429', () => {
  const report =
    '{ indicator(value: "evil.example.org") { threatScore sources { source status retryAfterSeconds } datadog { report { status retryAfterSeconds } } } }';

  it('whose budget returns in a second makes the answer wait, and come', async () => {
    bed.emulators.datadog.faults.add({ kind: 'tooManyRequests', reset: 1, times: 1 });
    const { data, errors } = await bed.ask(report);
    expect(errors).toBeUndefined();
    expect(data.indicator.threatScore).toBe(92.5);
    const [first = 0, second = 0] = calls().map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(990);
  });

  it('whose budget returns in an hour fails at once, and says so in errors and reports alike', async () => {
    bed.emulators.datadog.faults.add({ kind: 'tooManyRequests', reset: 3600 });
    const { data, errors } = await bed.ask(report);
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_RATE_LIMITED', source: 'DATADOG', retryAfterSeconds: 3600 } },
    ]);
    const said = { status: 'RATE_LIMITED', retryAfterSeconds: 3600 };
    expect(data.indicator.sources[0]).toMatchObject(said);
    expect(data.indicator.datadog.report).toEqual(said);
    expect(calls()).toHaveLength(1);
  });

  it('is asked only once: until the hour is over nobody else is sent into it', async () => {
    bed.emulators.datadog.faults.add({ kind: 'tooManyRequests', reset: 3600 });
    await bed.ask(report);
    const { errors } = await scores(hosts('later', 20));
    expect(errors).toHaveLength(20);
    for (const { extensions } of errors ?? []) {
      expect(extensions.code).toBe('UPSTREAM_RATE_LIMITED');
      expect(extensions.retryAfterSeconds).toBeGreaterThan(3500);
      expect(extensions.retryAfterSeconds).toBeLessThanOrEqual(3600);
    }
    expect(calls()).toHaveLength(1);
    const { data } = await bed.ask(
      '{ sources { source circuit rateLimitRemaining rateLimitResetAt lastFailureCode } }',
    );
    expect(data.sources[0]).toMatchObject({
      circuit: 'CLOSED',
      rateLimitRemaining: 0,
      lastFailureCode: 'UPSTREAM_RATE_LIMITED',
    });
    const resetIn = Date.parse(data.sources[0].rateLimitResetAt) - Date.now();
    expect(resetIn).toBeGreaterThan(3_500_000);
    expect(resetIn).toBeLessThan(3_601_000);
  });
});

describe('a budget', () => {
  /** As Datadog's, it is one endpoint's: the proof of the address has its own. */
  const match = { path: '/indicator' };

  it('is known before it is spent: an operation larger than it waits, and none of its calls is refused', async () => {
    bed.emulators.datadog.faults.add({ kind: 'rateLimit', limit: 6, periodSeconds: 2, match });
    await scores(['first.example.org']);
    const { errors } = await scores(hosts('many', 14));
    expect(errors).toBeUndefined();
    expect(calls()).toHaveLength(15);
    expect(calls().map(({ status }) => status)).not.toContain(429);
  });

  it('that is short serves the operation of ten values before most of the one of eleven', async () => {
    bed.emulators.datadog.faults.add({ kind: 'rateLimit', limit: 5, periodSeconds: 3, match });
    // The first answer tells the budget; asked at the start of a window, it is spent and the next one is far.
    await until(() => Date.now() % 3000 < 300, 'a window begins');
    for (const value of hosts('spent', 5)) await scores([value]);
    bed.emulators.datadog.clearRequests();
    const large = scores(hosts('large', 11));
    await until(() => waiting(10), 'the large operation waits');
    const small = scores(hosts('small', 10));
    await until(() => waiting(15), 'the small operation waits');
    await until(() => calls().length >= 5, 'the budget is back');
    const served = calls()
      .slice(0, 5)
      .flatMap(({ values }) => values);
    expect(served.filter(value => value.startsWith('small')).length).toBeGreaterThanOrEqual(3);
    await Promise.all([large, small]);
  });
});

async function waiting(atLeast: number): Promise<boolean> {
  const text = await (await fetch(`${bed.url}/metrics`)).text();
  return Number(/^gateway_upstream_queue\{source="DATADOG"\} (\d+)/m.exec(text)?.[1]) >= atLeast;
}
