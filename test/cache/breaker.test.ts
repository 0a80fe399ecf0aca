import { expect, test } from 'vitest';
import { createBreaker } from '../../src/cache/breaker.ts';

function opened() {
  const clock = { time: 0 };
  const breaker = createBreaker({ threshold: 3, openMs: 1_000, now: () => clock.time });
  for (let timeout = 0; timeout < 3; timeout++) breaker.timedOut();
  return { breaker, clock };
}

test('three timeouts in a row open it; an answer between them does not let it come to that', () => {
  const breaker = createBreaker({ threshold: 3, openMs: 1_000, now: () => 0 });
  breaker.timedOut();
  breaker.timedOut();
  breaker.answered();
  breaker.timedOut();
  breaker.timedOut();
  expect([breaker.isOpen(), breaker.admits()]).toEqual([false, true]);
  breaker.timedOut();
  expect([breaker.isOpen(), breaker.admits()]).toEqual([true, false]);
});

test('open, it lets one question through each time its rest is over, and makes none wait for it', () => {
  const { breaker, clock } = opened();
  clock.time = 999;
  expect(breaker.admits()).toBe(false);
  clock.time = 1_000;
  expect([breaker.admits(), breaker.admits(), breaker.admits()]).toEqual([true, false, false]);
  breaker.timedOut();
  clock.time = 1_999;
  expect(breaker.admits()).toBe(false);
  clock.time = 2_000;
  expect(breaker.admits()).toBe(true);
});

test('an answer closes it', () => {
  const { breaker } = opened();
  breaker.answered();
  expect([breaker.isOpen(), breaker.admits(), breaker.admits()]).toEqual([false, true, true]);
});
