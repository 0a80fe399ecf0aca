/** The list of Argus's types is asked for rarely, and what a refusal says depends on what was refused. */
import { expect, it } from 'vitest';
import { openCache } from '../../src/cache/cache.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import type { ReputationTypes } from '../../src/sources/argus/mapping.ts';
import { createTypeRegistry } from '../../src/sources/argus/search/type-registry.ts';
import type { Credential } from '../../src/sources/credential.ts';
import { createStillClock } from '../setup/test-clock.ts';

const hour = 3_600_000;
const credential = { partition: 'a' } as Credential;
const types: ReputationTypes = [{ shortName: 'domain', name: 'Domain' }];

/** `failure`: what Argus says in place of the list, as long as it is there. */
function open(failure?: unknown) {
  const clock = createStillClock();
  const cache = openCache({ maxBytes: 1e6, metrics: createMetrics(), clock });
  const asked = { times: 0, failure };
  const registry = createTypeRegistry(
    async () => {
      asked.times++;
      if (asked.failure !== undefined) throw asked.failure;
      return types;
    },
    cache,
    clock,
  );
  const refresh = async () => {
    registry.refresh(credential);
    await new Promise(resolve => setTimeout(resolve, 5));
    return asked.times;
  };
  return { registry, refresh, clock, asked };
}

const failure = (kind: UpstreamErrorKind, httpStatus?: number, retryAfterMs?: number) =>
  new UpstreamError('ARGUS', kind, 'refused', {
    ...(httpStatus !== undefined && { httpStatus }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

it('a list is kept for a day, and the last one is better than none while it is fetched again', async () => {
  const { registry, refresh, clock, asked } = open();
  expect(registry.get(credential)).toBeUndefined();
  expect(await refresh()).toBe(1);
  expect(registry.get(credential)).toEqual(types);
  clock.pass(23 * hour);
  expect(await refresh()).toBe(1);
  clock.pass(2 * hour);
  asked.failure = failure('UNAVAILABLE', 503);
  expect(registry.get(credential)).toEqual(types);
  expect(await refresh()).toBe(2);
});

it.each([
  ['a 403 for the list', failure('DENIED', 403), 24],
  ['a rejection', failure('REJECTED', 400), 24],
  ['a refused key', failure('DENIED', 401), 0.25],
  ['a failure', failure('UNAVAILABLE', 503), 0.25],
  ['a fault of our own', new Error('x'), 0.25],
  ['a limit that says when to come back', failure('RATE_LIMITED', 429, 2 * hour), 2],
] as const)('after %s it is not asked for again for its time', async (_, problem, hours) => {
  const { refresh, clock } = open(problem);
  expect(await refresh()).toBe(1);
  clock.pass(hours * hour - 60_000);
  expect(await refresh()).toBe(1);
  clock.pass(120_000);
  expect(await refresh()).toBe(2);
});

it('who asks for the list itself asks once at the same time, and is told the failure', async () => {
  const { registry, asked } = open();
  expect(await Promise.all([registry.fetch(credential), registry.fetch(credential)])).toEqual([types, types]);
  expect(asked.times).toBe(1);
  const refused = open(failure('DENIED', 403));
  await expect(refused.registry.fetch(credential)).rejects.toThrow('refused');
});
