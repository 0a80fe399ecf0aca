import { expect, it } from 'vitest';
import { explain, run } from './run.ts';

const seed = 7;

// The same as `npm run model`, for as long as a test may take. Calls are judged there alone: what each replica still holds
// of its own past decides them, and a call too many is worth a look before it is called a mistake.
it('random operations of two callers at two gateways are told only what is true, no older than asked', async () => {
  const { failures, operations } = await run({ seed, operations: 300 });
  const untrue = failures.filter(({ violations }) => violations.some(({ kind }) => kind !== 'unneeded call'));
  expect(untrue.map(failure => explain(seed, failure))).toEqual([]);
  expect(operations).toBeGreaterThanOrEqual(200);
}, 240_000);
