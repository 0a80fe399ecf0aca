/** A change of one key. `order` grows with each change. */
export type Change = SetChange | Deletion;

export interface SetChange {
  readonly key: string;
  readonly order: number;
  readonly json: string;
  readonly ttlMs: number;
}

interface Deletion {
  readonly key: string;
  readonly order: number;
  readonly json?: undefined;
}

export function isSet(change: Change): change is SetChange {
  return change.json !== undefined;
}

export interface WriteBehindOptions {
  /**
   * Sends changes of one sort, all sets or all deletions. Resolves when Redis has answered or is gone; never rejects.
   */
  readonly send: (changes: readonly Change[]) => Promise<void>;
  readonly onDropped: (changes: readonly Change[]) => void;
}

const maxPending = 20_000;
const maxPendingSize = 8 * 1024 * 1024;
/** Keyv sends a chunk as one MULTI, and reads wait behind it. */
const maxChunk = 500;
const maxChunkSize = 1024 * 1024;

/**
 * Sends one chunk at a time, so that the changes of a key arrive in order and a deletion is never undone by an earlier
 * write. The queue is bounded in number and size, however long Redis takes.
 */
export function createWriteBehind({ send, onDropped }: WriteBehindOptions) {
  let pending: Change[] = [];
  let pendingSize = 0;
  let running: Promise<void> | undefined;

  function takeChunk(): readonly Change[] {
    const chunk = pending.slice(0, lengthOfChunk(pending));
    pending = pending.slice(chunk.length);
    pendingSize -= sizeOf(chunk);
    return chunk;
  }

  async function drain(): Promise<void> {
    while (pending.length > 0) await send(takeChunk());
    running = undefined;
  }

  function enqueue(change: Change): boolean {
    const size = sizeOf([change]);
    if (pending.length >= maxPending || pendingSize + size > maxPendingSize) return false;
    pending.push(change);
    pendingSize += size;
    return true;
  }

  return {
    /** Queues the changes, to be sent in order in the background. Changes beyond the bounds of the queue are dropped. */
    add(changes: readonly Change[]) {
      const dropped = changes.filter(change => !enqueue(change));
      if (dropped.length > 0) onDropped(dropped);
      if (pending.length > 0) running ??= drain();
    },
    /** Resolves when nothing is queued or being sent. */
    idle: async (): Promise<void> => running,
    isIdle: () => running === undefined,
  };
}

function lengthOfChunk(pending: readonly Change[]): number {
  const isDeletion = pending[0]?.json === undefined;
  let size = 0;
  const end = pending.findIndex((change, index) => {
    size += sizeOf([change]);
    return (change.json === undefined) !== isDeletion || index === maxChunk || (index > 0 && size > maxChunkSize);
  });
  return end === -1 ? pending.length : end;
}

function sizeOf(changes: readonly Change[]): number {
  return changes.reduce((sum, { key, json }) => sum + key.length + (json?.length ?? 0), 0);
}
