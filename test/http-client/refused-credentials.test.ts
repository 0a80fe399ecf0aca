import { describe, expect, test } from 'vitest';
import { createTestClock } from '../setup/test-clock.ts';
import { ask, elapsed, failure, json, startTestUpstream, until, upstreamTo } from './test-upstream.ts';

/** Refuses with the status that it is given last; `undefined` is an answer. */
async function openRefusing(status: number | undefined, options: Parameters<typeof upstreamTo>[1] = {}) {
  const says = { status, holds: false };
  const held: (() => void)[] = [];
  const server = await startTestUpstream((_, response) => {
    const answer = () => json(response, says.status ?? 200, {});
    if (says.holds) held.push(answer);
    else answer();
  });
  const clock = createTestClock();
  const upstream = upstreamTo(server.url, { clock, ...options });
  const call = (more: Parameters<typeof ask>[1] = {}) =>
    ask(upstream, { deadlineAt: () => clock.monotonic() + 5000, ...more });
  return { says, held, server, clock, call };
}

describe('a credential that was refused', () => {
  test('is not asked with for ten seconds: what was waiting and what comes is refused likewise', async () => {
    const { server, call, clock } = await openRefusing(401, { concurrency: 2 });
    const errors = await Promise.all(Array.from({ length: 50 }, () => failure(call())));
    for (const error of errors) expect(error).toMatchObject({ kind: 'DENIED', httpStatus: 401 });
    expect(server.seen).toHaveLength(2);
    clock.pass(9000);
    expect((await failure(call())).kind).toBe('DENIED');
    expect((await failure(call({ isUnprotected: true }))).kind).toBe('DENIED');
    expect(server.seen).toHaveLength(2);
  });

  test('is tried by one call then, for whose outcome the others wait', async () => {
    const { server, says, held, call, clock } = await openRefusing(401);
    await failure(call());
    clock.pass(10_000);
    says.holds = true;
    const calls = Array.from({ length: 20 }, () => call());
    await until(() => held.length === 1);
    says.status = undefined;
    says.holds = false;
    held[0]?.();
    expect((await Promise.all(calls)).every(answer => answer?.status === 200)).toBe(true);
    expect(server.seen).toHaveLength(21);
  });

  test('keeps nobody waiting for that call who has left', async () => {
    const { says, held, call, clock } = await openRefusing(401);
    await failure(call());
    clock.pass(10_000);
    says.holds = true;
    const probe = failure(call());
    await until(() => held.length === 1);
    const [left, ms] = await elapsed(failure(call({ signal: AbortSignal.timeout(20) })));
    expect(ms).toBeLessThan(2000);
    expect(left).toMatchObject({ kind: 'TIMED_OUT', neverSent: true });
    held[0]?.();
    await probe;
  });

  test.each([500, undefined])('is free again after any other outcome of that call (%s)', async status => {
    const { server, says, call, clock } = await openRefusing(401, { policy: { attempts: 1 } });
    await failure(call());
    clock.pass(10_000);
    says.status = status;
    await Promise.allSettled([call(), call(), call()]);
    expect(server.seen).toHaveLength(4);
  });

  test('is refused anew where that call is, and again for ten seconds', async () => {
    const { server, call, clock } = await openRefusing(401);
    await failure(call());
    for (let count = 2; count <= 4; count++) {
      clock.pass(10_000);
      await Promise.all([failure(call()), failure(call()), failure(call())]);
      expect(server.seen).toHaveLength(count);
    }
  });

  test('says nothing of any other credential', async () => {
    const { server, says, call } = await openRefusing(401);
    await failure(call());
    says.status = undefined;
    expect((await call({ partition: 'another' }))?.status).toBe(200);
    expect(server.seen).toHaveLength(2);
  });

  test.each([
    [403, undefined, 2],
    [403, true, 1],
    [401, undefined, 1],
  ])('is one by status %i, where the source says so of 403 (%s)', async (status, meansCredential, calls) => {
    const options = meansCredential ? { refusesCredential: () => true } : {};
    const { server, call } = await openRefusing(status, options);
    await failure(call());
    expect((await failure(call())).kind).toBe('DENIED');
    expect(server.seen).toHaveLength(calls);
  });
});
