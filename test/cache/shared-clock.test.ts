import { expect, it } from 'vitest';
import { createSharedClock } from '../../src/cache/redis/shared-clock.ts';
import { createStillClock } from '../setup/test-clock.ts';

const redisTime = 1_700_000_000_000;

/** Redis whose answers take so many milliseconds each, with a pause after each. */
async function askedOften(latencies: readonly number[], pauseMs = 60_000) {
  const clock = createStillClock();
  const started = clock.monotonic();
  const shared = createSharedClock(async () => {
    const now = redisTime + clock.monotonic() - started;
    clock.pass(latencies[asked++] ?? 0);
    return [Math.floor(now / 1000), (now % 1000) * 1000];
  }, clock);
  let asked = 0;
  for (const _ of latencies) {
    await shared.adjust();
    clock.pass(pauseMs);
  }
  return shared.now() - (redisTime + clock.monotonic() - started);
}

it.each([[[0, 60_000]], [[10, 60_000, 2000]], [[0, 600]]])(
  "what Redis's clock said before is kept where a later answer took too long to be exact: %j ms",
  async latencies => {
    expect(Math.abs(await askedOften(latencies))).toBeLessThanOrEqual(10);
  },
);

it('the first answer is taken however long it took, for nothing better is known', async () => {
  expect(Math.abs(await askedOften([2000]))).toBeLessThanOrEqual(2000);
});

it('after an answer that took too long to be exact, Redis is asked again at the next occasion', async () => {
  expect(Math.abs(await askedOften([2000, 10], 1000))).toBeLessThanOrEqual(10);
});
