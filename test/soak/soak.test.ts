import { expect, it } from 'vitest';
import { soak } from './soak.ts';
import { findings, table } from './table.ts';

// The same as `npm run soak`, for as long as a test may take.
it('random faults of both upstreams and of Redis crash nothing, leave nobody unanswered and make nothing look clean', async () => {
  const result = await soak({ milliseconds: 20_000, seed: 11, clients: 6 });
  expect(findings(result), table(result)).toEqual([]);
  expect(result.tally.operations).toBeGreaterThan(100);
}, 180_000);
