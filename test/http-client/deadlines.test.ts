import { describe, expect, test } from 'vitest';
import { createDeadlines, type Deadline } from '../../src/http-client/deadlines.ts';
import { until } from './test-upstream.ts';

const now = () => performance.now();

function openList() {
  const list = createDeadlines(now);
  const passed: string[] = [];
  const add = (name: string, ms: number | (() => number)): Deadline => {
    const fixed = typeof ms === 'number' ? now() + ms : 0;
    const at = typeof ms === 'number' ? () => fixed : ms;
    const deadline = { at, onPassed: () => void passed.push(name), place: 0 };
    list.add(deadline);
    return deadline;
  };
  return { list, passed, add };
}

describe('deadlines on one timer', () => {
  test('pass in the order of their times, whatever the order in which they came', async () => {
    const { passed, add } = openList();
    add('third', 90);
    add('first', 30);
    add('second', 60);
    await until(() => passed.length === 3);
    expect(passed).toEqual(['first', 'second', 'third']);
  });

  test('pass no earlier than their time', async () => {
    const { passed, add } = openList();
    const began = now();
    add('gone', 10);
    add('here', 50);
    await until(() => passed.includes('here'));
    expect(now() - began).toBeGreaterThanOrEqual(50);
  });

  test('do not pass once they are removed, and leave the others in place', async () => {
    const { list, passed, add } = openList();
    const [first, , third] = [add('first', 30), add('second', 30), add('third', 30), add('fourth', 30)] as const;
    expect(list.remove(first)).toBe(true);
    expect(list.remove(third)).toBe(true);
    expect(list.remove(third)).toBe(false);
    await until(() => passed.length > 0);
    expect(passed.toSorted()).toEqual(['fourth', 'second']);
  });

  test('that have moved to later pass then', async () => {
    const { passed, add } = openList();
    let at = now() + 20;
    add('moved', () => at);
    at += 60;
    add('other', 40);
    await until(() => passed.length === 2);
    expect(passed).toEqual(['other', 'moved']);
  });

  test('may remove and add others as they pass', async () => {
    const { list, passed, add } = openList();
    const victim = add('victim', 30);
    list.add({
      at: () => 0,
      onPassed() {
        list.remove(victim);
        add('next', 10);
      },
      place: 0,
    });
    await until(() => passed.length > 0);
    await new Promise(resolve => setTimeout(resolve, 40));
    expect(passed).toEqual(['next']);
  });

  test('that never pass need no timer', () => {
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    const before = timers();
    openList().add('never', () => Number.POSITIVE_INFINITY);
    expect(timers()).toBe(before);
  });
});
