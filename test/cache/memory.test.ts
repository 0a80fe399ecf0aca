import { describe, expect, test } from 'vitest';
import { createStillClock } from '../setup/test-clock.ts';
import { keys, openCounted, parse, write } from './counted-cache.ts';

describe('a cache without Redis', () => {
  test('gives back what was stored, at once and through Keyv', async () => {
    const { cache, count } = openCounted();
    cache.setMany([write('a', { score: 1 })]);
    expect(cache.peek('a')).toMatchObject({ fact: { score: 1 }, tier: 'memory' });
    expect(await cache.getMany(['b', 'a', 'a'], parse)).toMatchObject([
      undefined,
      { fact: { score: 1 } },
      { fact: { score: 1 } },
    ]);
    expect(await Promise.all([count('memory', 'hit'), count('memory', 'miss'), count('memory', 'write')])).toEqual([
      2, 1, 1,
    ]);
    expect(cache.redisState()).toBe('none');
  });

  test('forgets what was deleted', async () => {
    const { cache } = openCounted();
    cache.setMany([write('a', { score: 1 })]);
    cache.deleteMany(['a', 'never-there']);
    expect(cache.peek('a')).toBeUndefined();
    expect(await cache.getMany(['a'], parse)).toEqual([undefined]);
  });

  test('freezes facts all the way down, so that no reader changes what another one reads', () => {
    const { cache } = openCounted();
    const fact = { score: 1, lists: [{ name: 'x', tags: ['y'] }] };
    cache.setMany([write('a', fact)]);
    const found = cache.peek<typeof fact>('a');
    expect(Object.isFrozen(found)).toBe(true);
    expect(() => found?.fact.lists[0]?.tags.push('z')).toThrow(TypeError);
  });

  test('is bounded in bytes, and the least recently used goes first', () => {
    const { cache } = openCounted({ maxBytes: 100_000 });
    const fact = () => ({ note: 'x'.repeat(1_000) });
    for (const key of keys(1_000)) {
      cache.setMany([write(key, fact())]);
      cache.peek('v1:test:0');
    }
    const kept = keys(1_000).filter(key => cache.peek(key) !== undefined);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept).toContain('v1:test:0');
    expect(kept).toContain('v1:test:999');
  });

  test('does not keep a fact larger than its room, nor throw out the others for it', async () => {
    const { cache, count } = openCounted({ maxBytes: 10_000 });
    cache.setMany([write('small', { score: 1 }), write('large', { note: 'x'.repeat(20_000) })]);
    expect(cache.peek('large')).toBeUndefined();
    expect(cache.peek('small')).toBeDefined();
    expect(await count('memory', 'dropped')).toBe(1);
  });

  test('forgets facts when their time is over, all together, by the clock it was given', () => {
    const clock = createStillClock();
    const { cache } = openCounted({ clock });
    cache.setMany(keys(200).map(key => write(key, { score: 1 }, 10_000)));
    const kept = () => keys(200).filter(key => cache.peek(key) !== undefined).length;
    clock.pass(10_000);
    expect(kept()).toBe(200);
    clock.pass(1);
    expect(kept()).toBe(0);
  });

  test.each([0, -1, Number.NaN])(
    'keeps nothing that is to be kept for %d ms: Keyv would keep it for ever',
    async ttlMs => {
      const { cache } = openCounted();
      cache.setMany([write('a', { score: 1 }, ttlMs)]);
      expect(cache.peek('a')).toBeUndefined();
    },
  );

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  test.each([
    ['a BigInt', { score: 1n }],
    ['NaN', { score: Number.NaN }],
    ['infinity', { deep: [{ score: Number.POSITIVE_INFINITY }] }],
    ['a Date', { at: new Date() }],
    ['a Map', new Map()],
    ['a Buffer', { bytes: Buffer.from('x') }],
    ['a function', { score: () => 1 }],
    ['undefined in a list', { scores: [1, undefined] }],
    ['nothing', undefined],
    ['a cycle', cycle],
  ])('refuses and counts what JSON would give back changed: %s', async (_, fact) => {
    const { cache, count } = openCounted();
    cache.setMany([write('bad', fact), write('good', { score: 2 })]);
    expect(cache.peek('bad')).toBeUndefined();
    expect(cache.peek('good')).toBeDefined();
    expect(await count('memory', 'write_error')).toBe(1);
  });
});
