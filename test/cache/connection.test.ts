import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type CountedCache, openCounted, parse, write } from './counted-cache.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const certificates = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
afterAll(() => rmSync(certificates, { recursive: true }));
const [key, certificate] = [join(certificates, 'key.pem'), join(certificates, 'certificate.pem')];
execFileSync(
  'openssl',
  [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
  ],
  { stdio: 'ignore' },
);

function open(redisUrl: string): CountedCache {
  const counted = openCounted({ redisUrl });
  ends.push(counted.cache.close);
  return counted;
}

async function startWithUser(): Promise<RedisServer> {
  const redis = await startRedis({
    args: [
      '--user',
      'gateway',
      'on',
      '>s3cret/:@',
      '~indicator-gateway::*',
      '+@all',
      '-@dangerous',
      '--user',
      'default',
      'off',
    ],
  });
  ends.push(redis.stop);
  return redis;
}

async function works(redisUrl: string): Promise<void> {
  const [one, two] = [open(redisUrl), open(redisUrl)];
  await Promise.all([one.isUp(), two.isUp()]);
  one.cache.setMany([write('v1:a', { score: 1 })]);
  await until(async () => (await two.cache.getMany(['v1:a'], parse))[0]?.fact.score === 1, 'it is shared');
  two.cache.deleteMany(['v1:a']);
  one.cache.setMany([write('v1:b', { score: 2 })]);
  await one.written(2);
  expect(await one.count('redis', 'write')).toBe(2);
}

/** Only the first error is logged, and on a busy machine that may be a late handshake: then another client tries. */
async function refused(redisUrl: string, code: string): Promise<void> {
  await until(async () => {
    const stranger = open(redisUrl);
    await until(() => stranger.log().includes('Redis cannot be used'), 'it is refused');
    return stranger.log().includes(code);
  }, `it is refused with ${code}`);
}

const addressOf = (redis: RedisServer, userinfo: string): string => `redis://${userinfo}@127.0.0.1:${redis.port}`;
const password = encodeURIComponent('s3cret/:@');

describe('the address', () => {
  test('carries a user and a password, who needs no more than its own keys and no dangerous command', async () => {
    const redis = await startWithUser();
    await works(addressOf(redis, `gateway:${password}`));
  });

  test('carries the number of a database', async () => {
    const redis = await startRedis();
    ends.push(redis.stop);
    await works(`${redis.url}/3`);
    expect(await redis.cli('-n', '3', 'keys', '*v1:*')).toBe('indicator-gateway::v1:b');
  });

  test('of TLS is checked against the machine’s authorities, and works when one of them vouches', async () => {
    const redis = await startRedis({
      args: port => [
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--tls-auth-clients',
        'no',
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-ca-cert-file',
        certificate,
      ],
    });
    ends.push(redis.stop);
    const address = `rediss://localhost:${redis.port}`;
    await refused(address, 'DEPTH_ZERO_SELF_SIGNED_CERT');
    const known = getCACertificates('default');
    setDefaultCACertificates([...known, readFileSync(certificate, 'utf8')]);
    ends.push(async () => setDefaultCACertificates(known));
    await works(address);
    await refused(`rediss://127.0.0.1:${redis.port}`, 'ERR_TLS_CERT_ALTNAME_INVALID');
  });
});

describe('the log', () => {
  test.each([
    ['a wrong password', `gateway:hunter2`, 'WRONGPASS'],
    ['an unknown user', `somebody:hunter2`, 'WRONGPASS'],
  ])('names the code, never the password: %s', async (_, userinfo, code) => {
    const redis = await startWithUser();
    const { cache, log } = open(addressOf(redis, userinfo));
    await until(() => log().includes(code), `${code} is logged`);
    expect(cache.redisState()).toBe('down');
    expect(log()).not.toContain('hunter2');
    expect(log()).not.toContain('127.0.0.1');
  });

  test('tells of each change once, however often Redis is tried', async () => {
    const redis = await startRedis({ isStarted: false });
    ends.push(redis.stop);
    const { isUp, log } = open(redis.url);
    await new Promise(resolve => setTimeout(resolve, 1_000));
    await redis.start();
    await isUp();
    const messages = log()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).message);
    expect(messages).toEqual(['Redis cannot be used: caching in memory', 'Redis answers']);
  });
});

describe('closing', () => {
  test('writes what waits, and everything after it is a miss', async () => {
    const redis = await startRedis();
    ends.push(redis.stop);
    const { cache, isUp } = open(redis.url);
    await isUp();
    cache.setMany([write('v1:a', { score: 1 })]);
    await cache.close();
    expect(await redis.rows()).toBe(1);
    await cache.close();
    cache.setMany([write('v1:b', { score: 1 })]);
    cache.deleteMany(['v1:a']);
    expect(await cache.getMany(['v1:c'], parse)).toEqual([undefined]);
    expect(cache.redisState()).toBe('down');
  });

  test.each(['absent', 'hung', 'up'])('lets the process end: Redis is %s', async state => {
    const redis = await startRedis({ isStarted: state !== 'absent' });
    ends.push(redis.stop);
    if (state === 'hung') redis.pause();
    const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
    const program = `
      const { openCache } = await import(${source('cache/cache.ts')});
      const { redisConfig } = await import(${source('config/redis.ts')});
      const { openRedis } = await import(${source('cache/redis/redis.ts')});
      const { createMetrics } = await import(${source('observability/metrics.ts')});
      const { systemClock: clock } = await import(${source('clock.ts')});
      const { silentLog } = await import(${JSON.stringify(new URL('../setup/silent-log.ts', import.meta.url).href)});
      const metrics = createMetrics();
      const config = redisConfig({ REDIS_URL: { read: () => '${redis.url}', reload: () => false } });
      const redis = openRedis({ config, log: silentLog, metrics, clock });
      const cache = openCache({ redis, maxBytes: 1e6, metrics, clock });
      cache.setMany([{ key: 'a', entry: { fact: 1, fetchedAt: 1, heardAt: 1 }, ttlMs: 1000 }]);
      await new Promise(resolve => setTimeout(resolve, 300));
      await cache.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    ends.push(async () => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
