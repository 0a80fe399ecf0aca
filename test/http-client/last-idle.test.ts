import { expect, test } from 'vitest';
import { createLastIdle } from '../../src/http-client/last-idle.ts';

/** A process that works and waits as the test says. */
function process() {
  let [time, idle] = [0, 0];
  const lastIdleAt = createLastIdle(
    () => time,
    () => idle,
  );
  return {
    lastIdleAt,
    work(ms: number) {
      time += ms;
    },
    wait(ms: number) {
      time += ms;
      idle += ms;
    },
  };
}

test('what is read after waiting may have arrived only now', () => {
  const { wait, lastIdleAt } = process();
  wait(50);
  expect(lastIdleAt()).toBe(50);
});

test('what is read after work may have arrived when the work began', () => {
  const { wait, work, lastIdleAt } = process();
  wait(50);
  lastIdleAt();
  work(200);
  expect(lastIdleAt()).toBe(50);
  wait(10);
  work(30);
  expect(lastIdleAt()).toBe(260);
});

test('where it is not known when the process was idle, it is taken for the earliest possible time', () => {
  const { wait, work, lastIdleAt } = process();
  work(100);
  wait(20);
  expect(lastIdleAt()).toBe(20);
});
