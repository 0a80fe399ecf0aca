/** Readings of Argus's counts and limits, in a world with more rows than a small page. */
import { beforeAll, expect, it } from 'vitest';
import { counting, tooManyValues } from './argus-table.ts';
import { ask, expectTrueAnswers, judged, playing, searchesOf } from './reading.ts';
import { crowdedWorld } from './world.ts';

const world = crowdedWorld();

let plainSearches = 0;
beforeAll(async () => {
  plainSearches = await playing(world, { behaviours: {} }, async bed => {
    const values = world.entries.map(({ value }) => value);
    expect(judged(world, await ask(bed, values, 'verdict'), { behaviours: {} })).toEqual([]);
    return searchesOf(bed);
  });
  expect(plainSearches).toBeLessThanOrEqual(2);
});

it.each([...counting, ...tooManyValues])('where %s, no record is lost and every value is heard', (_, reading) =>
  expectTrueAnswers(world, reading, plainSearches),
);
