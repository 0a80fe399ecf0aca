import { type Clock, systemClock } from '../../src/clock.ts';

export interface TestClock extends Clock {
  /** Time passes, by milliseconds. */
  pass(milliseconds: number): void;
  /** The wall clock is set anew, and no time passes. */
  step(milliseconds: number): void;
}

/** `of`: what the test moves. */
function movedClock(of: Clock, ahead = 0): TestClock {
  const moved = { passed: 0, stepped: ahead };
  return {
    wall: () => of.wall() + moved.passed + moved.stepped,
    monotonic: () => of.monotonic() + moved.passed,
    pass(milliseconds) {
      moved.passed += milliseconds;
    },
    step(milliseconds) {
      moved.stepped += milliseconds;
    },
  };
}

/** The machine's clock. `ahead`: by how much this wall clock is ahead of the machine's. */
export const createTestClock = (ahead = 0): TestClock => movedClock(systemClock, ahead);

/** A clock that stands still until it is moved. */
export const createStillClock = (): TestClock => movedClock({ wall: () => 1_000_000, monotonic: () => 1_000_000 });
