/**
 * Collects requests until a search can be sent. As long as the upstream has a free slot, each search is sent at once.
 * When all slots are busy, what arrives waits together, and one search takes all of it when a slot comes free:
 *
 *     slots free    a          →  search(a)
 *     slots busy    b, c, d    →  search(b, c, d)   when a slot comes free
 *
 * An idle gateway therefore adds no delay, and load makes the batches larger instead of more numerous.
 */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { ValuesCriterion } from '../client.ts';
import type { FoundRecords, RecordsCall } from '../facts.ts';

/** A call that waits for its records. */
export interface PendingCall {
  readonly criterion: ValuesCriterion;
  readonly call: RecordsCall;
  /** What was found already, in an answer that may lack more. */
  readonly found?: FoundRecords;
  resolve(found: FoundRecords): void;
  reject(error: unknown): void;
}

/** A search that waits for a slot. */
export interface QueuedSearch {
  /** The calls that it takes, or would take now. */
  members(): readonly PendingCall[];
  /** Fixes the batch; call it once, when there is a slot. Empty: every caller has gone. */
  take(): readonly PendingCall[];
}

/** Calls that may share a search. */
interface Group {
  readonly criterion: ValuesCriterion;
  pending: PendingCall[];
  /** Searches of this group that wait for a slot. */
  queuedSearches: number;
}

/** Only calls with the same criterion, credential, states and properties may share one. */
const groupKeyOf = ({ criterion, call }: PendingCall): string => {
  const { partition, need } = call.request;
  return JSON.stringify([criterion, partition, need.withOld, need.properties]);
};

export interface BatchQueueOptions {
  /** Called with the number of values of each batch. */
  readonly onBatch: (values: number) => void;
  /** Of one search. */
  readonly maxValues: (criterion: ValuesCriterion) => number;
  readonly now: () => number;
}

/** `send` takes its batch, or rejects without taking it where it got no slot. */
export function createBatchQueue(
  send: (search: QueuedSearch) => Promise<void>,
  { onBatch, maxValues, now }: BatchQueueOptions,
): (pending: PendingCall) => void {
  const groups = new Map<string, Group>();

  const deleteIfIdle = (key: string, { pending, queuedSearches }: Group): void => {
    if (pending.length === 0 && queuedSearches === 0) groups.delete(key);
  };

  const dispatch = (key: string, group: Group): void => {
    group.queuedSearches++;
    const askedFor = new Set(group.pending);
    let batch: readonly PendingCall[] | undefined;
    const take = (): readonly PendingCall[] => {
      group.queuedSearches--;
      const waiting = group.pending.filter(({ call }) => !call.signal.aborted);
      const size = maxValues(group.criterion);
      batch = waiting.slice(0, size);
      group.pending = waiting.slice(size);
      deleteIfIdle(key, group);
      dispatchSoon(key, group); // fewer values may fit into one search than when this one was queued
      if (batch.length > 0) onBatch(batch.length);
      return batch;
    };
    send({ take, members: () => batch ?? group.pending }).catch(problem => {
      if (batch === undefined) rejectWaiting(key, group, askedFor, problem);
      else for (const { reject } of batch) reject(problem);
    });
  };

  /**
   * The search got no slot. When it timed out, that was for the calls that it was queued for: later ones, with time left,
   * try again. Otherwise the newest calls are rejected, for which the searches still waiting have no room.
   */
  const rejectWaiting = (key: string, group: Group, askedFor: ReadonlySet<PendingCall>, problem: unknown): void => {
    group.queuedSearches--;
    const isTimeout = problem instanceof UpstreamError && problem.kind === 'TIMED_OUT';
    const hasTime = ({ call }: PendingCall) => !call.signal.aborted && call.deadlineAt() > now();
    const room = group.queuedSearches * maxValues(group.criterion);
    const stays = (pending: PendingCall, index: number) =>
      isTimeout ? !askedFor.has(pending) && hasTime(pending) : index < room;
    const rejected = group.pending.filter((pending, index) => !stays(pending, index));
    group.pending = group.pending.filter(stays);
    for (const pending of rejected) pending.reject(problem);
    deleteIfIdle(key, group);
    dispatchIfNeeded(key, group);
  };

  const needsSearch = ({ criterion, pending, queuedSearches }: Group): boolean =>
    queuedSearches * maxValues(criterion) < pending.length;
  const dispatchIfNeeded = (key: string, group: Group): void => {
    while (needsSearch(group)) dispatch(key, group);
  };
  /** Not at once: other operations that arrived in the same turn of the event loop join the same search. */
  const dispatchSoon = (key: string, group: Group): void => {
    if (needsSearch(group)) setImmediate(() => dispatchIfNeeded(key, group));
  };

  return pending => {
    const key = groupKeyOf(pending);
    const { criterion } = pending;
    const group: Group = groups.get(key) ?? { criterion, pending: [], queuedSearches: 0 };
    groups.set(key, group);
    group.pending.push(pending);
    dispatchSoon(key, group);
  };
}
