/** What Argus gave no usable answer about is left alone for a minute. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import { doubtful } from '../../src/sources/argus/errors.ts';
import type { FoundRecords } from '../../src/sources/argus/facts.ts';
import type { PendingCall } from '../../src/sources/argus/search/batch-queue.ts';
import { createUnheardValues } from '../../src/sources/argus/search/unheard-values.ts';
import { createStillClock, type TestClock } from '../setup/test-clock.ts';

const problem = doubtful('partial');
const pauseMs = 60_000;

interface Wanted {
  readonly value?: string;
  readonly partition?: string;
  readonly criterion?: PendingCall['criterion'];
  readonly maxAgeMs?: number;
  readonly found?: FoundRecords;
}

/** A call that waits for its answer, and what became of it. */
function pendingCall({
  value = 'evil.example.org',
  partition = 'a',
  criterion = 'value',
  maxAgeMs,
  found,
}: Wanted = {}) {
  const ends: unknown[] = [];
  const subject = { indicator: parseIndicator(value).indicator as Indicator };
  const pending = {
    criterion,
    call: { request: { partition, subject, maxAgeMs } },
    found,
    resolve: (records: FoundRecords) => ends.push(records),
    reject: (error: unknown) => ends.push(error),
  } as unknown as PendingCall;
  return { pending, ends };
}

function unheard() {
  const clock = createStillClock();
  return { clock, values: createUnheardValues(clock.monotonic) };
}

/** The LRU cache looks at the clock once in a millisecond. */
async function pass(clock: TestClock, milliseconds: number): Promise<void> {
  clock.pass(milliseconds);
  await pause(5);
}

const some = { records: [], covering: [], isTruncated: false } satisfies FoundRecords;

it('a value that was given up is not searched for again until the pause is over', async () => {
  const { clock, values } = unheard();
  const { pending, ends } = pendingCall();
  expect(values.problemOf(pending)).toBeUndefined();
  values.giveUp(pending, problem);
  expect(ends).toEqual([problem]);
  await pass(clock, pauseMs - 1000);
  expect(values.problemOf(pendingCall().pending)).toBe(problem);
  expect(values.problemOf(pendingCall({ maxAgeMs: 5000 }).pending)).toBe(problem);
  await pass(clock, 2000);
  expect(values.problemOf(pendingCall().pending)).toBeUndefined();
});

it.each([
  ['that is wanted live', { maxAgeMs: 0 }],
  ['of another credential', { partition: 'b' }],
  ['that is another', { value: 'other.example.org' }],
  ['around it', { criterion: 'domainSearch' }],
] as const)('a value %s is searched for all the same', (_, wanted) => {
  const { values } = unheard();
  values.giveUp(pendingCall().pending, problem);
  expect(values.problemOf(pendingCall(wanted).pending)).toBeUndefined();
});

it('what was found all the same is the answer, and nothing is remembered', () => {
  const { values } = unheard();
  const { pending, ends } = pendingCall({ found: some });
  values.giveUp(pending, problem);
  expect(ends).toEqual([some]);
  expect(values.problemOf(pendingCall().pending)).toBeUndefined();
});

it('what was searched for all the same ends, where it stays open, and the pause is no longer for that', async () => {
  const { clock, values } = unheard();
  values.giveUp(pendingCall().pending, problem);
  await pass(clock, pauseMs - 1000);
  const [live, other] = [pendingCall({ maxAgeMs: 0 }), pendingCall({ value: 'other.example.org' })];
  const because = { problem, lies: 'their number' } as const;
  const open = values.endKnown({ calls: [live.pending, other.pending], because });
  expect(live.ends).toEqual([problem]);
  expect(other.ends).toEqual([]);
  // The value that ended may be the cause: the number of the others is not.
  expect(open).toEqual({ calls: [other.pending], because: { problem, lies: 'a value' } });
  expect(values.endKnown({ calls: [pendingCall({ maxAgeMs: 0 }).pending], because })).toEqual({ calls: [] });
  await pass(clock, 2000);
  expect(values.problemOf(pendingCall().pending)).toBeUndefined();
});

it('what Argus named is searched for together with what it did not, once those that are remembered have ended', () => {
  const { values } = unheard();
  values.giveUp(pendingCall().pending, problem);
  const [known, named, other] = [
    pendingCall({ maxAgeMs: 0 }),
    pendingCall({ value: 'named.example.org' }),
    pendingCall({ value: 'other.example.org' }),
  ];
  const because = { problem, lies: 'named values', named: [known.pending, named.pending], at: 0 } as const;
  expect(values.endKnown({ calls: [other.pending], because }).calls).toEqual([other.pending, named.pending]);
  expect(known.ends).toEqual([problem]);
});

it('a value that was heard of after all is searched for like any other', () => {
  const { values } = unheard();
  values.giveUp(pendingCall().pending, problem);
  values.giveUp(pendingCall({ value: 'other.example.org' }).pending, problem);
  values.heard(pendingCall({ maxAgeMs: 0 }).pending);
  expect(values.problemOf(pendingCall().pending)).toBeUndefined();
  expect(values.problemOf(pendingCall({ value: 'other.example.org' }).pending)).toBe(problem);
});
