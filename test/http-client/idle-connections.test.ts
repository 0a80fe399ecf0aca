import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';
import { ask, failure, json, startTestUpstream, upstreamTo } from './test-upstream.ts';

const endings: readonly (readonly [string, (socket: Socket) => unknown])[] = [
  ['is reset', socket => socket.resetAndDestroy()],
  ['is closed', socket => socket.end()],
  ['is cut', socket => socket.destroy()],
];

/** Backs off for so long that a test would notice. */
const policy = { backoffMs: [3000, 3000] as const, failuresInARow: 1, noSuccessMs: 0 };

/** What was answered leaves its connection idle in a moment. */
const idle = () => new Promise(resolve => setTimeout(resolve, 20));

/** Answers the first request of each connection, and ends the connection at the second. */
const startForgetful = (end: (socket: Socket) => unknown) => {
  const answered = new WeakSet<Socket>();
  return startTestUpstream(({ socket }, response) => {
    if (answered.has(socket)) return void end(socket);
    answered.add(socket);
    json(response, 200, { is: 'well' });
  });
};

describe.each(endings)('a connection that had been idle and %s when it is used again', (_, end) => {
  test('is replaced at once, and counts for neither circuit nor retry budget', async () => {
    const server = await startForgetful(end);
    const metrics = createMetrics();
    const upstream = upstreamTo(server.url, { policy: { ...policy, retryFloor: 0, retryShare: 0 }, metrics });
    for (let count = 1; count <= 5; count++) {
      const began = performance.now();
      expect((await ask(upstream))?.body).toEqual({ is: 'well' });
      await idle();
      expect(performance.now() - began).toBeLessThan(2000);
    }
    expect(server.seen.length).toBeLessThanOrEqual(9); // each but the first begins on the connection of the one before
    expect(upstream.health()).toMatchObject({ circuit: 'CLOSED', lastFailureAt: null, lastFailureKind: null });
    expect((await metrics.expose()).text).toMatch(/outcome="UNAVAILABLE"\} 0$/m);
  });

  test('fails a call that must not be repeated', async () => {
    const server = await startForgetful(end);
    const upstream = upstreamTo(server.url, { policy });
    await ask(upstream);
    await idle();
    expect((await failure(ask(upstream, { call: { isRepeatable: false } }))).kind).toBe('UNAVAILABLE');
    expect(server.seen).toHaveLength(2);
  });

  test('is the upstream’s failure where the connection was new', async () => {
    const server = await startTestUpstream(({ socket }) => end(socket));
    const upstream = upstreamTo(server.url, { policy });
    expect((await failure(ask(upstream))).kind).toBe('UNAVAILABLE');
    expect(server.seen).toHaveLength(1);
    expect(upstream.health()).toMatchObject({ circuit: 'OPEN', lastFailureKind: 'UNAVAILABLE' });
  });

  test('is the upstream’s failure where it had begun to answer', async () => {
    const answered = new WeakSet<Socket>();
    const server = await startTestUpstream(({ socket }, response) => {
      if (!answered.has(socket)) {
        answered.add(socket);
        return json(response, 200, {});
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"is":', () => end(socket));
    });
    const upstream = upstreamTo(server.url, { policy });
    await ask(upstream);
    await idle();
    expect((await failure(ask(upstream))).kind).toBe('UNAVAILABLE');
    expect(server.seen).toHaveLength(2);
    expect(upstream.health().circuit).toBe('OPEN');
  });
});

test('a call is repeated for idle connections no more than three times', async () => {
  const answered = new WeakSet<Socket>();
  let isDown = false;
  const server = await startTestUpstream(({ socket }, response) => {
    if (isDown) return void socket.destroy();
    answered.add(socket);
    json(response, 200, {});
  });
  const upstream = upstreamTo(server.url, { policy });
  await Promise.all(Array.from({ length: 5 }, () => ask(upstream)));
  await idle();
  isDown = true;
  expect((await failure(ask(upstream))).kind).toBe('UNAVAILABLE');
  expect(server.seen.length).toBeLessThanOrEqual(9);
  expect(upstream.health().circuit).toBe('OPEN');
});
