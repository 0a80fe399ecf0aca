import { describe, expect, test } from 'vitest';
import { ask, elapsed, failure, json, startTestUpstream, until, upstreamTo } from './test-upstream.ts';

describe('a call whose answer is kept', () => {
  test.each([
    ['whose callers have left', () => AbortSignal.timeout(50), 10_000],
    ['whose deadline has passed', () => AbortSignal.timeout(10_000), 50],
  ])('and %s is finished once it was sent', async (_, signal, deadlineMs) => {
    const server = await startTestUpstream((_, response) => setTimeout(() => json(response, 200, { is: 'here' }), 200));
    const deadline = performance.now() + deadlineMs;
    const options = { signal: signal(), deadlineAt: () => deadline, isAwaited: () => false };
    expect((await ask(upstreamTo(server.url), options))?.body).toEqual({ is: 'here' });
    expect(server.seen).toHaveLength(1);
  });

  test('ends by its own timeout, which is a failure of the upstream', async () => {
    const server = await startTestUpstream(() => {});
    const upstream = upstreamTo(server.url, { timeoutMs: 150, policy: { failuresInARow: 1 } });
    const call = failure(ask(upstream, { signal: AbortSignal.timeout(20), isAwaited: () => false }));
    const [error, ms] = await elapsed(call);
    expect(error).toMatchObject({ kind: 'TIMED_OUT', neverSent: false });
    expect(ms).toBeGreaterThan(140);
    expect(upstream.health().circuit).toBe('OPEN');
    await until(() => server.sockets.size === 0);
  });

  test('is not tried again while nobody waits, and ends without a backoff', async () => {
    const server = await startTestUpstream((_, response) => json(response, 500, {}));
    const upstream = upstreamTo(server.url, { policy: { backoffMs: [3000, 3000] } });
    const [error, ms] = await elapsed(failure(ask(upstream, { isAwaited: () => false })));
    expect(error.kind).toBe('UNAVAILABLE');
    expect(ms).toBeLessThan(2000);
    expect(server.seen).toHaveLength(1);
  });

  test('is not tried again if the last one leaves during the backoff', async () => {
    let isAwaited = true;
    const server = await startTestUpstream((_, response) => {
      json(response, 500, {});
      setTimeout(() => {
        isAwaited = false;
      }, 50);
    });
    const upstream = upstreamTo(server.url, { policy: { backoffMs: [200, 200] } });
    expect((await failure(ask(upstream, { isAwaited: () => isAwaited }))).kind).toBe('UNAVAILABLE');
    expect(server.seen).toHaveLength(1);
  });

  test('is tried again for who has joined it meanwhile', async () => {
    const statuses = [503, 200];
    const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, {}));
    expect((await ask(upstreamTo(server.url), { isAwaited: () => server.seen.length > 0 }))?.status).toBe(200);
  });

  test('is not sent at all where everybody left while it waited for a slot', async () => {
    const server = await startTestUpstream((_, response) => setTimeout(() => json(response, 200, {}), 200));
    const upstream = upstreamTo(server.url, { concurrency: 1 });
    const first = ask(upstream);
    const signal = AbortSignal.timeout(50);
    const second = await failure(ask(upstream, { signal, isAwaited: () => !signal.aborted }));
    expect(second).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
    await first;
    expect(server.seen).toHaveLength(1);
  });
});
