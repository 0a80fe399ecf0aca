import { beforeEach, expect, test } from 'vitest';
import { createRateLimit } from '../../src/auth/rate-limit.ts';

let clock: number;
const now = () => clock;

beforeEach(() => {
  clock = 50_000;
});

test('a caller may spend the points of a minute at once, and then gets a time to retry after', () => {
  const limit = createRateLimit({ pointsPerMinute: 600, now });
  expect(limit.take('soc', 600)).toEqual({ allowed: true });
  expect(limit.take('soc', 25)).toEqual({ allowed: false, retryAfterSeconds: 3 });
  clock += 2_000;
  expect(limit.take('soc', 25)).toEqual({ allowed: false, retryAfterSeconds: 1 });
  clock += 1_000;
  expect(limit.take('soc', 25)).toEqual({ allowed: true });
});

test('a retry exactly after that time is allowed, whatever the numbers', () => {
  for (const pointsPerMinute of [1, 7, 59, 61, 997, 6_000]) {
    for (const points of [1, 3, 50, 500]) {
      const limit = createRateLimit({ pointsPerMinute, now });
      limit.take('soc', pointsPerMinute);
      const answer = limit.take('soc', points);
      if (answer.allowed) throw new Error('the bucket was empty');
      clock += answer.retryAfterSeconds * 1_000;
      expect(limit.take('soc', points)).toEqual({ allowed: true });
    }
  }
});

test('callers have separate limits', () => {
  const limit = createRateLimit({ pointsPerMinute: 10, now });
  limit.take('a', 10);
  expect(limit.take('a', 1).allowed).toBe(false);
  expect(limit.take('b', 10).allowed).toBe(true);
});

test('a refused operation costs nothing, and neither does one without indicators', () => {
  const limit = createRateLimit({ pointsPerMinute: 60, now });
  limit.take('soc', 60);
  for (let index = 0; index < 100; index += 1) limit.take('soc', 60);
  expect(limit.take('soc', 0)).toEqual({ allowed: true });
  clock += 1_000;
  expect(limit.take('soc', 1)).toEqual({ allowed: true });
});

test('an operation above the limit is allowed after a full minute, and its debt is paid afterwards', () => {
  const limit = createRateLimit({ pointsPerMinute: 100, now });
  expect(limit.take('soc', 300)).toEqual({ allowed: true });
  expect(limit.take('soc', 1)).toEqual({ allowed: false, retryAfterSeconds: 121 });
  clock += 121_000;
  expect(limit.take('soc', 1)).toEqual({ allowed: true });
});

test('a minute of ten operations a second never passes more than the limit and one burst', () => {
  const limit = createRateLimit({ pointsPerMinute: 600, now });
  let passed = 0;
  for (let tick = 0; tick < 600; tick += 1) {
    for (let index = 0; index < 10; index += 1) if (limit.take('soc', 1).allowed) passed += 1;
    clock += 100;
  }
  expect(passed).toBeGreaterThanOrEqual(1_190);
  expect(passed).toBeLessThanOrEqual(1_200);
});

test('memory is bounded: the least recently seen callers are dropped, active ones are not', () => {
  const limit = createRateLimit({ pointsPerMinute: 10, now, maxCallers: 100 });
  limit.take('busy', 10);
  for (let index = 0; index < 10_000; index += 1) {
    limit.take(`other-${index}`, 10);
    expect(limit.take('busy', 1).allowed).toBe(false);
  }
  expect(limit.take('other-9999', 1).allowed).toBe(false);
  expect(limit.take('other-0', 1).allowed).toBe(true);
});

test('zero is no limit', () => {
  const limit = createRateLimit({ pointsPerMinute: 0, now });
  expect(limit.take('soc', 1_000_000)).toEqual({ allowed: true });
});
