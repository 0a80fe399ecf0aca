import { expect, it } from 'vitest';
import { goals, line, search } from './fuzz/search.ts';
import { startWorld } from './world.ts';

/** What a point may take; of the processor ten times as much, on a machine that does other things as well and has just begun. */
const mostOfPoint = { answer: 1_048_576, cpu: 5 * 10 };
/** What an upstream sends of one value, megabytes here, has no price. */
const isUpstreams = (body: string): boolean => body.includes('$heavyValues');

// The same as `npm run fuzz`, for as long as a test may take.
it('no operation that a search for costly ones finds takes more than a point is worth, for each point that it pays', async () => {
  const emulators = await startWorld();
  const { worst, answered, failed } = await search(emulators, { milliseconds: 20_000, seed: 7 });
  await emulators.close();
  expect(failed.map(({ measured, body }) => `${measured.problem}: ${body.slice(0, 500)}`)).toEqual([]);
  const over = (['answer', 'cpu'] as const).flatMap(goal =>
    worst[goal]
      .filter(({ measured, body }) => goals[goal](measured) > mostOfPoint[goal] && !isUpstreams(body))
      .map(found => line(goal, found)),
  );
  expect(over).toEqual([]);
  expect(answered).toBeGreaterThan(5);
}, 120_000);
