import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { openAdmin } from '../../src/server/health.ts';
import { apiKeyAuth } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { freePort } from '../setup/process.ts';
import { startRedis, until } from '../setup/redis.ts';

let bed: TestBed;
afterEach(() => bed.stop());
const start = async (environment: Environment = {}) => {
  bed = await startTestBed(environment);
};

async function get(path: string, base = bed.url) {
  const answer = await fetch(`${base}${path}`);
  const text = await answer.text();
  return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

const query = '{ indicator(value: "evil.example.org") { threatScore memberships { value } } }';
const fail = (source: 'datadog' | 'argus') => bed.emulators[source].faults.add({ kind: 'status', status: 500 });

/** Asks until the circuits of what fails are open. */
async function openCircuits(count: number): Promise<void> {
  await until(async () => {
    await bed.ask('{ indicator(value: "evil.example.org") { threatScore(maxAgeSeconds: 0) } }').catch(() => {});
    await bed.ask(query);
    const { data } = await bed.ask('{ sources { state } }');
    return data.sources.filter(({ state }: { state: string }) => state === 'DOWN').length >= count;
  }, 'the circuits are open');
}

describe('/readyz', () => {
  it('is ready before anything was asked, and asks nothing upstream', async () => {
    await start();
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      json: { status: 'ready', reasons: [], sources: { DATADOG: 'UP', ARGUS: 'UP' }, redis: 'none' },
    });
    await get('/livez');
    await get('/metrics');
    expect([...bed.emulators.datadog.requests, ...bed.emulators.argus.requests]).toEqual([]);
  });

  it('is ready with one source down, and says so', async () => {
    await start({ CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '0' });
    fail('datadog');
    await openCircuits(1);
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      json: {
        status: 'ready',
        reasons: ['DATADOG is DOWN: UPSTREAM_UNAVAILABLE'],
        sources: { DATADOG: 'DOWN', ARGUS: 'UP' },
      },
    });
  });

  it('is ready with no source left, says so, and what is known is still served', async () => {
    await start({ ARGUS_API_KEY: '' });
    const known = '{ indicator(value: "evil.example.org") { threatScore } }';
    await bed.ask(known);
    fail('datadog');
    let asked = 0;
    await until(async () => {
      await bed.ask(`{ indicator(value: "new-${asked++}.example.org") { threatScore } }`);
      return (await get('/readyz')).json.sources.DATADOG === 'DOWN';
    }, 'the circuit is open');
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      json: {
        status: 'ready',
        reasons: ['DATADOG is DOWN: UPSTREAM_UNAVAILABLE'],
        sources: { DATADOG: 'DOWN', ARGUS: 'UNCONFIGURED' },
      },
    });
    expect((await bed.ask(known)).data.indicator.threatScore).toBe(92.5);
    const { data } = await bed.ask('{ indicator(value: "unknown.example.org") { verdict { level missing } } }');
    expect(data.indicator.verdict).toEqual({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
  });

  it('is ready while Redis is down, and says so', async () => {
    const redis = await startRedis({ isStarted: false });
    await start({ REDIS_URL: redis.url });
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      json: { status: 'ready', redis: 'down', reasons: ['Redis cannot be used: caching in memory'] },
    });
    await redis.stop();
  });

  it('is not ready while the gateway starts', async () => {
    await start();
    const source = { isConfigured: true, health: () => undefined };
    const gateway = { sources: { DATADOG: source, ARGUS: source } };
    const cache = { redisState: () => 'none' as const };
    const health = { gateway, cache, metrics: createMetrics(), phase: () => 'starting' as const };
    const admin = await openAdmin(health, { host: '127.0.0.1', port: 0 });
    expect(await get('/readyz', admin.url)).toMatchObject({
      status: 503,
      json: { status: 'starting', reasons: ['the gateway is starting'] },
    });
    expect(await get('/livez', admin.url)).toMatchObject({ status: 200 });
    await admin.close();
  });
});

describe('without ADMIN_PORT, where callers have to say who they are', () => {
  const named = { ...apiKeyAuth({ soc: [] }), METRICS_ON_PORT: '' };

  it('anybody who reaches the port may know whether it is ready, and nothing of sources and load', async () => {
    await start(named);
    expect((await get('/livez')).json).toEqual({ status: 'alive' });
    expect(await get('/readyz')).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    const { status, text } = await get('/metrics');
    expect(status).toBe(403);
    expect(text).toContain('set ADMIN_PORT, or METRICS_ON_PORT=on');
    expect(text).not.toContain('gateway_');
  });

  it('METRICS_ON_PORT shows metrics there', async () => {
    await start({ ...named, METRICS_ON_PORT: 'on' });
    expect(await get('/metrics')).toMatchObject({ status: 200, text: expect.stringContaining('gateway_') });
  });

  it('ADMIN_PORT shows all of it', async () => {
    const port = await freePort();
    await start({ ...named, ADMIN_PORT: String(port) });
    expect((await get('/readyz', `http://127.0.0.1:${port}`)).json).toHaveProperty('sources');
    expect((await get('/metrics', `http://127.0.0.1:${port}`)).status).toBe(200);
  });
});

describe('ADMIN_PORT', () => {
  it('takes health and metrics from the callers’ port to its own', async () => {
    const port = await freePort();
    await start({ ADMIN_PORT: String(port) });
    const admin = `http://127.0.0.1:${port}`;
    for (const path of ['/livez', '/readyz', '/metrics']) {
      expect(await get(path)).toMatchObject({ status: 404 });
      expect(await get(path, admin)).toMatchObject({ status: 200 });
    }
    for (const path of ['/graphql?query={__typename}', '/graphiql', '/'])
      expect(await get(path, admin)).toMatchObject({ status: 404 });
    await bed.gateway.stop();
    await expect(get('/livez', admin)).rejects.toThrow('fetch failed');
  });
});
