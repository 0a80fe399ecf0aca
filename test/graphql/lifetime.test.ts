import { expect, it } from 'vitest';
import { createLifetime } from '../../src/graphql/lifetime.ts';

it('An answer is worth writing for a second after its deadline, for a source may have used up all the time', () => {
  let now = 0;
  const { isForgone } = createLifetime(
    () => new AbortController().signal,
    8000,
    () => now,
  );
  const at = (milliseconds: number) => {
    now = milliseconds;
    return isForgone();
  };
  expect([at(0), at(8000), at(8999), at(9000)]).toEqual([false, false, false, true]);
});

it('An answer is worth nothing once its client has gone', () => {
  const client = new AbortController();
  const { isForgone } = createLifetime(
    () => client.signal,
    8000,
    () => 0,
  );
  expect(isForgone()).toBe(false);
  client.abort();
  expect(isForgone()).toBe(true);
});
