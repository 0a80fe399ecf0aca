import type { Keyv } from 'keyv';
import { codeOf } from './client.ts';
import type { RedisNode } from './node.ts';
import { type Change, isSet } from './write-behind.ts';

/** `moved`: the keys are in another node by now. */
type Applied = 'write' | 'write_error' | 'dropped' | 'moved';

/** Settles when Redis has answered or is gone, so that no more than one chunk is being sent. The keys are in one slot. */
export async function applyChanges(node: RedisNode, changes: readonly Change[]): Promise<Applied> {
  let result: Promise<Applied> | undefined;
  await node.write(({ keyv, answered }) => {
    const applied = inOneTransaction(keyv, changes);
    result = applied.then(
      () => {
        answered();
        return 'write';
      },
      error => (codeOf(error) === 'MOVED' ? 'moved' : 'write_error'),
    );
    return applied;
  });
  return result ?? 'dropped';
}

async function inOneTransaction(keyv: Keyv, changes: readonly Change[]): Promise<void> {
  const sets = changes.filter(isSet);
  if (sets.length > 0) await keyv.setMany(sets.map(({ key, json, ttlMs }) => ({ key, value: json, ttl: ttlMs })));
  else await keyv.deleteMany(changes.map(({ key }) => key));
}
