/** What the gateway believes of a Redis that brings other rows than were asked for, or that somebody else writes to. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type RedisProxy, rotate, startRedisProxy } from '../setup/redis-proxy.ts';
import { silentLog } from '../setup/silent-log.ts';

const values = ['evil.example.org', 'quiet.example.com', 'seen.example.com'];
const query = `query ($values: [String!]!) { indicators(values: $values) { value threatScore
  memberships { list { shortName } } verdict { level } sources { source status } } }`;
const [key, otherKey] = ['k'.repeat(32), 'o'.repeat(32)];

let redis: RedisServer;
let proxy: RedisProxy;
let bed: TestBed;
const more: RunningGateway[] = [];

beforeEach(async () => {
  const dataSet = createDataSet();
  dataSet.datadog.add('evil.example.org', { attributes: { score: 90 } });
  dataSet.datadog.add('seen.example.com', { attributes: { score: 10 } });
  dataSet.argus.addList({ shortName: 'bad' });
  dataSet.argus.add({ value: 'evil.example.org', list: 'bad' });
  redis = await startRedis();
  proxy = await startRedisProxy(redis);
  bed = await startTestBed({}, { dataSet });
});
afterEach(async () => {
  await Promise.all(more.splice(0).map(gateway => gateway.stop()));
  await bed.stop();
  proxy.stop();
  await redis.stop();
});

/** A gateway on Redis, which it has found. */
async function another(environment: Environment = {}): Promise<RunningGateway> {
  const { datadog, argus } = bed.emulators;
  const gateway = await startGateway(
    {
      ...{ PORT: '0', REDIS_URL: redis.url, DATADOG_URL: datadog.url, ARGUS_URL: argus.url },
      ...{ DD_API_KEY: 'demo-api-key', DD_APP_KEY: 'demo-app-key', ARGUS_API_KEY: 'demo/key/full', ...environment },
    },
    { log: silentLog, auditTo: new PassThrough().resume() },
  );
  more.push(gateway);
  await until(async () => /^gateway_redis_up 1$/m.test(await metricsOf(gateway)), 'it has found Redis');
  return gateway;
}

const metricsOf = async ({ url }: RunningGateway) => (await fetch(`${url}/metrics`)).text();
const count = async (gateway: RunningGateway, outcome: string) => {
  const line = new RegExp(`^gateway_cache_total\\{tier="redis",outcome="${outcome}"\\} (\\d+)$`, 'm');
  return Number(line.exec(await metricsOf(gateway))?.[1] ?? 0);
};

/** Asks, and says what was asked upstream meanwhile. */
async function ask({ url }: RunningGateway) {
  const { datadog, argus } = bed.emulators;
  datadog.clearRequests();
  argus.clearRequests();
  const { data } = await postQuery(url, query, { values });
  const searched = argus.requests.filter(({ path }) => path.endsWith('/search'));
  return { found: data.indicators, asked: [datadog.requests.length, searched.length] };
}

/** What a gateway answers that has its own memory alone, and has asked. */
async function truth() {
  const { data } = await postQuery(bed.url, query, { values });
  return data.indicators;
}

/** Writes all that is asked for into Redis. */
async function filled(environment: Environment = {}): Promise<RunningGateway> {
  const gateway = await another(environment);
  await ask(gateway);
  await until(async () => (await count(gateway, 'write')) >= 6, 'it is written');
  return gateway;
}

it('rows in each other’s place are believed about nobody: the sources are asked', async () => {
  const right = await truth();
  await filled();
  const gateway = await another({ REDIS_URL: proxy.url });
  const before = proxy.connections();
  proxy.spoil(rotate);
  expect(await ask(gateway)).toEqual({ found: right, asked: [3, 1] });
  expect([await count(gateway, 'foreign'), await count(gateway, 'hit')]).toEqual([6, 0]);
  await until(() => proxy.connections() > before, 'it has connected anew');
});

it('signed rows are shared by those who have the key', async () => {
  const right = await truth();
  await filled({ REDIS_HMAC_KEY: key });
  const gateway = await another({ REDIS_HMAC_KEY: key });
  expect(await ask(gateway)).toEqual({ found: right, asked: [0, 0] });
  const unsigning = await another();
  expect(await ask(unsigning)).toEqual({ found: right, asked: [0, 0] });
});

it.each([
  ['nobody', {}],
  ['somebody else', { REDIS_HMAC_KEY: otherKey }],
])('a row that is signed by %s is a miss, and is overwritten', async (_, environment) => {
  const right = await truth();
  await filled(environment);
  const gateway = await another({ REDIS_HMAC_KEY: key });
  expect(await ask(gateway)).toEqual({ found: right, asked: [3, 1] });
  expect([await count(gateway, 'unsigned'), await count(gateway, 'hit')]).toEqual([6, 0]);
  await until(async () => (await count(gateway, 'write')) >= 6, 'it is written');
  expect(await ask(await another({ REDIS_HMAC_KEY: key }))).toEqual({ found: right, asked: [0, 0] });
});

it.each([
  ['is forged', (row: string) => row.replace('"threat":{', '"threat":null,"was":{')],
  ['lives longer than it was signed for', (row: string) => row.replace(/"expires":\d/, '"expires":9')],
  ['has lost its end', (row: string) => row.slice(0, -1)],
  ['has a second fact behind its signature', (row: string) => `${row.slice(0, -1)},"value":{"fact":{},"fetchedAt":1}}`],
])('a signed row that %s is not believed', async (_, forge) => {
  const right = await truth();
  await filled({ REDIS_HMAC_KEY: key });
  const rows = (await redis.cli('keys', '*evil.example.org*')).split('\n');
  let forged = 0;
  for (const name of rows) {
    const row = await redis.cli('get', name);
    if (forge(row) !== row) forged += 1;
    await redis.cli('set', name, forge(row));
  }
  expect(forged).toBeGreaterThan(0);
  const gateway = await another({ REDIS_HMAC_KEY: key });
  const { found, asked } = await ask(gateway);
  expect(found).toEqual(right);
  expect(asked[0]).toBe(1);
  expect(await count(gateway, 'unsigned')).toBe(forged);
});
