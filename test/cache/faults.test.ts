import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import { openRedis } from '../../src/cache/redis/redis.ts';
import { systemClock } from '../../src/clock.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { type RedisServer, type RedisServerOptions, redisAt, startRedis, until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';
import { type CountedCache, keys, openCounted, parse, write } from './counted-cache.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const redis = await startRedis(options);
  ends.push(redis.stop);
  return redis;
}

function open(redis: RedisServer): CountedCache {
  const counted = openCounted({ redisUrl: redis.url });
  ends.push(counted.cache.close);
  return counted;
}

/**
 * A lookup of what memory lacks, with a write beside it, must be over before a timer of 60 ms that was started right after
 * it, in the turn in which Redis is asked. Both run on the same clock, so a busy machine delays them alike. (One at a time,
 * and the timer cleared: among timers of several calls, Node keeps no order.)
 */
async function askInTime({ cache }: CountedCache): Promise<void> {
  const asked = cache.getMany(keys(5, `v1:${Math.random()}`), parse);
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  let timer: NodeJS.Timeout | undefined;
  setImmediate(() => {
    // Where the loop itself was late, both come in one turn of it: the cache may have the rest of that turn.
    timer = setTimeout(() => setImmediate(() => setImmediate(resolve, 'late')), 60);
  });
  cache.setMany([write(`v1:${Math.random()}`, { score: 1 })]);
  const first = await Promise.race([asked, late]);
  clearTimeout(timer);
  expect(first).toEqual([undefined, undefined, undefined, undefined, undefined]);
}

async function askFor(milliseconds: number, counted: CountedCache): Promise<void> {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    await askInTime(counted);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** Two seconds later at the latest Redis is known to be up; what one gateway writes from then on another one reads. */
async function recovered(redis: RedisServer, counted: CountedCache): Promise<void> {
  await until(() => counted.cache.redisState() === 'up', 'the cache says that Redis is up again', 2_000);
  const key = `v1:after:${Math.random()}`;
  const other = open(redis);
  await other.isUp();
  // A write may be dropped as long as too many others wait to be written: a cache loses nothing but time by it.
  const isShared = async () => {
    counted.cache.setMany([write(key, { score: 9 })]);
    return (await other.cache.getMany([key], parse))[0]?.fact.score === 9;
  };
  await until(isShared, 'it is shared again');
}

describe('a Redis that fails is a cache that misses:', () => {
  test('absent at the start, then there', async () => {
    const redis = await start({ isStarted: false });
    const counted = open(redis);
    await askFor(700, counted);
    expect(counted.cache.redisState()).toBe('down');
    expect(await counted.count('redis', 'error')).toBeGreaterThan(0);
    await redis.start();
    await recovered(redis, counted);
  });

  test('killed, then started again', async () => {
    const redis = await start();
    const counted = open(redis);
    await counted.isUp();
    counted.cache.setMany([write('v1:known', { score: 1 })]);
    const asking = askFor(1_500, counted);
    await redis.kill();
    await asking;
    expect(counted.cache.redisState()).toBe('down');
    expect(await counted.cache.getMany(['v1:known'], parse)).toMatchObject([{ fact: { score: 1 }, tier: 'memory' }]);
    await redis.start();
    await recovered(redis, counted);
  });

  test.each([300, 4_000])('hung (SIGSTOP) for %d ms', async milliseconds => {
    const redis = await start();
    const counted = open(redis);
    await counted.isUp();
    redis.pause();
    await askFor(milliseconds, counted);
    expect(counted.cache.redisState()).toBe('down');
    expect(await counted.count('redis', 'timeout')).toBeGreaterThan(0);
    redis.resume();
    await recovered(redis, counted);
  });

  test('hung (SIGSTOP) at the start', async () => {
    const redis = await start();
    redis.pause();
    const counted = open(redis);
    await askFor(1_000, counted);
    redis.resume();
    await recovered(redis, counted);
  });

  test('paused (CLIENT PAUSE), which answers nothing for a second', async () => {
    const redis = await start();
    const counted = open(redis);
    await counted.isUp();
    await redis.cli('client', 'pause', '1000', 'all');
    await askFor(900, counted);
    await recovered(redis, counted);
  });

  test('refusing (a password was set meanwhile)', async () => {
    const redis = await start();
    const counted = open(redis);
    await counted.isUp();
    await redis.cli('config', 'set', 'requirepass', 'secret');
    await redis.cli('-a', 'secret', '--no-auth-warning', 'client', 'kill', 'type', 'normal', 'skipme', 'yes');
    await askFor(500, counted);
    expect(counted.cache.redisState()).toBe('down');
    await redis.cli('-a', 'secret', '--no-auth-warning', 'config', 'set', 'requirepass', '');
    await recovered(redis, counted);
  });

  test('slow: it answers, but too late', async () => {
    const redis = await start();
    const counted = open(redis);
    await counted.isUp();
    // Each script blocks Redis for 80 ms.
    const script =
      "local t=redis.call('time') repeat local n=redis.call('time') until (n[1]-t[1])*1000000+n[2]-t[2]>80000";
    await Promise.all([redis.cli('-r', '15', 'eval', script, '0'), askFor(1_000, counted)]);
    await recovered(redis, counted);
  });
});

describe('a full Redis', () => {
  test('is read from; what it refuses is counted, never believed', async () => {
    const redis = await start({ args: ['--maxmemory', '2mb', '--maxmemory-policy', 'noeviction'] });
    const counted = open(redis);
    await counted.isUp();
    counted.cache.setMany([write('v1:early', { score: 3 })]);
    await counted.written(1);
    for (const name of keys(40, 'v1:full')) {
      counted.cache.setMany(keys(50, name).map(key => write(key, { score: 1, note: 'x'.repeat(2_000) })));
    }
    await counted.written(2_001);
    const held = await redis.rows();
    expect(await counted.count('redis', 'write')).toBe(held);
    expect(await counted.count('redis', 'write_error')).toBeGreaterThan(0);
    const other = open(redis);
    await other.isUp();
    expect(await other.read(['v1:early'])).toMatchObject([{ fact: { score: 3 } }]);
    expect(counted.cache.peek('v1:full:39:49')).toBeDefined();
  });
});

describe('the first fifty operations at once', () => {
  test.each(['before it is connected', 'just connected'])('are all written or counted as lost: %s', async when => {
    const redis = await start();
    const counted = open(redis);
    if (when === 'just connected') await counted.isUp();
    await Promise.all(
      keys(50).map(async key => {
        counted.cache.setMany([write(key, { score: 1 })]);
        await counted.cache.getMany([`${key}:other`], parse);
      }),
    );
    await counted.written(50);
    const written = await counted.count('redis', 'write');
    expect(written + (await counted.count('redis', 'dropped')) + (await counted.count('redis', 'write_error'))).toBe(
      50,
    );
    expect(await redis.rows()).toBe(written);
    if (when === 'just connected') expect(written).toBe(50);
  });
});

describe('nothing piles up', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed / 1024 / 1024;
  };

  test('in fifty thousand writes and reads while Redis hangs', async () => {
    const redis = await start();
    const counted = openCounted({ redisUrl: redis.url, maxBytes: 1024 * 1024 });
    ends.push(counted.cache.close);
    await counted.isUp();
    redis.pause();
    const before = heap();
    for (let round = 0; round < 500; round++) {
      const names = keys(100, `v1:round-${round}`);
      counted.cache.setMany(names.map(key => write(key, { score: 1, note: 'x'.repeat(500) })));
      void counted.cache.getMany(names, parse);
      if (round % 50 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    expect(heap() - before).toBeLessThan(20);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(heap() - before).toBeLessThan(20);
    redis.resume();
    await recovered(redis, counted);
    await counted.written(50_000);
  });

  test('in a hundred deaths of Redis: each read comes back', {
    timeout: 180_000,
  }, async () => {
    const warnings: string[] = [];
    const onWarning = (warning: Error) => warnings.push(warning.name);
    process.on('warning', onWarning);
    const redis = await start();
    const wanted = keys(10).map(key => ({ key, maxAgeMs: 1_000, claimMs: 1_000, claim: '' }));
    const opened = openRedis({
      config: redisAt(redis.url),
      log: silentLog,
      metrics: createMetrics(),
      clock: systemClock,
    });
    ends.push(opened.close);
    await until(opened.isUp, 'up');
    for (let cycle = 0; cycle < 100; cycle++) {
      const reading = opened.read(wanted, rows => rows.length);
      await redis.kill();
      await Promise.all([reading, opened.read(wanted, rows => rows.length)]);
      await redis.start();
      await until(async () => (await opened.read(wanted, rows => rows.length)) === 10, `back after death ${cycle}`);
    }
    expect(warnings).toEqual([]);
    process.off('warning', onWarning);
  });
});
