import { afterEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
afterEach(() => bed.stop());

const values = (count: number, from = 0) => ({
  v: Array.from({ length: count }, (_, i) => `n${i + from}.example.org`),
});
const query = 'query ($v: [String!]!) { indicators(values: $v) { threatScore } }';
const calls = () => bed.emulators.datadog.lookups.length;

describe('a caller who asked for as many indicators as fit a minute', () => {
  it('is answered 429 with Retry-After, without a call', async () => {
    bed = await startTestBed({ ...apiKeyAuth({ soc: [], soar: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '60' });
    expect((await bed.ask(query, values(40), as('soc'))).status).toBe(200);
    expect((await bed.ask(query, values(20, 40), as('soc'))).status).toBe(200);
    const before = calls();
    const { status, headers, data, errors = [] } = await bed.ask(query, values(5, 60), as('soc'));
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    const { code, retryAfterSeconds } = errors[0].extensions;
    expect({ code, header: headers.get('retry-after') }).toEqual({
      code: 'RATE_LIMITED',
      header: `${retryAfterSeconds}`,
    });
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(retryAfterSeconds).toBeLessThanOrEqual(5);
    expect(calls()).toBe(before);
  });

  it.each([
    ['that asks for a name alone', '{ __typename }'],
    ['about the health of the sources', '{ sources { state } }'],
    ['about a text without indicators', '{ extractIndicators(text: "nothing here") { id } }'],
    ['of which nothing is selected', 'query ($no: Boolean!) { sources @include(if: $no) { state } }'],
  ])('an operation %s counts as one', async (_, text) => {
    bed = await startTestBed({ ...apiKeyAuth({ soc: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '2' });
    const ask = () => bed.ask(text, { no: false }, as('soc'));
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(200); // by the operation cache
    expect((await ask()).status).toBe(429);
  });

  it('does not affect another caller at the same address', async () => {
    bed = await startTestBed({ ...apiKeyAuth({ soc: [], soar: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '60' });
    await bed.ask(query, values(60), as('soc'));
    expect((await bed.ask(query, values(10), as('soc'))).status).toBe(429);
    expect((await bed.ask(query, values(60), as('soar'))).status).toBe(200);
  });

  it('cannot evade the limit with a hundred made-up addresses', async () => {
    bed = await startTestBed({
      ...apiKeyAuth({ soc: [] }),
      RATE_LIMIT_INDICATORS_PER_MINUTE: '60',
      TRUST_PROXY: '127.0.0.1',
    });
    await bed.ask(query, values(60), as('soc'));
    for (let i = 0; i < 100; i += 1) {
      const { status } = await bed.ask(query, values(10), { ...as('soc'), 'x-forwarded-for': `198.51.100.${i}` });
      expect(status).toBe(429);
    }
  });

  it('is charged for what a text holds, what entities and filters name, and what records lead to', async () => {
    bed = await startTestBed({ ...apiKeyAuth({ soc: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '1000' });
    const charged = async (text: string, variables: Record<string, unknown> = {}) =>
      (await bed.ask(text, variables, { ...as('soc'), 'x-enrichment-estimate': '1' })).extensions?.estimate;
    expect(await charged('{ extractIndicators(text: "a.example.org b.example.org") { id } }')).toMatchObject({
      indicators: 2,
    });
    expect(
      await charged('query ($e: [_Any!]!) { _entities(representations: $e) { __typename } }', {
        e: [{ __typename: 'Indicator', value: 'a.example.org', type: 'DOMAIN' }],
      }),
    ).toMatchObject({ indicators: 1 });
    expect(await charged('{ reputationRecords(first: 10) { nodes { indicator { threatScore } } } }')).toMatchObject({
      indicators: 11,
    });
  });
});

describe('without AUTH', () => {
  const limited = { AUTH: 'none', RATE_LIMIT_INDICATORS_PER_MINUTE: '60' };

  it('each address has its own limit, and X-Forwarded-For of an untrusted sender is ignored', async () => {
    bed = await startTestBed(limited);
    await bed.ask(query, values(60));
    for (let i = 0; i < 100; i += 1)
      expect((await bed.ask(query, values(10), { 'x-forwarded-for': `198.51.100.${i}` })).status).toBe(429);
  });

  it('X-Forwarded-For of TRUST_PROXY is used, but only the address that it added', async () => {
    bed = await startTestBed({ ...limited, TRUST_PROXY: '127.0.0.0/8' });
    const from = (chain: string) => bed.ask(query, values(60), { 'x-forwarded-for': chain });
    expect((await from('198.51.100.1')).status).toBe(200);
    expect((await from('198.51.100.1')).status).toBe(429);
    expect((await from('198.51.100.2')).status).toBe(200);
    expect((await from('203.0.113.9, 198.51.100.2')).status).toBe(429);
  });

  it('there is no limit unless one is set', async () => {
    bed = await startTestBed({ AUTH: 'none' });
    for (let i = 0; i < 3; i += 1) expect((await bed.ask(query, values(500))).status).toBe(200);
  });
});

/** Calls in the queue to Datadog. */
const queued = async () =>
  Number(
    /^gateway_upstream_queue\{source="DATADOG"\} (\d+)/m.exec(await (await fetch(`${bed.url}/metrics`)).text())?.[1],
  );

describe('two callers whose calls to Datadog wait', () => {
  it.each([
    ['both in large operations', 60, 60],
    ['one in large operations and one in single values', 60, 1],
    ['both in single values', 1, 1],
  ])('get at least a third each while both wait: %s', async (_title, sizeA, sizeB) => {
    const longTimeouts = { DATADOG_TIMEOUT_MS: '9000', REQUEST_DEADLINE_MS: '9500' };
    bed = await startTestBed({ ...apiKeyAuth({ a: [], b: [] }), ...longTimeouts, DATADOG_CONCURRENCY: '4' });
    // The first calls are held until all others are queued, those of the first caller long before the second's.
    bed.emulators.datadog.faults.add({ kind: 'latency', ms: 4_000, times: 4 });
    const flood = (name: string, size: number, total: number) =>
      Promise.all(
        Array.from({ length: total / size }, (_, i) =>
          bed.ask(query, { v: Array.from({ length: size }, (_, j) => `${name}${i}-${j}.example.org`) }, as(name)),
        ),
      );
    const a = flood('a', sizeA, 120);
    await expect.poll(queued).toBe(116);
    const b = flood('b', sizeB, 60);
    await expect.poll(queued).toBe(176);
    await Promise.all([a, b]);
    const order = bed.emulators.datadog.lookups.map(({ values: [value = ''] }) => value[0] ?? '');
    // While both callers have calls in the queue.
    const contested = order.slice(4, Math.min(order.lastIndexOf('a'), order.lastIndexOf('b')));
    const shareOf = (name: string) => contested.filter(one => one === name).length / contested.length;
    expect(shareOf('a')).toBeGreaterThanOrEqual(1 / 3);
    expect(shareOf('b')).toBeGreaterThanOrEqual(1 / 3);
  });

  it('get it too when more than a thousand calls of the first wait already', async () => {
    const longTimeouts = { DATADOG_TIMEOUT_MS: '9000', REQUEST_DEADLINE_MS: '9500' };
    bed = await startTestBed({ ...apiKeyAuth({ a: [], b: [] }), ...longTimeouts, DATADOG_CONCURRENCY: '16' });
    bed.emulators.datadog.faults.add({ kind: 'latency', ms: 4_000, times: 16 });
    const flood = (name: string, operations: number, size: number) =>
      Promise.all(
        Array.from({ length: operations }, (_, i) =>
          bed.ask(query, { v: Array.from({ length: size }, (_, j) => `${name}${i}-${j}.example.org`) }, as(name)),
        ),
      );
    const answers = [flood('a', 3, 500)];
    await expect.poll(queued).toBe(1_484);
    answers.push(flood('b', 2, 200));
    await Promise.all(answers);
    const order = bed.emulators.datadog.lookups.map(({ values: [value = ''] }) => value[0] ?? '');
    const contested = order.slice(16, Math.min(order.lastIndexOf('a'), order.lastIndexOf('b')));
    expect(contested.filter(name => name === 'b').length / contested.length).toBeGreaterThanOrEqual(1 / 3);
  }, 60_000);
});
