import { expect, test } from 'vitest';
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
test('of a thousand calls to a slow upstream some are sent, some wait, and the rest fail at once', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 8, queueSize: 100, timeoutMs: 20_000 });
  const outcomes: (string | number | undefined)[] = [];
  const calls = Array.from({ length: 1000 }, () =>
    ask(upstream, { withinMs: 20_000 }).then(
      answer => outcomes.push(answer?.status),
      error => outcomes.push(error.kind),
    ),
  );
  await until(() => outcomes.length === 892 && held.length === 8);
  expect(outcomes).toEqual(Array(892).fill('UNAVAILABLE'));
  while (outcomes.length < 1000) {
    releaseAll();
    await new Promise(setImmediate);
  }
  await Promise.all(calls);
  expect(outcomes.slice(892)).toEqual(Array(108).fill(200));
  expect(server.mostAtOnce).toBe(8);
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

test('a caller that leaves the queue makes room, and its call is never sent', async () => {
  const { server, held, releaseAll } = await holdingServer();
  const upstream = upstreamTo(server.url, { concurrency: 1, queueSize: 1 });
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

test('two callers that compete for a full queue are served in turns, whichever filled it', async () => {
  const order: string[] = [];
  const server = await startTestUpstream((request, response) => {
    order.push(request.url ?? '');
    setTimeout(() => json(response, 200, {}), 1);
  });
  const upstream = upstreamTo(server.url, { concurrency: 2, queueSize: 100 });
  const from = (caller: string) => () => ask(upstream, { caller, call: { path: `/${caller}` } }).catch(() => {});
  const greedy = Array.from({ length: 400 }, from('ann'));
  const modest = Array.from({ length: 40 }, from('bob'));
  await Promise.all(modest);
  const contested = order.slice(2, 62);
  expect(contested.filter(url => url === '/bob').length).toBeGreaterThanOrEqual(20);
  expect(contested.filter(url => url === '/ann').length).toBeGreaterThanOrEqual(20);
  await Promise.all(greedy);
});

interface NamedCall {
  readonly caller: string;
  readonly isSmall: boolean;
  readonly isReturning: boolean;
  readonly name: string;
}

function orderOf(
  isScarce: boolean,
  arrivals: readonly (readonly [caller: string, size: 'small' | 'large'])[],
): string[] {
  const queue = createFairQueue<NamedCall>();
  for (const [index, [caller, size]] of arrivals.entries()) {
    queue.add({ caller, isSmall: size === 'small', isReturning: false, name: `${caller} ${size} ${index}` });
  }
  const order: string[] = [];
  for (let one = next(); one !== undefined; one = next()) order.push(one.name);
  return order;

  function next() {
    return queue.take(
      () => true,
      () => isScarce,
    );
  }
}

test('while the rate limit is not scarce, a caller is served in the order of its calls', () => {
  const order = orderOf(false, [
    ['ann', 'large'],
    ['ann', 'small'],
    ['ann', 'large'],
  ]);
  expect(order).toEqual(['ann large 0', 'ann small 1', 'ann large 2']);
});

test('when the rate limit is scarce, a small operation goes before a larger one', () => {
  const order = orderOf(true, [
    ['ann', 'large'],
    ['ann', 'large'],
    ['ann', 'small'],
    ['ann', 'small'],
  ]);
  expect(order).toEqual(['ann small 2', 'ann small 3', 'ann large 0', 'ann large 1']);
});

test('when the rate limit is scarce, a caller of large operations still gets a third', () => {
  const small = Array.from({ length: 60 }, () => ['ann', 'small'] as const);
  const large = Array.from({ length: 60 }, () => ['bob', 'large'] as const);
  const order = orderOf(true, [...small, ...large]).slice(0, 60);
  const share = order.filter(name => name.startsWith('bob')).length / order.length;
  expect(share).toBeGreaterThanOrEqual(1 / 3);
  expect(share).toBeLessThan(1 / 2);
});

test('in a full queue the newest call of the caller with most calls is evicted, but not for a caller with as many', () => {
  const queue = createFairQueue<NamedCall>();
  for (const [index, caller] of ['ann', 'ann', 'ann', 'bob'].entries()) {
    queue.add({ caller, isSmall: false, isReturning: false, name: `${caller} ${index}` });
  }
  expect(queue.evictionFor('bob')?.name).toBe('ann 2');
  expect(queue.evictionFor('ann')).toBeUndefined();
});
