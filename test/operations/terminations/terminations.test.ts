import { expect, it } from 'vitest';
import { terminate } from './terminations.ts';

// The same as `npm run terminations`, for as long as a test may take.
it('no request fails while gateways behind nginx are terminated one after the other, not even those that take long', async () => {
  const { warm, cold, badExits } = await terminate({ terminations: 10, rate: 60, coldRate: 10, delayMs: 500 });
  expect([...warm.failures, ...cold.failures]).toEqual([]);
  expect(badExits).toBe(0);
  expect(warm.asked).toBeGreaterThan(100);
  expect(cold.asked).toBeGreaterThan(20);
}, 240_000);
