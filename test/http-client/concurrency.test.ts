import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Outcome, type SimulatedCall, type SimulatedUpstream, simulate } from './simulated-upstream.ts';

/** An open loop: a call every so often, whether those before were answered or not. */
const steady = (perSecond: number, seconds: number, withinMs = 8000): SimulatedCall[] =>
  Array.from({ length: perSecond * seconds }, (_, index) => ({
    ...{ caller: 'ann', isSmall: true, withinMs },
    at: (index * 1000) / perSecond,
  }));

const burst = (count: number, at = 0, withinMs = 8000): SimulatedCall[] =>
  Array.from({ length: count }, () => ({ caller: 'ann', isSmall: false, at, withinMs }));

const sent = (outcomes: readonly Outcome[]) => outcomes.filter(({ sentAt }) => sentAt !== undefined);
const answered = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ ending, endedAt = 0, at, withinMs }) => ending === 'ANSWERED' && endedAt <= at + withinMs);

/** The limit over time, as steps. */
async function limitsOf(calls: readonly SimulatedCall[], upstream: SimulatedUpstream, timeoutMs = 60_000) {
  const steps: { at: number; limit: number }[] = [];
  const onLimit = (at: number, limit: number) => void steps.push({ at, limit });
  const outcomes = await simulate(calls, upstream, { most: 256, timeoutMs, onLimit });
  const limitAt = (time: number) => steps.filter(({ at }) => at <= time).at(-1)?.limit ?? 0;
  return { outcomes, steps, limitAt };
}

const roomy = { slots: Number.POSITIVE_INFINITY };

// The rules are those of docs/decisions/concurrency.md.
test.each([20, 50, 150, 500])('where latency holds, the limit grows until nothing waits: %i ms', async ms => {
  const { outcomes, limitAt } = await limitsOf(burst(2000), { ...roomy, serviceMs: () => ms });
  expect(limitAt(2 * ms)).toBeGreaterThanOrEqual(72);
  expect(limitAt(8 * ms)).toBe(256);
  expect(answered(outcomes)).toHaveLength(2000);
  expect(Math.max(...outcomes.map(({ endedAt = 0 }) => endedAt))).toBeLessThanOrEqual(12 * ms);
});

test('the limit does not grow while no call waits', async () => {
  const { steps } = await limitsOf(steady(100, 20), { ...roomy, serviceMs: () => 50 });
  expect(steps).toEqual([{ at: 0, limit: 32 }]);
});

test('a hundred calls take two round trips after a start, and one once the limit has grown', async () => {
  const bursts = Array.from({ length: 10 }, (_, index) => burst(100, index * 1000)).flat();
  const { outcomes } = await limitsOf(bursts, { ...roomy, serviceMs: () => 50 });
  const tookOf = (index: number) =>
    Math.max(...outcomes.filter(({ at }) => at === index * 1000).map(({ endedAt = 0, at }) => endedAt - at));
  expect(tookOf(0)).toBeLessThanOrEqual(2 * 50);
  expect(tookOf(9)).toBeLessThanOrEqual(50);
});

test('an upstream with 32 places and twice the calls that it can serve answers as many as it can, from first to last', async () => {
  const { outcomes, limitAt } = await limitsOf(steady(64, 60), { slots: 32, serviceMs: () => 1000 }, 2500);
  const late = answered(outcomes).filter(({ endedAt = 0 }) => endedAt >= 14_000 && endedAt < 60_000);
  expect(late.length).toBeGreaterThanOrEqual(0.9 * 32 * 46);
  expect(sent(outcomes).length).toBeLessThanOrEqual(1.1 * answered(outcomes).length);
  expect(limitAt(30_000)).toBeGreaterThanOrEqual(32);
  expect(limitAt(30_000)).toBeLessThanOrEqual(64);
  const rejected = outcomes.filter(({ rejectedAt }) => rejectedAt !== undefined);
  for (const { reason, retryAfterMs = 0 } of rejected) {
    expect(reason).toBe('OVERLOADED');
    expect(retryAfterMs).toBeGreaterThanOrEqual(1000);
  }
});

test('a latency that doubles is found not to depend on the calls, and the limit comes back', async () => {
  const serviceMs = (at: number) => (at < 20_000 ? 50 : 100);
  const bursts = Array.from({ length: 60 }, (_, index) => burst(500, index * 1000)).flat();
  const { limitAt } = await limitsOf(bursts, { ...roomy, serviceMs });
  expect(limitAt(19_000)).toBe(256);
  expect(limitAt(40_000)).toBe(256);
});

test('when the upstream loses half of its places the limit follows, and grows again when they are back', async () => {
  const serviceMs = (at: number) => (at > 20_000 && at < 40_000 ? 200 : 100);
  const { outcomes, limitAt } = await limitsOf(steady(400, 70), { slots: 64, serviceMs });
  expect(limitAt(39_000)).toBeLessThanOrEqual(256);
  const afterwards = outcomes.filter(({ at }) => at > 55_000);
  expect(answered(afterwards)).toHaveLength(afterwards.length);
});

test.each([
  ['times out', 'TIMED_OUT'],
  ['is told to slow down', 'RATE_LIMITED'],
  ['fails', 'FAILED'],
] as const)('the limit shrinks while every call %s', async (_title, ending) => {
  const upstream = { ...roomy, serviceMs: () => 50, ending: () => ending };
  const { limitAt } = await limitsOf(burst(500), upstream);
  expect(limitAt(1000)).toBeLessThanOrEqual(16);
});

test('while one call in three fails by itself, the limit stays what it was at the start or more', async () => {
  let calls = 0;
  const ending = () => (calls++ % 3 === 0 ? ('FAILED' as const) : ('ANSWERED' as const));
  const { steps } = await limitsOf(steady(400, 30), { ...roomy, serviceMs: () => 200, ending });
  expect(Math.min(...steps.map(({ limit }) => limit))).toBeGreaterThanOrEqual(32);
});

test.each([
  ['Datadog', 50, 3, { start: 32, most: 256, timeoutMs: 2500 }],
  ['Argus', 5, 10, { start: 4, most: 4, timeoutMs: 5000 }],
] as const)(
  'while a part of the calls hangs, all others are answered: %s, %i a second, 1 of %i',
  async (_name, perSecond, share, limits) => {
    let calls = 0;
    const serviceMs = () => (calls++ % share === 0 ? 60_000 : 100);
    const outcomes = await simulate(steady(perSecond, 120), { ...roomy, serviceMs }, limits);
    const healthy = outcomes.length * (1 - 1 / share);
    expect(answered(outcomes).length).toBeGreaterThanOrEqual(0.95 * healthy);
  },
);

const anyCall = (deadlines: readonly number[]) =>
  fc.record({
    caller: fc.constantFrom('ann', 'bob', 'cyd'),
    isSmall: fc.boolean(),
    at: fc.nat({ max: 3000 }),
    withinMs: fc.constantFrom(...deadlines),
  });

const anyLoad = fc.record({
  calls: fc.array(anyCall([400, 1000, 2000, 8000]), { minLength: 1, maxLength: 300, size: 'max' }),
  slots: fc.integer({ min: 1, max: 16 }),
  serviceMs: fc.constantFrom(20, 100, 350),
});

/** Every call that was sent keeps its time, and the refused one needs a free slot throughout its own. */
function couldHaveBeenServed(
  refused: Outcome,
  outcomes: readonly Outcome[],
  slots: number,
  serviceMs: number,
): boolean {
  const served = sent(outcomes);
  const isFree = (moment: number) =>
    served.filter(({ sentAt = 0, endedAt = 0 }) => sentAt <= moment && endedAt > moment).length < slots;
  return [refused.at, ...served.map(({ endedAt = 0 }) => endedAt)]
    .filter(start => start >= refused.at && start + serviceMs <= refused.at + refused.withinMs)
    .some(start => {
      const startedMeanwhile = served.filter(({ sentAt = 0 }) => sentAt > start && sentAt < start + serviceMs);
      return [start, ...startedMeanwhile.map(({ sentAt = 0 }) => sentAt)].every(isFree);
    });
}

test('nothing is refused at once that a free slot could have served in time, and nothing is sent that comes too late', async () => {
  await fc.assert(
    fc.asyncProperty(anyLoad, async ({ calls, slots, serviceMs }) => {
      const upstream = { ...roomy, serviceMs: () => serviceMs };
      const inOrder: SimulatedCall[] = calls.sort((one, other) => one.at - other.at);
      const outcomes = await simulate(inOrder, upstream, { start: slots, most: slots });
      const firstAnswerAt = (inOrder[0]?.at ?? 0) + serviceMs;
      for (const { ending, sentAt = 0, endedAt = 0, at, withinMs } of sent(outcomes)) {
        expect(ending).toBe('ANSWERED');
        // Before the first answer nothing is known of the latency.
        if (sentAt > firstAnswerAt) expect(endedAt).toBeLessThanOrEqual(at + withinMs);
      }
      const refused = outcomes.filter(({ reason, rejectedAt, at }) => reason === 'OVERLOADED' && rejectedAt === at);
      for (const outcome of refused.slice(0, 5)) {
        // Nobody can know what comes later, so only what had come before is judged.
        const before = inOrder.slice(0, inOrder.indexOf(outcome.call));
        const withoutIt = await simulate(before, upstream, { start: slots, most: slots });
        expect(couldHaveBeenServed(outcome, withoutIt, slots, serviceMs)).toBe(false);
      }
    }),
    { numRuns: 150, endOnFailure: true },
  );
});
