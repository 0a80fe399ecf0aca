import { LRUCache } from 'lru-cache';
import type { UpstreamError } from './errors.ts';
import type { CallOptions } from './upstream.ts';

export type Refusals = ReturnType<typeof createRefusals>;

type Asking = Pick<CallOptions, 'partition' | 'signal'>;

interface Refusal {
  readonly error: UpstreamError;
  readonly until: number;
  /** The one call that asks again. */
  probe: Promise<unknown> | undefined;
}

/** So long a refused credential is not tried again. A secret that was exchanged has another partition. */
const refusedMs = 10_000;
/** Callers bring keys of their own, so the number of partitions is bounded. */
const maxPartitions = 2000;

/** Remembers which credentials the upstream has just refused, so that it is not asked again for each value. */
export function createRefusals(now: () => number) {
  const refusals = new LRUCache<string, Refusal>({ max: maxPartitions });

  /** The call decides: unless it was refused as well, all others go as if nothing had been. */
  async function probe<Answer>(partition: string, refusal: Refusal, send: () => Promise<Answer>): Promise<Answer> {
    const sent = send();
    refusal.probe = sent.catch(() => {});
    try {
      return await sent;
    } finally {
      if (refusals.peek(partition) === refusal) refusals.delete(partition);
    }
  }

  /** A caller that leaves meanwhile is not kept waiting. */
  async function sendAfterRefusal<Answer>({ partition, signal }: Asking, send: () => Promise<Answer>): Promise<Answer> {
    for (let known = refusals.get(partition); known && !signal.aborted; known = refusals.get(partition)) {
      if (now() < known.until) throw known.error;
      if (known.probe === undefined) return probe(partition, known, send);
      await Promise.race([
        known.probe,
        new Promise(resolve => signal.addEventListener('abort', resolve, { once: true })),
      ]);
    }
    return send();
  }

  return {
    record: (partition: string, error: UpstreamError) =>
      void refusals.set(partition, { error, until: now() + refusedMs, probe: undefined }),
    /** The refusal that still holds. */
    errorOf(partition: string): UpstreamError | undefined {
      const known = refusals.get(partition);
      return known !== undefined && now() < known.until ? known.error : undefined;
    },
    /** Sends, or rejects with the refusal while it holds. When it no longer does, one call asks and the others wait for it. */
    guard: <Answer>(call: Asking, send: () => Promise<Answer>): Promise<Answer> =>
      refusals.size === 0 ? send() : sendAfterRefusal(call, send),
  };
}
