import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { createMetrics } from '../../src/observability/metrics.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { patient } from '../setup/process.ts';
import { startRedis, until } from '../setup/redis.ts';

let bed: TestBed;
afterEach(() => bed?.stop());

/** Name with labels → value. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await fetch(`${bed.url}/metrics`)).text();
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

/** An operation is counted just after its response, so a client may be a moment early. */
async function scrapeAfter(operations: number): Promise<Map<string, number>> {
  const counted = (series: ReadonlyMap<string, number>) =>
    [...series].reduce((sum, [name, value]) => (name.startsWith('gateway_operations_total') ? sum + value : sum), 0);
  await until(async () => counted(await scrape()) === operations, `${operations} operations are counted`);
  return scrape();
}

const own = (series: ReadonlyMap<string, number>) =>
  [...series.keys()].filter(name => !/^(gateway_)?(process|nodejs)_/.test(name)).sort();

describe('the metrics', () => {
  it('gain no series from 10,000 values', async () => {
    bed = await startTestBed(patient);
    const lists = 'query ($values: [String!]!) { indicators(values: $values) { memberships { value } } }';
    const scores = 'query ($values: [String!]!) { indicators(values: $values) { threatScore } }';
    const batch = (name: string, size: number) => Array.from({ length: size }, (_, i) => `${name}-${i}.example.org`);
    await bed.ask(lists, { values: batch('first', 400) });
    await bed.ask(lists, { values: batch('first', 1) });
    await bed.ask(scores, { values: batch('first', 20) });
    await bed.ask(scores, { values: batch('first', 20) });
    const before = own(await scrapeAfter(4));
    for (let i = 0; i < 20; i++) {
      const headers = { 'x-request-id': `request-${i}`, 'x-canary': 'canary' };
      await bed.ask(lists.replace('query', `query Canary${i}`), { values: batch(`canary-${i}`, 480) }, headers);
      await bed.ask(scores, { values: batch(`canary-${i}`, 20) }, headers);
    }
    const after = await scrapeAfter(44);
    expect(own(after)).toEqual(before);
    expect([...after.keys()].join('\n')).not.toMatch(/canary|example\.org|request-/i);
    const live = 'gateway_source_answers_total{source="ARGUS",from="live"}';
    expect(after.get(live)).toBe(400 + 20 * 480);
  }, 120_000);

  it('have labels from closed lists alone', async () => {
    bed = await startTestBed();
    await bed.ask('{ indicator(value: "evil.example.org") { threatScore memberships { value } verdict { level } } }');
    await bed.ask('{ nonsense }');
    bed.emulators.argus.faults.add({ kind: 'html' });
    await bed.ask('{ indicator(value: "b.example.org") { memberships { value } } }');
    const words = {
      source: ['DATADOG', 'ARGUS'],
      operation: ['indicator', 'search', 'record', 'types'],
      reason: ['circuit', 'late', 'overloaded', 'rate_limit', 'credential'],
      outcome: [
        ...['ok', 'partial', 'failed', 'refused', 'cancelled', 'absent', 'MALFORMED'],
        ...['DENIED', 'RATE_LIMITED', 'REJECTED', 'TIMED_OUT', 'UNAVAILABLE'],
        ...['hit', 'miss', 'write'],
      ],
      tier: ['memory', 'redis'],
      from: ['memory', 'redis', 'stale', 'live', 'failed'],
    };
    const found = own(await scrape())
      .filter(name => !name.startsWith('gateway_build_info'))
      .flatMap(name => [...name.matchAll(/(\w+)="([^"]*)"/g)]);
    const strange = found.filter(([, label = '', value = '']) =>
      label === 'le' ? false : !Object.entries(words).some(([name, list]) => name === label && list.includes(value)),
    );
    expect(strange.map(([pair]) => pair)).toEqual([]);
    expect(found.length).toBeGreaterThan(20);
  });

  it('begin at 0, so that a rate sees the first error', async () => {
    bed = await startTestBed();
    const series = await scrape();
    for (const name of [
      'gateway_operations_total{outcome="failed"}',
      'gateway_source_answers_total{source="ARGUS",from="failed"}',
      'gateway_upstream_refused_total{source="DATADOG",reason="overloaded"}',
    ])
      expect([name, series.get(name)]).toEqual([name, 0]);
    await bed.ask('{ indicator(value: "evil.example.org") { threatScore } }');
    const denied = 'gateway_upstream_calls_total{source="DATADOG",operation="indicator",outcome="DENIED"}';
    expect((await scrape()).get(denied)).toBe(0);
    expect([...series.keys()]).toContain(
      `gateway_build_info{version="${manifest.version}",nodejs="${process.version}"}`,
    );
  });

  it('count hits and misses in keys, for getMany as for synchronous hits in memory', async () => {
    bed = await startTestBed(patient);
    const ask = (age = '') =>
      bed.ask(
        `query { indicators(values: ["a.example.org", "b.example.org", "c.example.org"]${age}) { threatScore } }`,
      );
    const counts = async (operations: number) => {
      const series = await scrapeAfter(operations);
      const of = (outcome: string) => series.get(`gateway_cache_total{tier="memory",outcome="${outcome}"}`) ?? 0;
      const from = (where: string) => series.get(`gateway_source_answers_total{source="DATADOG",from="${where}"}`) ?? 0;
      return { hit: of('hit'), miss: of('miss'), live: from('live'), memory: from('memory') };
    };
    await ask(); // the fourth key: whether Datadog's address is proven
    expect(await counts(1)).toEqual({ hit: 0, miss: 4, live: 3, memory: 0 });
    await ask(); // at once
    expect(await counts(2)).toEqual({ hit: 3, miss: 4, live: 3, memory: 3 });
    await ask(' maxAgeSeconds: 100'); // by getMany
    expect(await counts(3)).toEqual({ hit: 6, miss: 4, live: 3, memory: 6 });
  });

  it('have no series for Redis without one, and 0 while it does not answer', async () => {
    bed = await startTestBed();
    expect([...(await scrape()).keys()]).not.toContain('gateway_redis_up');
    await bed.stop();
    const redis = await startRedis();
    bed = await startTestBed({ REDIS_URL: redis.url });
    await until(async () => (await scrape()).get('gateway_redis_up') === 1, 'Redis is up');
    await redis.kill();
    await until(async () => (await scrape()).get('gateway_redis_up') === 0, 'Redis is down');
    await redis.stop();
  });

  it('are all in the documentation’s table, with their labels, and nothing else is', async () => {
    const metrics = createMetrics({ hasTracing: true });
    metrics.redisUp(true);
    const { text } = await metrics.expose();
    const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(gateway_\w+)`/gm)].map(([, name]) => name).sort();
    const existing = [...text.matchAll(/^# TYPE (gateway_\w+)/gm)].map(([, name]) => name ?? '');
    expect(documented).toEqual(existing.filter(name => !/^(gateway_)?(process|nodejs)_/.test(name)).sort());
    for (const [, name, help] of text.matchAll(/^# HELP (gateway_\w+) (.*)$/gm))
      if (documented.includes(name ?? '')) expect(page).toContain(help);
  });
});
