import { GraphQLError } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWorkBudget, type OverloadReason, type WorkBudget } from '../../src/graphql/operation/work-budget.ts';
import { createStillClock, type TestClock } from '../setup/test-clock.ts';

const bytesOfAThousandFacts = 10_000_000;

let clock: TestClock;
let budget: WorkBudget;
let reasons: OverloadReason[];
beforeEach(() => {
  clock = createStillClock();
  reasons = [];
  budget = createWorkBudget({
    bytes: bytesOfAThousandFacts,
    shortage: () => undefined,
    onRefused: reason => reasons.push(reason),
    now: clock.monotonic,
  });
});

/** The room, or the seconds after which to come back. */
function take(caller: string, facts: number) {
  const room = budget.open(caller);
  try {
    room.take(facts);
    return room;
  } catch (problem) {
    return problem instanceof GraphQLError ? problem.extensions.retryAfterSeconds : problem;
  }
}

const taken = {
  grow: expect.any(Function),
  take: expect.any(Function),
  reserve: expect.any(Function),
  close: expect.any(Function),
};

describe('an answer that grows', () => {
  const megabyte = 1_000_000;

  it('may take all that is there while nothing else is under way', () => {
    expect(() => budget.open('a').grow(20 * megabyte)).not.toThrow();
    expect(reasons).toEqual([]);
  });

  it('is refused where others leave no room for it, even in the middle, and told when to come back', () => {
    const other = budget.open('b');
    other.take(400);
    const room = budget.open('a');
    room.take(10);
    room.grow(4 * megabyte);
    expect(() => room.grow(2 * megabyte)).toThrow(
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'OVERLOADED' }) }),
    );
    expect(reasons).toEqual(['full']);
    other.close();
    expect(() => room.grow(2 * megabyte)).not.toThrow();
    room.close();
    expect(budget.taken()).toBe(0);
  });
});

describe('a caller', () => {
  it('may have nine tenths while nobody else wants any, and small operations the rest', () => {
    expect(take('a', 900)).toEqual(taken);
    expect(take('a', 21)).toEqual(expect.any(Number));
    for (let times = 0; times < 5; times += 1) expect(take('a', 20)).toEqual(taken);
    expect(take('a', 1)).toEqual(expect.any(Number));
    expect(reasons).toEqual(['full', 'full']);
  });

  it('has no more than half while others hold some', () => {
    expect(take('b', 10)).toEqual(taken);
    expect(take('a', 400)).toEqual(taken);
    expect(take('a', 101)).toEqual(expect.any(Number));
    expect(take('a', 100)).toEqual(taken);
    expect(reasons).toEqual(['share']);
  });

  it('has no more than half while another waits that was refused, until that one is not heard of any more', () => {
    const room = budget.open('a');
    room.take(900);
    expect(take('b', 100)).toBe(1);
    room.close();
    expect(take('a', 400)).toEqual(taken);
    expect(take('a', 200)).toEqual(expect.any(Number));
    clock.pass(60_000);
    expect(take('a', 200)).toEqual(taken);
  });

  it('begins with one operation of any size that there is room for', () => {
    expect(take('b', 10)).toEqual(taken);
    expect(take('a', 800)).toEqual(taken);
  });
});

describe('an operation', () => {
  it('that has begun is not refused what it needs more', () => {
    const room = budget.open('a');
    room.take(10);
    expect(take('b', 880)).toEqual(taken);
    room.take(500);
    expect(budget.taken()).toBeCloseTo(1.39);
    room.close();
    expect(budget.taken()).toBeCloseTo(0.88);
  });

  it('that has ended takes nothing any more', () => {
    const room = budget.open('a');
    room.take(10);
    room.close();
    room.close();
    room.take(10);
    expect(budget.taken()).toBe(0);
  });
});

it('Those who are refused are told later and later times, as they could be served one after the other', () => {
  // Operations hold what they take for a second.
  expect(take('a', 900)).toEqual(taken);
  expect([1, 2, 3, 4, 5, 6].map(() => take('b', 500))).toEqual([1, 1, 2, 2, 3, 3]);
  clock.pass(2_500);
  expect(take('b', 500)).toBe(1);
  for (let times = 0; times < 100; times += 1) take('b', 500);
  expect(take('b', 500)).toBe(30);
});

it('Where operations lately held what they took for longer, those who are refused are told a later time', () => {
  for (let times = 0; times < 50; times += 1) {
    const room = budget.open('a');
    room.take(10);
    clock.pass(4_000);
    room.close();
  }
  expect(take('a', 900)).toEqual(taken);
  expect(take('b', 500)).toBe(2);
});

it('What was reserved is not taken once more', () => {
  const room = budget.open('a');
  room.reserve(300);
  room.take(200);
  room.take(200);
  expect(budget.taken()).toBe(0.4);
  room.close();
  expect(budget.taken()).toBe(0);
});

it('A burst of refusals is forgotten half a minute later', () => {
  take('a', 900);
  for (let times = 0; times < 5000; times += 1) take('b', 500);
  clock.pass(31_000);
  expect(take('c', 500)).toBeLessThan(5);
});
