import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
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

/** Nineteen good rows around what `spoil` makes of the tenth. */
async function spoilt(spoil: (key: string) => Promise<unknown>): Promise<CountedCache> {
  const writer = await open();
  writer.cache.setMany(keys(20).map((key, score) => write(key, { score })));
  await writer.written(20);
  await spoil('indicator-gateway::v1:test:10');
  return open();
}

const row = (fields: object): string =>
  JSON.stringify({
    key: 'v1:test:10',
    value: { fact: { score: 1 }, fetchedAt: Date.now() },
    expires: Date.now() + 60_000,
    ...fields,
  });
const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const entry = (fields: object): string => row({ value: { fact: { score: 1 }, fetchedAt: Date.now(), ...fields } });

describe('a bad row in Redis is a miss, is counted, goes, and the rest of its batch still hits:', () => {
  test.each([
    ['broken JSON', '{bad'],
    ['nothing', ''],
    ['a number', '5'],
    ['null', 'null'],
    ['a string', '"hi"'],
    ['a list', '[]'],
    ['an object', '{}'],
    ['what Keyv’s own serializer makes a Buffer of', '":base64:aGVsbG8="'],
    ['such a thing within', row({ value: ':base64:aGVsbG8=' })],
    ['a value of null', row({ value: null })],
    ['no expiry', row({ expires: undefined })],
    ['an expiry that is no time', row({ expires: 'never' })],
    ['no time of fetching', entry({ fetchedAt: undefined })],
    ['a time of fetching in the future, which would be fresh for ever', entry({ fetchedAt: Date.now() + 3_600_000 })],
    ['no fact', entry({ fact: undefined })],
    ['a fact of another schema', entry({ fact: { threatScore: 1 } })],
    ['a fact with a forged type', entry({ fact: { score: '1' } })],
    ['a fact under __proto__', '{"value":{"__proto__":{"fact":{"score":1}},"fetchedAt":1},"expires":99999999999999}'],
    ['a __proto__ somewhere in it', entry({ fact: JSON.parse('{"score":1,"more":[{"__proto__":{"isAdmin":true}}]}') })],
    ['an escaped one', entry({ fact: { score: 1, protO: 1 } }).replace('protO', '\\u005f_proto\\u005F_')],
    ['a fact of more levels than a body may have', entry({ fact: { score: 1, more: nested(64) } })],
    ['very deep JSON', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['bytes that are no UTF-8', '\udcff\udcfe'],
  ])('%s', async (_, stored) => {
    const { cache, count, read } = await spoilt(key => set(key, stored));
    const found = await read(keys(20));
    expect(found.map(hit => hit?.fact.score)).toEqual(
      [...keys(20).keys()].map(score => (score === 10 ? undefined : score)),
    );
    expect(await count('redis', 'garbage')).toBe(1);
    await until(async () => (await redis.rows()) === 19, 'the bad row is deleted');
    cache.setMany([write('v1:test:10', { score: 10 })]);
    await until(async () => (await redis.rows()) === 20, 'it is overwritten');
    const third = await open();
    expect(await third.read(['v1:test:10'])).toMatchObject([{ fact: { score: 10 } }]);
  });

  test('a fifty-megabyte row, even where reading it takes longer than a caller waits', async () => {
    const { cache, count, read } = await spoilt(key => redis.cli('setrange', key, String(50 * 1024 * 1024), 'x'));
    await cache.getMany(keys(20), parse);
    await until(async () => (await redis.rows()) === 19, 'the bad row is deleted');
    expect(await count('redis', 'garbage')).toBe(1);
    const found = await read(keys(20));
    expect(found.filter(hit => hit !== undefined)).toHaveLength(19);
  });

  test('a row of another type of Redis, which is overwritten', async () => {
    const { cache, read, written } = await spoilt(async key => {
      await redis.cli('del', key);
      await redis.cli('rpush', key, 'x');
    });
    const found = await read(keys(20));
    expect(found.filter(hit => hit !== undefined)).toHaveLength(19);
    expect(found[10]).toBeUndefined();
    cache.setMany([write('v1:test:10', { score: 10 })]);
    await written(1);
    expect(await redis.cli('type', 'indicator-gateway::v1:test:10')).toBe('string');
  });

  test('a parse that throws', async () => {
    const { count, read } = await spoilt(async () => undefined);
    const found = await read(keys(20), stored => {
      const fact = parse(stored);
      if (fact?.score === 10) throw new Error('a bug');
      return fact;
    });
    expect(found.filter(hit => hit !== undefined)).toHaveLength(19);
    expect(await count('redis', 'garbage')).toBe(1);
  });
});

/** Too long for a command line. */
async function set(key: string, text: string): Promise<void> {
  if (text.length < 100_000) return void (await redis.cli('set', key, text));
  for (let start = 0; start < text.length; start += 100_000)
    await redis.cli('append', `${key}:`, text.slice(start, start + 100_000));
  await redis.cli('rename', `${key}:`, key);
}
