import { expect, test } from 'vitest';
import { runInSlices } from '../../src/slices.ts';
import { ask, failure, json, startTestUpstream, upstreamTo } from './test-upstream.ts';

/** Other work has every slice, until the function that is returned is called. */
function keepSlicesBusy(): () => void {
  let isOver = false;
  const work = () => {
    for (const until = performance.now() + 10; performance.now() < until; );
    if (!isOver) runInSlices(true, work);
  };
  for (let index = 0; index < 20; index += 1) runInSlices(true, work);
  return () => {
    isOver = true;
  };
}

test('calls whose time is up before they could be sent are not sent, and are not held against the upstream', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, {}));
  const upstream = upstreamTo(server.url, { timeoutMs: 20, policy: { attempts: 1 } });
  const end = keepSlicesBusy();
  const errors = await Promise.all(Array.from({ length: 20 }, () => failure(ask(upstream, { isSmall: false }))));
  end();
  const unsent = errors.filter(({ neverSent }) => neverSent);
  expect(unsent.length).toBeGreaterThanOrEqual(10);
  expect(server.seen.length).toBeLessThanOrEqual(20 - unsent.length);
  expect(upstream.health().circuit).toBe('CLOSED');
});
