import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { type CountedCache, keys, openCounted, parse, write } from './counted-cache.ts';

let redis: RedisServer;
let opened: CountedCache[] = [];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(() => redis.cli('flushall'));
afterEach(async () => {
  await Promise.all(opened.map(({ cache }) => cache.close()));
  opened = [];
});

async function open(): Promise<CountedCache> {
  const counted = openCounted({ redisUrl: redis.url });
  opened.push(counted);
  await counted.isUp();
  return counted;
}

const calls = async (command: string): Promise<number> =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await redis.cli('info', 'commandstats'))?.[1] ?? 0);

describe('two gateways on one Redis', () => {
  test('share what either has stored', async () => {
    const [one, two] = [await open(), await open()];
    one.cache.setMany([write('v1:a', { score: 1 })]);
    await one.written(1);
    expect(two.cache.peek('v1:a')).toBeUndefined();
    const [found] = await two.read(['v1:a']);
    expect(found).toMatchObject({ fact: { score: 1 }, tier: 'redis' });
    expect(found?.fetchedAt).toBeCloseTo(one.cache.peek('v1:a')?.fetchedAt ?? 0, -3);
    expect(two.cache.peek('v1:a')).toMatchObject({ fact: { score: 1 }, tier: 'memory' });
  });

  test('ask it once for a batch, and only for what memory lacks', async () => {
    const [one, two] = [await open(), await open()];
    one.cache.setMany(keys(60).map((key, score) => write(key, { score })));
    await one.written(60);
    two.cache.setMany(keys(10).map((key, score) => write(key, { score })));
    await redis.cli('config', 'resetstat');
    await two.cache.getMany([...keys(61), ...keys(61)], parse);
    await until(async () => (await two.count('redis', 'hit')) === 50, 'all is answered, be it late');
    expect([await calls('mget'), await calls('get')]).toEqual([1, 0]);
    expect(await two.count('redis', 'miss')).toBe(1);
    expect([await two.count('memory', 'hit'), await two.count('memory', 'miss')]).toEqual([20, 102]);
    const found = await two.read([...keys(61)].reverse());
    expect(found.map(entry => entry?.fact.score)).toEqual([undefined, ...[...keys(60).keys()].reverse()]);
  });

  test('ask it once for all that is asked in one turn, each for its own', async () => {
    const [one, two] = [await open(), await open()];
    one.cache.setMany(keys(60).map((key, score) => write(key, { score })));
    await one.written(60);
    await redis.cli('config', 'resetstat');
    const parts = [keys(20), [...keys(60)].reverse(), keys(61).slice(50)];
    const found = await Promise.all(parts.map(part => two.cache.getMany(part, parse)));
    expect(await calls('mget')).toBe(1);
    expect(found.map(part => part.map(entry => entry?.fact.score))).toEqual(
      parts.map(part => part.map(key => (keys(60).includes(key) ? keys(60).indexOf(key) : undefined))),
    );
  });

  test('stop sharing what one has deleted', async () => {
    const [one, two] = [await open(), await open()];
    one.cache.setMany([write('v1:a', { score: 1 })]);
    one.cache.deleteMany(['v1:a']);
    await until(async () => (await calls('unlink')) > 0 && (await redis.rows()) === 0, 'it is deleted');
    expect(await two.read(['v1:a'])).toEqual([undefined]);
  });

  test('keep in memory no longer what Redis keeps no longer', async () => {
    const clock = createTestClock();
    const [one] = [await open()];
    one.cache.setMany([write('v1:a', { score: 1 }, 10_000)]);
    await one.written(1);
    const two = openCounted({ redisUrl: redis.url, clock });
    opened.push(two);
    await two.isUp();
    await two.read(['v1:a']);
    clock.pass(8_000);
    expect(two.cache.peek('v1:a')).toBeDefined();
    clock.pass(2_100);
    expect(two.cache.peek('v1:a')).toBeUndefined();
  });
});

describe('what is written to Redis', () => {
  test('has one prefix, Keyv’s own JSON and its key in it, and lives a whole number of milliseconds', async () => {
    const { cache, written } = await open();
    cache.setMany(keys(100).map(key => write(key, { score: 1 }, 333_333.3)));
    await written(100);
    expect(JSON.parse(await redis.cli('get', 'indicator-gateway::v1:test:7'))).toEqual({
      key: 'v1:test:7',
      value: { fact: { score: 1 }, fetchedAt: expect.any(Number) },
      expires: expect.any(Number),
    });
    const ttl = Number(await redis.cli('pttl', 'indicator-gateway::v1:test:7'));
    expect(ttl).toBeGreaterThan(323_000);
    expect(ttl).toBeLessThanOrEqual(333_334);
  });

  test('comes back as it was, whatever JSON it is that an upstream may send', async () => {
    const [one, two] = [await open(), await open()];
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyFact, { minLength: 1, maxLength: 20 }), async facts => {
        const names = keys(facts.length, `v1:round-${round++}`);
        one.cache.setMany(facts.map((fact, index) => write(names[index] ?? '', fact)));
        await until(
          async () => (await two.cache.getMany(names, stored => ({ stored }))).every(Boolean),
          'they are there',
        );
        const found = names.map(name => two.cache.peek<{ stored: unknown }>(name)?.fact.stored);
        expect(found).toStrictEqual(facts);
      }),
      { numRuns: 30 },
    );
  });

  const awkward = fc.constantFrom(
    ':base64:aGVsbG8=',
    '::',
    '__proto__',
    '\u0000',
    '\ud800',
    '9007199254740993',
    'NaN',
    '',
  );
  const anyFact = fc.oneof(
    awkward,
    fc.jsonValue({ noUnicodeString: false }).map(value => JSON.parse(JSON.stringify({ value }))),
    fc
      .dictionary(
        awkward.filter(name => name !== '__proto__'),
        awkward,
        { noNullPrototype: true },
      )
      .map(value => JSON.parse(JSON.stringify(value))),
  );

  test('ten thousand at once go in chunks, and a read meanwhile does not wait for all of them', async () => {
    const { cache, count, written } = await open();
    await redis.cli('config', 'resetstat');
    cache.setMany(keys(10_000).map(key => write(key, { score: 1, note: 'x'.repeat(300) })));
    await cache.getMany(['v1:other'], parse);
    expect(await count('redis', 'write')).toBeLessThan(10_000);
    await written(10_000);
    expect([await count('redis', 'write'), await calls('exec')]).toEqual([10_000, 20]);
    expect(await redis.rows()).toBe(10000);
  });

  test('is not what is too large for a quick answer; memory alone keeps that', async () => {
    const { cache, count, written } = await open();
    cache.setMany([write('v1:large', { score: 1, note: 'x'.repeat(3_000_000) }), write('v1:small', { score: 1 })]);
    await written(2);
    expect([await count('redis', 'write'), await count('redis', 'dropped')]).toEqual([1, 1]);
    expect(cache.peek('v1:large')).toBeDefined();
  });
});

describe('keys', () => {
  test('never alias, prefixed or not, with colons or NUL', async () => {
    const [one, two] = [await open(), await open()];
    const plain = [
      'ioc:x',
      'x',
      'indicator-gateway::x',
      'indicator-gateway:x',
      'keyv:x',
      '2001:db8::1',
      '2001:db8',
      'x\0y',
      'x'.repeat(2_048),
    ];
    one.cache.setMany(plain.map((key, score) => write(key, { score })));
    await one.written(plain.length);
    const found = await two.read(plain);
    expect(found.map(entry => entry?.fact.score)).toEqual([...plain.keys()]);
    const others = ['ioc', 'indicator-gateway', 'keyv:keyv:x', ':x', 'x\0', ''].map(key => `${key}`);
    expect(await two.read(others)).toEqual(others.map(() => undefined));
  });

  test('are never patterns: deleting a star deletes a star', async () => {
    const { cache, written } = await open();
    cache.setMany(['*', 'a', 'b::c', '[ab]'].map(key => write(key, { score: 1 })));
    await written(4);
    await redis.cli('set', 'somebody-elses', '1');
    cache.deleteMany(['*', '[ab]', 'indicator-gateway::*']);
    await until(async () => (await redis.rows()) === 2, 'two are deleted');
    const left = (await redis.cli('keys', '*')).split('\n').filter(key => !/{(replicas|announced)}/.test(key));
    expect(left.sort()).toEqual(['indicator-gateway::a', 'indicator-gateway::b::c', 'somebody-elses']);
  });
});

describe('a deletion', () => {
  test('holds while Redis is down, and is carried out when it is back', async () => {
    const { cache, isUp, written } = await open();
    const other = await open();
    cache.setMany([write('v1:a', { score: 1 }), write('v1:b', { score: 2 })]);
    await written(2);
    redis.pause();
    cache.deleteMany(['v1:a']);
    await until(() => cache.redisState() === 'down', 'it is seen to hang');
    redis.resume();
    await isUp();
    expect(await cache.getMany(['v1:a'], parse)).toEqual([undefined]);
    await until(async () => (await redis.rows()) === 1, 'it is deleted');
    await other.isUp();
    expect(await other.read(['v1:a', 'v1:b'])).toMatchObject([undefined, { fact: { score: 2 } }]);
  });

  test('wins over a read that was under way, and loses to a later write', async () => {
    const { cache, written } = await open();
    const two = await open();
    cache.setMany(keys(300).map(key => write(key, { score: 1 })));
    await written(300);
    const reading = two.cache.getMany(keys(300), parse);
    two.cache.deleteMany(['v1:test:0', 'v1:test:1']);
    two.cache.setMany([write('v1:test:1', { score: 7 }), write('v1:test:2', { score: 8 })]);
    const found = await reading;
    expect(found[0]).toBeUndefined();
    expect(found[2]?.fact.score).toBe(8);
    expect(two.cache.peek('v1:test:0')).toBeUndefined();
    expect(two.cache.peek('v1:test:1')).toMatchObject({ fact: { score: 7 } });
    await two.written(2);
    const third = await open();
    expect(await third.read(['v1:test:0', 'v1:test:1'])).toMatchObject([undefined, { fact: { score: 7 } }]);
  });
});
