/** A test bed whose time is the test's, and that counts what was asked upstream. */
import type { Environment } from '../../src/config/variables.ts';
import { startTestBed, type TestBed } from './gateway.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

export interface TimedBed extends TestBed {
  readonly clock: TestClock;
  /** To both sources, since the last `forgetCalls`. */
  calls(): number;
  forgetCalls(): void;
}

export async function startTimedBed(environment: Environment = {}): Promise<TimedBed> {
  const clock = createTestClock();
  const bed = await startTestBed(environment, {}, undefined, undefined, { clock });
  const { datadog, argus } = bed.emulators;
  return {
    ...bed,
    clock,
    calls: () => datadog.lookups.length + argus.requests.length,
    forgetCalls() {
      datadog.clearRequests();
      argus.clearRequests();
    },
  };
}
