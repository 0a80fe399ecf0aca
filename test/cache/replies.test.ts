/** Replies of Redis that belong to another question, that are no replies, or that do not end. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { isRows, type RedisProxy, rotate, startRedisProxy } from '../setup/redis-proxy.ts';
import { type CountedCache, keys, openCounted, parse, write } from './counted-cache.ts';

let redis: RedisServer;
let proxy: RedisProxy;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.cli('flushall');
  proxy = await startRedisProxy(redis);
  ends.push(proxy.stop);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(redisUrl: string): Promise<CountedCache> {
  const counted = openCounted({ redisUrl });
  ends.push(counted.cache.close);
  await counted.isUp();
  return counted;
}

/** Ten rows that another gateway has written. */
async function tenRows(): Promise<void> {
  const { cache, written } = await open(redis.url);
  cache.setMany(keys(10).map((key, score) => write(key, { score })));
  await written(10);
}

const scores = (found: readonly ({ readonly fact: { readonly score: number } } | undefined)[]) =>
  found.map(entry => entry?.fact.score);
const reconnected = (since: number) => until(() => proxy.connections() > since, 'it has connected anew');

describe('a row of another key', () => {
  it('is nobody’s, is counted, and ends the connection that it came by', async () => {
    await tenRows();
    const { cache, count, isUp, read, log } = await open(proxy.url);
    const before = proxy.connections();
    proxy.spoil(rotate);
    expect(await read(keys(10))).toEqual(keys(10).map(() => undefined));
    expect([await count('redis', 'foreign'), await count('redis', 'hit')]).toEqual([10, 0]);
    expect(keys(10).map(key => cache.peek(key))).toEqual(keys(10).map(() => undefined));
    proxy.spoil(undefined);
    await reconnected(before);
    await isUp();
    expect(log()).toContain('REPLY_TO_ANOTHER');
    cache.setMany(keys(10).map((key, score) => write(key, { score })));
    await until(async () => (await redis.rows()) === 10, 'they are written again');
    const other = await open(redis.url);
    expect(scores(await other.read(keys(10)))).toEqual([...keys(10).keys()]);
    expect(await other.count('redis', 'foreign')).toBe(0);
  });

  it('that was put under a key is removed, so that it ends one connection and no more', async () => {
    await tenRows();
    await redis.cli('copy', 'indicator-gateway::v1:test:3', 'indicator-gateway::v1:test:4', 'replace');
    const { count, isUp, read } = await open(proxy.url);
    const before = proxy.connections();
    expect(scores(await read(keys(10)))).toEqual([0, 1, 2, 3, undefined, 5, 6, 7, 8, 9]);
    await reconnected(before);
    await isUp();
    await until(async () => (await redis.rows()) === 9, 'it is removed');
    await read(['v1:test:4']);
    expect([await count('redis', 'foreign'), proxy.connections()]).toEqual([1, before + 1]);
  });

  it('to a read with claims ends the connection as well, and is nobody’s', async () => {
    await tenRows();
    const { cache, isUp } = await open(proxy.url);
    const before = proxy.connections();
    const claims: number[] = [];
    const standards = {
      ...{ claimMs: 1_000, maxAgeMs: () => 60_000, claim: () => 'all', isAbsence: () => false },
      ...{
        isOutdated: () => false,
        isEnough: () => true,
        replaces: () => true,
        onClaim: (index: number) => claims.push(index),
      },
    };
    proxy.spoil(reply => (isRows(reply) ? '+PONG\r\n' : reply));
    expect(scores(await cache.getMany(keys(5), parse, standards))).toEqual(keys(5).map(() => undefined));
    proxy.spoil(undefined);
    await reconnected(before);
    await isUp();
    expect(scores(await cache.getMany(keys(5), parse, standards))).toEqual([0, 1, 2, 3, 4]);
    expect(claims).toEqual([]);
  });

  it('comes late by a whole reply: what is read next is right again', async () => {
    await tenRows();
    const { count, isUp, read } = await open(proxy.url);
    const before = proxy.connections();
    let late = '';
    proxy.spoil(reply => {
      if (!isRows(reply)) return reply;
      const passed = late || reply;
      late = reply;
      return passed;
    });
    expect(scores(await read(keys(10).slice(0, 5)))).toEqual([0, 1, 2, 3, 4]);
    expect(scores(await read(keys(10).slice(5)))).toEqual(keys(5).map(() => undefined));
    expect(await count('redis', 'foreign')).toBe(5);
    proxy.spoil(undefined);
    await reconnected(before);
    await isUp();
  });
});

it('a row of an earlier release, which does not say what it is about, is a miss and stays', async () => {
  const row = JSON.stringify({ value: { fact: { score: 1 }, fetchedAt: Date.now() }, expires: Date.now() + 60_000 });
  await redis.cli('set', 'indicator-gateway::v1:old', row);
  const { count, read } = await open(redis.url);
  expect(await read(['v1:old'])).toEqual([undefined]);
  expect([await count('redis', 'miss'), await count('redis', 'garbage'), await count('redis', 'foreign')]).toEqual([
    ...[1, 0, 0],
  ]);
  expect(await redis.rows()).toBe(1);
});

describe('a connection ends', () => {
  it.each([
    ['with bytes that are no reply', '?what\r\n'],
    ['with a reply that nobody has asked for', '+PONG\r\n'],
  ])('%s, and the next one is whole', async (_, bytes) => {
    await tenRows();
    const { isUp, read, log } = await open(proxy.url);
    const before = proxy.connections();
    // A ping may be under way that such a reply fits: then the next one is one too many.
    await until(() => {
      if (proxy.connections() === before) proxy.send(bytes);
      return proxy.connections() > before;
    }, 'it has connected anew');
    await isUp();
    expect(log()).toMatch(/REPLY_UNREADABLE|REPLY_TO_ANOTHER/);
    expect(scores(await read(keys(10)))).toEqual([...keys(10).keys()]);
  });

  it('with a ping that gets another reply', async () => {
    const { isUp } = await open(proxy.url);
    const before = proxy.connections();
    proxy.spoil(reply => (reply === '+PONG\r\n' ? '+OK\r\n' : reply));
    await reconnected(before);
    proxy.spoil(undefined);
    await isUp();
  });
});

/** More than a reply may have, and what the sockets of both sides hold beyond it. */
const mostBytes = 100 * 1024 * 1024;

describe('a reply that is too large or has no end', () => {
  it.each([
    ['to a read', 'MGET'],
    ['to the first words of a connection', 'CLIENT'],
  ])('%s is not read beyond a bound, and is a miss', async (_, command) => {
    const endless = await startEndless(command);
    const { cache } = openCounted({ redisUrl: endless.url });
    ends.push(cache.close);
    if (command === 'MGET') await until(() => cache.redisState() === 'up', 'it is up');
    const found: unknown[] = [];
    const read = async () => {
      found.push(...(await cache.getMany(keys(3), parse)));
      return endless.cutOff() > 0;
    };
    // Again and again: a busy machine may take Redis for down just when it is read.
    await until(read, 'the connection is ended');
    expect(found.filter(entry => entry !== undefined)).toEqual([]);
    expect(endless.most()).toBeLessThan(mostBytes);
    await until(() => endless.connections() > 1, 'it connects anew');
  });

  it('of a hundred megabytes from a real Redis costs no other row for long', async () => {
    await tenRows();
    await redis.cli('setrange', 'indicator-gateway::v1:test:4', String(100 * 1024 * 1024), 'x');
    const counted = await open(redis.url);
    await counted.cache.getMany(keys(10), parse);
    await until(() => counted.log().includes('REPLY_TOO_LARGE'), 'the connection is ended');
    await counted.isUp();
    counted.cache.setMany([write('v1:test:4', { score: 4 })]);
    await counted.written(1);
    const other = await open(redis.url);
    expect(scores(await other.read(keys(10)))).toEqual([...keys(10).keys()]);
  });
});

/** Replies well, but to one command with a string that does not end. */
async function startEndless(command: string) {
  let [connections, cutOff, most] = [0, 0, 0];
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  const server = createServer(socket => {
    connections += 1;
    let isStreaming = false;
    const stream = () => {
      while (!socket.destroyed && socket.bytesWritten < 20 * mostBytes && socket.write(chunk));
    };
    socket.on('drain', stream).on('error', () => {});
    socket.on('close', () => {
      most = Math.max(most, socket.bytesWritten);
      if (isStreaming) cutOff += 1;
    });
    socket.on('data', text => {
      const names = text.toString().match(/PING|TIME|MGET|CLIENT|HELLO|UNLINK|CLUSTER/g) ?? [];
      for (const name of names) {
        if (isStreaming) return;
        isStreaming = name === command;
        socket.write(isStreaming ? '$99999999999\r\n' : (replies[name] ?? '+OK\r\n'));
        if (isStreaming) stream();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    cutOff: () => cutOff,
    most: () => most,
  };
}

const replies: Readonly<Record<string, string>> = {
  UNLINK: ':0\r\n',
  CLUSTER: '-ERR This instance has cluster support disabled\r\n',
  PING: '+PONG\r\n',
  TIME: '*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n',
};
