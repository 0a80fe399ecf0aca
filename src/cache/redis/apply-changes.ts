import type { Keyv } from 'keyv';
import type { TimeoutGuard } from './timeout-guard.ts';
import { type Change, isSet } from './write-behind.ts';

export const writeDeadlineMs = 250;

/** Settles when Redis has answered or is gone, so that no more than one chunk is being sent. */
export async function applyChanges(
  keyv: Keyv,
  guard: TimeoutGuard,
  changes: readonly Change[],
): Promise<'write' | 'write_error' | 'dropped'> {
  let result: Promise<'write' | 'write_error'> | undefined;
  await guard.run(() => {
    const applied = inOneTransaction(keyv, changes);
    result = applied.then(
      () => 'write',
      () => 'write_error',
    );
    return applied;
  }, writeDeadlineMs);
  return result ?? 'dropped';
}

async function inOneTransaction(keyv: Keyv, changes: readonly Change[]): Promise<void> {
  const sets = changes.filter(isSet);
  if (sets.length > 0) await keyv.setMany(sets.map(({ key, json, ttlMs }) => ({ key, value: json, ttl: ttlMs })));
  else await keyv.deleteMany(changes.map(({ key }) => key));
}
