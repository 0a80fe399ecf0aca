import { expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../src/emulators/random.ts';
import { createFairQueue } from '../../src/http-client/fair-queue.ts';
import { ask, elapsed, failure, json, plainCall, startTestUpstream, until, upstreamTo } from './test-upstream.ts';

interface Held {
  readonly release: () => void;
}

/** An upstream that answers when the test says so. */
async function holdingServer() {
  const held: Held[] = [];
  const server = await startTestUpstream((_, response) => {
    held.push({ release: () => json(response, 200, {}) });
  });
  const releaseAll = () => {
    for (const one of held.splice(0)) one.release();
  };
  return { server, held, releaseAll };
}

// The rules are those of docs/decisions/queue.md.
test('calls that would come too late by the latency of late are refused at once, and say when to come back', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const first = ask(upstream);
  const sentAt = performance.now();
  await until(() => held.length === 1 && performance.now() > sentAt + 300);
  releaseAll();
  await first;
  const calls = Array.from({ length: 100 }, () =>
    ask(upstream, { withinMs: 2000 }).then(
      answer => answer?.status,
      error => error,
    ),
  );
  const errors = (await Promise.race([Promise.all(calls.slice(50)), Promise.all(calls)])) as unknown[];
  for (const error of errors) expect(error).toMatchObject({ kind: 'OVERLOADED', neverSent: true });
  for (const error of errors) expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(1000);
  await until(() => server.seen.length === 2);
});

test('a call in the queue fails at its deadline, and was never sent', async () => {
  const { server } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  void failure(ask(upstream));
  const [error, ms] = await elapsed(failure(ask(upstream, { withinMs: 200, signal: new AbortController().signal })));
  expect(error).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
  expect(ms).toBeGreaterThanOrEqual(100);
  expect(server.seen).toHaveLength(1);
});

test('a deadline that moves while a call waits is respected', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const first = ask(upstream);
  const start = performance.now();
  let deadline = start + 100;
  const second = ask(upstream, { deadlineAt: () => deadline, signal: new AbortController().signal });
  deadline = start + 20_000;
  await until(() => performance.now() > start + 200 && held.length === 1);
  releaseAll();
  await first;
  await until(() => held.length === 1);
  releaseAll();
  expect((await second)?.status).toBe(200);
});

test('a call whose caller has left the queue is never sent', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const first = ask(upstream);
  const controller = new AbortController();
  const leaver = failure(ask(upstream, { signal: controller.signal }));
  controller.abort();
  expect(await leaver).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
  const last = ask(upstream);
  await until(() => held.length === 1);
  releaseAll();
  await first;
  await until(() => held.length === 1);
  releaseAll();
  expect((await last)?.status).toBe(200);
  expect(server.seen).toHaveLength(2);
});

test('a call whose deadline has passed is not sent', async () => {
  const { server } = await holdingServer();
  const error = await failure(ask(upstreamTo(server.url), { deadlineAt: () => performance.now() - 1 }));
  expect(error).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
  expect(server.seen).toHaveLength(0);
});

test('an attempt that gets no response before the deadline is TIMED_OUT and was sent', async () => {
  const { server } = await holdingServer();
  const error = await failure(ask(upstreamTo(server.url), { withinMs: 200 }));
  expect(error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
  expect(server.seen).toHaveLength(1);
});

test('a waiting call is prepared only when there is a slot, so that a batch grows until then', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const batch = ['a'];
  const sent: string[][] = [];
  const prepare = () => {
    sent.push(batch.splice(0));
    return plainCall;
  };
  expect(upstream.hasRoom()).toBe(true);
  const first = ask(upstream, { prepare });
  expect(sent).toEqual([['a']]);
  expect(upstream.hasRoom()).toBe(false);
  batch.push('b');
  const second = ask(upstream, { prepare });
  batch.push('c');
  await until(() => held.length === 1);
  expect(sent).toEqual([['a']]);
  batch.push('d');
  releaseAll();
  await first;
  await until(() => held.length === 1);
  expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
  releaseAll();
  await second;
});

test('a call that has nothing left to send resolves to undefined and frees its slot', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  expect(await ask(upstream, { prepare: () => undefined })).toBeUndefined();
  expect(upstream.hasRoom()).toBe(true);
  expect(server.seen).toHaveLength(0);
  expect((await ask(upstream))?.status).toBe(200);
});

test('a mistake in preparing a call costs that call and nothing else', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  const prepare = () => {
    throw new Error('a mistake of ours');
  };
  await expect(ask(upstream, { prepare })).rejects.toThrow('a mistake of ours');
  expect((await ask(upstream))?.status).toBe(200);
});

test('an unprotected call takes no slot, is not retried and changes nothing', async () => {
  const server = await startTestUpstream((request, response) => {
    if (request.url === '/type') json(response, 503, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' });
  });
  const upstream = upstreamTo(server.url, { concurrency: 1 });
  void failure(ask(upstream, { withinMs: 5000 }));
  for (let index = 0; index < 6; index += 1) {
    const error = await failure(ask(upstream, { isUnprotected: true, call: { path: '/type' } }));
    expect(error.kind).toBe('UNAVAILABLE');
  }
  expect(server.seen.filter(one => one.url === '/type')).toHaveLength(6);
  expect(upstream.health()).toMatchObject({ circuit: 'CLOSED', rateLimitRemaining: null, lastFailureAt: null });
});

test('two callers that wait are served in turns, no matter who has more calls', async () => {
  const order: string[] = [];
  const server = await startTestUpstream((request, response) => {
    order.push(request.url ?? '');
    setTimeout(() => json(response, 200, {}), 1);
  });
  const upstream = upstreamTo(server.url, { concurrency: 2 });
  const from = (caller: string) => () => ask(upstream, { caller, call: { path: `/${caller}` } });
  const greedy = Array.from({ length: 400 }, from('ann'));
  const modest = Array.from({ length: 40 }, from('bob'));
  await Promise.all([...greedy, ...modest]);
  const contested = order.slice(2, 62);
  expect(contested.filter(url => url === '/bob').length).toBeGreaterThanOrEqual(20);
  expect(contested.filter(url => url === '/ann').length).toBeGreaterThanOrEqual(20);
});

interface NamedCall {
  readonly caller: string;
  readonly isSmall: boolean;
  readonly isReturning: boolean;
  readonly name: string;
}

type Arrival = readonly [caller: string, size: 'small' | 'large' | 'returning'];

function queueOf(arrivals: readonly Arrival[]) {
  const queue = createFairQueue<NamedCall>();
  for (const [index, [caller, size]] of arrivals.entries())
    queue.add({
      caller,
      isSmall: size === 'small',
      isReturning: size === 'returning',
      name: `${caller} ${size} ${index}`,
    });
  return queue;
}

function orderOf(arrivals: readonly Arrival[]): string[] {
  const queue = queueOf(arrivals);
  const order: string[] = [];
  for (let one = queue.take(() => true); one !== undefined; one = queue.take(() => true)) order.push(one.name);
  return order;
}

const times = (count: number, arrival: Arrival): readonly Arrival[] => Array.from({ length: count }, () => arrival);

test('the small operations of a caller go before its large ones, and a call that returns for a retry before both', () => {
  const order = orderOf([
    ['ann', 'large'],
    ['ann', 'small'],
    ['ann', 'returning'],
    ['ann', 'small'],
  ]);
  expect(order).toEqual(['ann returning 2', 'ann small 1', 'ann small 3', 'ann large 0']);
});

test('a caller with endless small operations still gets every fourth turn for its large ones', () => {
  const order = orderOf([...times(4, ['ann', 'large']), ...times(40, ['ann', 'small'])]);
  const isLarge = order.map(name => name.includes('large'));
  expect(isLarge.slice(0, 8)).toEqual([false, false, false, true, false, false, false, true]);
});

test('the turn goes round the callers, whatever the size of their operations', () => {
  const order = orderOf([...times(60, ['ann', 'small']), ...times(60, ['bob', 'large'])]).slice(0, 60);
  expect(order.filter(name => name.startsWith('bob'))).toHaveLength(30);
});

test('a call that is not ready is passed over and keeps its place', () => {
  const queue = queueOf([
    ['ann', 'large'],
    ['bob', 'large'],
  ]);
  expect(queue.take(({ caller }) => caller === 'bob')?.name).toBe('bob large 1');
  expect(queue.take(({ caller }) => caller === 'bob')).toBeUndefined();
  expect(queue.take(() => true)?.name).toBe('ann large 0');
});

/** The names of those that are in fact taken before a call when it is added now and nothing comes after it. */
function takenBefore(arrivals: readonly Arrival[], [caller, size]: Arrival): string[] {
  const queue = queueOf(arrivals);
  queue.add({ caller, isSmall: size === 'small', isReturning: size === 'returning', name: 'the call' });
  const names: string[] = [];
  for (let next = queue.take(() => true); next && next.name !== 'the call'; next = queue.take(() => true))
    names.push(next.name);
  return names;
}

test('what is said to go first does go first', () => {
  const random = createRandom(7);
  const callers = ['ann', 'bob', 'cyd'];
  const sizes = ['small', 'large', 'returning'] as const;
  const anyArrival = (): Arrival => [random.pick(callers), random.pick(sizes)];
  for (let round = 0; round < 500; round += 1) {
    const arrivals = Array.from({ length: random.below(30) }, anyArrival);
    const last = anyArrival();
    const added = { caller: last[0], isSmall: last[1] === 'small', isReturning: last[1] === 'returning' };
    const said = [...queueOf(arrivals).before(added, () => true)].map(({ name }) => name);
    expect(said).toEqual(takenBefore(arrivals, last));
  }
});

test('one slow call among a few does not make the calls after it too late', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 4, timeoutMs: 400 });
  const slow = failure(ask(upstream, { withinMs: 400 }));
  expect(await slow).toMatchObject({ kind: 'TIMED_OUT' });
  releaseAll();
  const timer = setInterval(releaseAll, 5);
  onTestFinished(() => clearInterval(timer));
  for (let burst = 0; burst < 5; burst += 1) {
    const answers = await Promise.all(Array.from({ length: 2 }, () => ask(upstream, { withinMs: 390 })));
    expect(answers.map(answer => answer?.status)).toEqual(Array(2).fill(200));
  }
  expect(held).toHaveLength(0);
});

test('an upstream that answers nothing is slow, and it is not said that there was no room', async () => {
  const { server } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1, timeoutMs: 300 });
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => failure(ask(upstream, { withinMs: 900 }))));
  expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('TIMED_OUT'));
  expect(server.seen.length).toBeLessThan(4);
});
