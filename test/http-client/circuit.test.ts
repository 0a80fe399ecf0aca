import { describe, expect, test } from 'vitest';
import { redisTimes } from '../../src/cache/redis/client.ts';
import { redisPolicy } from '../../src/cache/redis/node.ts';
import {
  type CircuitBreakerPolicy,
  type CircuitState,
  createCircuitBreaker,
} from '../../src/http-client/circuit-breaker.ts';
import { defaultPolicy } from '../../src/http-client/policy.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { ask, elapsed, failure, json, startTestUpstream, until, upstreamTo } from './test-upstream.ts';

const impatient = { attempts: 1, openMs: 300 };

/** A breaker with a clock that the test sets. */
function breakerAt(policy: CircuitBreakerPolicy = defaultPolicy) {
  const clock = { now: 1_000_000 };
  const states: CircuitState[] = [];
  const breaker = createCircuitBreaker({ policy, now: () => clock.now, onChange: state => states.push(state) });
  const times = (count: number, how: 'succeeded' | 'failed') => {
    for (let index = 0; index < count; index += 1) breaker.admit()?.[how]();
  };
  return { clock, states, breaker, times };
}

// The rules are those of docs/decisions/circuit-breaker.md.
test('five failures in a row open the circuit, four do not', () => {
  const { breaker, times } = breakerAt();
  times(4, 'failed');
  expect(breaker.state).toBe('CLOSED');
  times(1, 'failed');
  expect(breaker.state).toBe('OPEN');
});

test('five failures in a row among many successes do not open the circuit, five after a second without success do', () => {
  const { clock, breaker, times } = breakerAt();
  times(100, 'succeeded');
  clock.now += 999;
  times(5, 'failed');
  expect(breaker.state).toBe('CLOSED');
  clock.now += 1;
  times(1, 'failed');
  expect(breaker.state).toBe('OPEN');
});

test('half of twenty failures within ten seconds open the circuit, however they are mixed', () => {
  const { breaker, times } = breakerAt();
  for (let index = 0; index < 9; index += 1) {
    times(1, 'succeeded');
    times(1, 'failed');
  }
  times(1, 'succeeded');
  expect(breaker.state).toBe('CLOSED');
  times(1, 'failed');
  expect(breaker.state).toBe('OPEN');
});

test('failures from before the window do not open the circuit', () => {
  const { clock, breaker, times } = breakerAt();
  for (let index = 0; index < 40; index += 1) {
    times(1, 'succeeded');
    times(1, 'failed');
    clock.now += 2500;
  }
  expect(breaker.state).toBe('CLOSED');
});

test('an open circuit admits one probe after its open period, and only when there is a call', () => {
  const { clock, states, breaker, times } = breakerAt();
  times(5, 'failed');
  expect(breaker.admit()).toBeUndefined();
  clock.now += 5000;
  expect(states).toEqual(['OPEN']);
  expect(breaker.admit()).toBeDefined();
  expect(breaker.admit()).toBeUndefined();
  expect(states).toEqual(['OPEN', 'HALF_OPEN']);
});

test('a probe that succeeds closes the circuit', () => {
  const { clock, states, breaker, times } = breakerAt();
  times(5, 'failed');
  clock.now += 5000;
  times(1, 'succeeded');
  expect(states).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
  times(4, 'failed');
  expect(breaker.state).toBe('CLOSED');
});

test('each failed probe doubles the time that the circuit stays open, up to ten seconds', () => {
  const { clock, breaker, times } = breakerAt();
  times(5, 'failed');
  const open = Array.from({ length: 6 }, () => {
    const ms = breaker.rejectsForMs();
    clock.now += ms;
    times(1, 'failed');
    return ms;
  });
  for (const [index, expected] of [5000, 10_000, 10_000, 10_000, 10_000, 10_000].entries()) {
    expect(open[index]).toBeGreaterThanOrEqual(expected * 0.8);
    expect(open[index]).toBeLessThanOrEqual(expected);
  }
});

test('a probe whose caller left is released: the next call may be the probe', () => {
  const { clock, breaker, times } = breakerAt();
  times(5, 'failed');
  clock.now += 5000;
  breaker.admit()?.released();
  expect(breaker.state).toBe('HALF_OPEN');
  const next = breaker.admit();
  next?.succeeded();
  expect(breaker.state).toBe('CLOSED');
});

test('a response that comes after the circuit opened does not close it', () => {
  const { breaker, times } = breakerAt();
  const slow = breaker.admit();
  times(5, 'failed');
  slow?.succeeded();
  expect(breaker.state).toBe('OPEN');
});

test('a probe that never ends is replaced by another after a minute, and its outcome is then ignored', () => {
  const { clock, breaker, times } = breakerAt();
  times(5, 'failed');
  clock.now += 5000;
  const lost = breaker.admit();
  clock.now += 59_999;
  expect(breaker.admit()).toBeUndefined();
  clock.now += 1;
  const probe = breaker.admit();
  expect(probe).toBeDefined();
  lost?.released();
  lost?.succeeded();
  lost?.failed();
  expect([breaker.state, breaker.admit()]).toEqual(['HALF_OPEN', undefined]);
  probe?.succeeded();
  expect(breaker.state).toBe('CLOSED');
});

test('a success that needed no permit closes the circuit at once, whether it is open or half-open', () => {
  const { clock, breaker, times } = breakerAt();
  times(5, 'failed');
  breaker.recordSuccess();
  expect(breaker.state).toBe('CLOSED');
  times(5, 'failed');
  clock.now += 5000;
  const probe = breaker.admit();
  breaker.recordSuccess();
  probe?.failed();
  expect(breaker.state).toBe('CLOSED');
  times(4, 'failed');
  breaker.recordSuccess();
  times(4, 'failed');
  expect(breaker.state).toBe('CLOSED');
});

describe('with the policy of Redis', () => {
  function opened() {
    const circuit = breakerAt(redisPolicy);
    circuit.times(3, 'failed');
    return circuit;
  }

  test('three timeouts in a row open it, and not if there is an answer between them', () => {
    const { breaker, times } = breakerAt(redisPolicy);
    times(2, 'failed');
    times(1, 'succeeded');
    times(2, 'failed');
    breaker.recordSuccess();
    times(2, 'failed');
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.admit()).toBeDefined();
    times(1, 'failed');
    expect(breaker.state).toBe('OPEN');
    expect(breaker.admit()).toBeUndefined();
  });

  test('no share of timeouts opens it while they are not in a row', () => {
    const { breaker, times } = breakerAt(redisPolicy);
    for (let index = 0; index < 1_000; index += 1) {
      times(2, 'failed');
      times(1, 'succeeded');
    }
    expect(breaker.state).toBe('CLOSED');
  });

  test('it stays open as long after the tenth timeout as after the first, and longer than a silent socket is kept', () => {
    const { clock, breaker, times } = opened();
    expect(redisTimes.quietMs).toBeGreaterThan(redisTimes.silentMs);
    for (let round = 0; round < 10; round += 1) {
      clock.now += redisTimes.quietMs - 1;
      expect(breaker.admit()).toBeUndefined();
      clock.now += 1;
      expect(breaker.rejectsForMs()).toBe(0);
      times(1, 'failed');
    }
  });

  test('it admits one probe after each open period, and makes no call wait for it', () => {
    const { clock, breaker } = opened();
    clock.now += redisTimes.quietMs;
    const admitted = [breaker.admit(), breaker.admit(), breaker.admit()];
    expect(admitted.map(permit => permit !== undefined)).toEqual([true, false, false]);
    admitted[0]?.failed();
    clock.now += redisTimes.quietMs - 1;
    expect(breaker.admit()).toBeUndefined();
    clock.now += 1;
    expect(breaker.admit()).toBeDefined();
  });

  test('a probe that is never ended keeps the other calls away for one open period, not for ever', () => {
    const { clock, breaker } = opened();
    clock.now += redisTimes.quietMs;
    breaker.admit();
    clock.now += redisTimes.quietMs - 1;
    expect(breaker.admit()).toBeUndefined();
    clock.now += 1;
    expect(breaker.admit()).toBeDefined();
  });

  test('an answer closes it', () => {
    const { breaker } = opened();
    breaker.recordSuccess();
    expect(breaker.state).toBe('CLOSED');
    expect([breaker.admit(), breaker.admit()].every(permit => permit !== undefined)).toBe(true);
  });
});

test('a dead upstream opens the circuit, which then rejects within milliseconds and sends nothing', async () => {
  const server = await startTestUpstream((_, response) => json(response, 500, {}));
  const upstream = upstreamTo(server.url, { policy: { ...impatient, openMs: 60_000 } });
  for (let index = 0; index < 5; index += 1) await failure(ask(upstream));
  expect(upstream.health().circuit).toBe('OPEN');
  const times: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    const [error, ms] = await elapsed(failure(ask(upstream)));
    expect(error.kind).toBe('UNAVAILABLE');
    times.push(ms);
  }
  expect(server.seen).toHaveLength(5);
  expect(times.sort((one, other) => one - other).at(100)).toBeLessThan(5);
});

test('the calls in the queue are rejected when the circuit opens', async () => {
  const server = await startTestUpstream((_, response) => setTimeout(() => json(response, 500, {}), 50));
  const upstream = upstreamTo(server.url, { policy: { ...impatient, openMs: 60_000 }, concurrency: 1 });
  const errors = await Promise.all(Array.from({ length: 50 }, () => failure(ask(upstream))));
  expect(errors.every(error => error.kind === 'UNAVAILABLE')).toBe(true);
  expect(server.seen).toHaveLength(5);
});

test('the circuit closes by itself when there are calls and the upstream is back', async () => {
  let isDown = true;
  const server = await startTestUpstream((_, response) => json(response, isDown ? 500 : 200, {}));
  const upstream = upstreamTo(server.url, { policy: impatient });
  for (let index = 0; index < 5; index += 1) await failure(ask(upstream));
  isDown = false;
  let answered = false;
  await until(() => {
    void ask(upstream).then(
      () => {
        answered = true;
      },
      () => {},
    );
    return answered;
  });
  expect(upstream.health().circuit).toBe('CLOSED');
});

test('a caller with a bad key does not open the circuit for others', async () => {
  const server = await startTestUpstream((request, response) =>
    json(response, request.headers['dd-api-key'] === 'good' ? 200 : 403, {}),
  );
  const upstream = upstreamTo(server.url);
  for (let index = 0; index < 100; index += 1) {
    await failure(ask(upstream, { call: { headers: { 'dd-api-key': 'bad' } } }));
  }
  expect(upstream.health().circuit).toBe('CLOSED');
  expect((await ask(upstream, { call: { headers: { 'dd-api-key': 'good' } } }))?.status).toBe(200);
});

test.each([
  ['redirects', { location: 'http://127.0.0.1:9/' }, 302],
  ['bodies that can not be read', { 'content-type': 'text/html' }, 200],
  ['spent budgets', { 'retry-after': '3600' }, 429],
] as const)('%s do not open the circuit', async (_, headers, status) => {
  const server = await startTestUpstream((__, response) => json(response, status, {}, headers));
  const upstream = upstreamTo(server.url);
  for (let index = 0; index < 30; index += 1) await failure(ask(upstream, { partition: `key ${index}` }));
  expect(server.seen).toHaveLength(30);
  expect(upstream.health().circuit).toBe('CLOSED');
});

test('attempts that get no response open the circuit', async () => {
  const server = await startTestUpstream(() => {});
  const upstream = upstreamTo(server.url, { timeoutMs: 100, policy: impatient });
  const errors = await Promise.all(Array.from({ length: 5 }, () => failure(ask(upstream))));
  expect(errors.map(error => error.kind)).toEqual(Array(5).fill('TIMED_OUT'));
  expect(upstream.health().circuit).toBe('OPEN');
});

test('callers who leave do not open the circuit', async () => {
  const server = await startTestUpstream(() => {});
  const upstream = upstreamTo(server.url);
  for (let index = 1; index <= 10; index += 1) {
    const controller = new AbortController();
    const call = failure(ask(upstream, { signal: controller.signal }));
    await until(() => server.seen.length === index);
    controller.abort();
    await call;
  }
  expect(upstream.health()).toMatchObject({ circuit: 'CLOSED', lastFailureAt: null });
});

/** Opens the circuit of an upstream that then hangs, and waits until a probe is due. */
async function halfOpen() {
  let isHanging = false;
  const server = await startTestUpstream((_, response) => {
    if (!isHanging) json(response, 500, {});
  });
  const clock = createTestClock();
  const upstream = upstreamTo(server.url, { policy: { attempts: 1 }, timeoutMs: 2000, clock });
  const wish = () => ({ deadlineAt: () => clock.monotonic() + 10_000 });
  for (let index = 0; index < 5; index += 1) await failure(ask(upstream, wish()));
  clock.pass(5000);
  isHanging = true;
  return { server, upstream, wish };
}

test('while a probe hangs, other calls are rejected at once', async () => {
  const { server, upstream, wish } = await halfOpen();
  const probe = failure(ask(upstream, wish()));
  await until(() => server.seen.length === 6);
  const [errors, ms] = await elapsed(Promise.all(Array.from({ length: 20 }, () => failure(ask(upstream, wish())))));
  expect(errors.every(error => error.kind === 'UNAVAILABLE')).toBe(true);
  expect(ms).toBeLessThan(1500);
  expect(server.seen).toHaveLength(6);
  expect((await probe).kind).toBe('TIMED_OUT');
  expect(upstream.health().circuit).toBe('OPEN');
});

test('when the caller of a probe leaves, the next call is the probe', async () => {
  const { server, upstream, wish } = await halfOpen();
  const controller = new AbortController();
  const probe = failure(ask(upstream, { ...wish(), signal: controller.signal }));
  await until(() => server.seen.length === 6);
  controller.abort();
  await probe;
  expect(upstream.health().circuit).toBe('HALF_OPEN');
  const next = new AbortController();
  const second = failure(ask(upstream, { ...wish(), signal: next.signal }));
  await until(() => server.seen.length === 7);
  next.abort();
  await second;
});
