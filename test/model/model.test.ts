import { expect, it } from 'vitest';
import { explain, run } from './run.ts';

const seed = 7;

// The same as `npm run model`, for as long as a test may take.
it('random operations of two callers at two gateways are told only what is true, no older than asked, by no call too many', async () => {
  const { failures, operations } = await run({ seed, operations: 300, isBrief: true });
  expect(failures.map(failure => explain(seed, failure))).toEqual([]);
  expect(operations).toBeGreaterThanOrEqual(300);
}, 240_000);
