/**
 * When this process was last idle, monotonic: by then it had read every response that had arrived. A response that is read
 * now has thus taken at least until then, and what is beyond that may be our own delay. `idleMs` is the time that was spent
 * waiting for events so far. The more often it is looked at, the closer the bound.
 */
export function createLastIdle(now: () => number, idleMs: () => number): () => number {
  let [seenAt, seenIdleMs] = [now(), idleMs()];
  let lastIdleAt = seenAt;
  return () => {
    const [time, idle] = [now(), idleMs()];
    if (idle > seenIdleMs) lastIdleAt = Math.min(time, seenAt + idle - seenIdleMs);
    [seenAt, seenIdleMs] = [time, idle];
    return lastIdleAt;
  };
}
