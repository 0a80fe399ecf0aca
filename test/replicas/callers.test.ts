/** What callers may spend, and queries that they have registered, hold at every replica. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Replica, type Replicas, startReplicas } from './replicas.ts';

let redis: RedisServer;
let replicas: Replicas;
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await replicas.stop();
  await redis.stop();
});

const query = 'query ($values: [String!]!) { indicators(values: $values) { id } }';
const valuesOf = (count: number) => Array.from({ length: count }, (_, index) => `v${index}.example.org`);

async function post({ gateway }: Replica, body: object): Promise<Response> {
  return fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...as('soc') },
    body: JSON.stringify(body),
  });
}
const ask = (replica: Replica, count: number) => post(replica, { query, variables: { values: valuesOf(count) } });

async function open(count: number, perMinute: number): Promise<readonly Replica[]> {
  replicas = await startReplicas(count, {
    ...apiKeyAuth({ soc: [] }),
    ...{ METRICS_ON_PORT: 'on', RATE_LIMIT_INDICATORS_PER_MINUTE: String(perMinute), REDIS_URL: redis.url },
  });
  return replicas.all;
}

describe('the points of a caller', () => {
  it('are those of a minute at all replicas together', async () => {
    const [one, other] = (await open(2, 100)) as [Replica, Replica];
    expect((await ask(one, 90)).status).toBe(200);
    await pause(600);
    // It hears of what was spent elsewhere when something is spent here.
    expect((await ask(other, 5)).status).toBe(200);
    await pause(600);
    const refused = await ask(other, 50);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20);
    expect((await ask(one, 50)).status).toBe(429);
  });

  it('are told in headers', async () => {
    const [one] = (await open(1, 100)) as [Replica];
    const { headers } = await ask(one, 40);
    expect(headers.get('ratelimit-policy')).toBe('"points";q=100;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"points";r=60;t=2[45]$/);
    const refused = await ask(one, 80);
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([
      429,
      expect.stringMatching(/^"points";r=6\d;t=/),
    ]);
  });

  it('are not without end where somebody has written nonsense into Redis', async () => {
    const [one] = (await open(1, 100)) as [Replica];
    await ask(one, 1);
    await until(async () => (await redis.cli('keys', '*{callers}of *')) !== '', 'they are told');
    const key = await redis.cli('keys', '*{callers}of *');
    for (const points of ['nan', '-nan', 'inf', 'x', '']) {
      await redis.cli('hset', key, 'points', points);
      await ask(one, 1);
      await pause(400);
    }
    expect((await ask(one, 101)).status).toBe(429);
    await redis.cli('del', key);
    await redis.cli('set', key, 'no hash');
    await ask(one, 1);
    await pause(400);
    expect((await ask(one, 101)).status).toBe(429);
  });

  it('are shared out evenly while Redis is away', async () => {
    const [one, other] = (await open(2, 100)) as [Replica, Replica];
    for (const replica of [one, other]) await ask(replica, 1);
    await pause(600);
    for (const replica of [one, other]) await ask(replica, 1);
    await pause(600);
    await redis.kill();
    await pause(600);
    for (const replica of [one, other]) await ask(replica, 1);
    await pause(600);
    const most = async (replica: Replica) =>
      Number(/r=(\d+)/.exec((await ask(replica, 1)).headers.get('ratelimit') ?? '')?.[1]);
    expect(await most(one)).toBeLessThan(50);
    expect(await most(other)).toBeLessThan(50);
  });
});

describe('a query that was registered at one replica', () => {
  const text = '{ sources { source } }';
  const sha256Hash = createHash('sha256').update(text).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };

  it('is known to the others', async () => {
    const [one, other] = (await open(2, 0)) as [Replica, Replica];
    expect(await (await post(other, { extensions })).text()).toContain('PERSISTED_QUERY_NOT_FOUND');
    await post(one, { query: text, extensions });
    await until(async () => (await redis.cli('keys', '*apq:*')) !== '', 'it is in Redis');
    expect(await (await post(other, { extensions })).json()).toEqual(await (await post(one, { extensions })).json());
  });

  it('is not believed where its text is another one', async () => {
    const [one] = (await open(1, 0)) as [Replica];
    await redis.cli('set', `indicator-gateway::apq:${sha256Hash}`, '{ __typename }');
    expect(await (await post(one, { extensions })).text()).toContain('PERSISTED_QUERY_NOT_FOUND');
  });
});
