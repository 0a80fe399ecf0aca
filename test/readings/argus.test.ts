/**
 * What must hold under every reading of Argus's documents: never a level below what the records say, never an accusation
 * of a value that is not listed, an unknown value is NO_MATCH or Argus is missing, and how useful the answer must be.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { decoration, deletedRows, evidence } from './argus-row-table.ts';
import { doubts, refusedValues, rowsAndTypes, tooManyValues } from './argus-table.ts';
import { ask, expectTrueAnswers, judged, playing, searchesOf } from './reading.ts';
import { misfiledWorld, smallWorld } from './world.ts';

const world = smallWorld();
const plain = { behaviours: {} };

/** Domains, addresses, a block with its surroundings, and all else. */
const mostSearches = 5;

let plainSearches = 0;
beforeAll(async () => {
  plainSearches = await playing(world, plain, async bed => {
    const values = world.entries.map(({ value }) => value);
    expect(judged(world, await ask(bed, values, 'verdict'), plain)).toEqual([]);
    return searchesOf(bed);
  });
  expect(plainSearches).toBeLessThanOrEqual(mostSearches);
});

describe('where Argus answers as documented but', () => {
  it.each([...doubts, ...rowsAndTypes, ...tooManyValues, ...refusedValues])(
    '%s, every value is answered truly, as usefully as can be',
    (_, reading) => expectTrueAnswers(world, reading, plainSearches),
  );
});

describe('where the rows of Argus are as documented but', () => {
  it.each([...evidence, ...deletedRows, ...decoration])(
    '%s, the evidence stands and nobody else is accused',
    (_, reading) => expectTrueAnswers(world, reading, plainSearches),
  );
});

it('an address that is listed under the type of domains is accused, where an address search finds any type', () =>
  expectTrueAnswers(misfiledWorld(), { behaviours: { ipSearchTypes: 'any' } }, mostSearches));
