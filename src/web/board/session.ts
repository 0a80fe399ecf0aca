/**
 * The rows of one session and the queue of requests, kept in the page's memory only. It depends on neither GraphQL nor
 * React; the facts about an indicator are in Apollo's cache under its `id`.
 */
import type { ReportFragment } from './generated/graphql.ts';
import { backoffSeconds, secondsUntilRetry } from './triage.ts';

export interface BoardEntry {
  /** The text as it was given. */
  readonly key: string;
  readonly phase: 'QUEUED' | 'FETCHING' | 'ANSWERED' | 'FAILED';
  readonly id?: string;
  readonly problem?: string;
  readonly failure?: string;
  /** When to retry, in epoch milliseconds; absent when a retry is of no use. */
  readonly retryAt?: number;
  /** Consecutive requests without a complete answer. */
  readonly attempts: number;
  /** Other spellings of the same indicator that were given. */
  readonly otherSpellings: readonly string[];
}

export interface Reply {
  readonly input: string;
  readonly id?: string;
  readonly problem?: string;
  /** Reports of sources that may answer better after a retry. */
  readonly retryable: readonly ReportFragment[];
}

/** Why a whole chunk has no answer. `isFinal`: repeating the request would not help. */
export class LookupError extends Error {
  readonly retryAfterSeconds: number | undefined;
  readonly isFinal: boolean;
  constructor(message: string, retryAfterSeconds: number | undefined, isFinal: boolean) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.isFinal = isFinal;
  }
}

export interface SessionOptions {
  /** Rejects with LookupError. */
  readonly lookup: (values: readonly string[], options: { readonly live: boolean }) => Promise<readonly Reply[]>;
  readonly now: () => number;
}

/** More rows than anybody triages by eye, and as many as a page of tables shows without stutter. */
export const maxRows = 1_000;

const chunkSize = 25;
/** Two at a time keep the gateway busy and leave room for a live request for one row. */
const chunksAtOnce = 2;
/** Rows due within this time of each other go into one request. */
const sameChunkMs = 2_000;

export type Session = ReturnType<typeof createSession>;

export function createSession({ lookup, now }: SessionOptions) {
  let entries: ReadonlyMap<string, BoardEntry> = new Map();
  let snapshot: readonly BoardEntry[] = [];
  let queue: { readonly key: string; readonly live: boolean }[] = [];
  let running = 0;
  /** Increased when the board is cleared: answers to earlier requests are then dropped. */
  let generation = 0;
  const listeners = new Set<() => void>();

  function publish(next: Map<string, BoardEntry>) {
    entries = next;
    snapshot = [...next.values()];
    for (const listener of listeners) listener();
  }

  function change(keys: readonly string[], to: (entry: BoardEntry) => BoardEntry) {
    const next = new Map(entries);
    for (const key of keys) {
      const entry = next.get(key);
      if (entry) next.set(key, to(entry));
    }
    publish(next);
  }

  function enqueue(keys: readonly string[], live: boolean) {
    const queued = new Set(queue.map(({ key }) => key));
    const fresh = keys.filter(key => !queued.has(key) && entries.get(key)?.phase !== 'FETCHING');
    const added = fresh.map(key => ({ key, live }));
    queue = live ? [...added, ...queue] : [...queue, ...added];
    startChunks();
  }

  function startChunks() {
    while (running < chunksAtOnce && queue.length > 0) {
      const live = queue[0]?.live ?? false;
      const chunk = queue.filter(item => item.live === live).slice(0, chunkSize);
      queue = queue.filter(item => !chunk.includes(item));
      void fetchChunk(
        chunk.map(({ key }) => key),
        live,
      );
    }
  }

  async function fetchChunk(keys: readonly string[], live: boolean) {
    const startedIn = generation;
    running += 1;
    change(keys, ({ retryAt: _, ...entry }) => ({ ...entry, phase: 'FETCHING' }));
    try {
      const replies = await lookup(keys, { live });
      if (startedIn === generation) publish(withReplies(entries, replies, now()));
    } catch (error) {
      if (startedIn === generation) change(keys, entry => failed(entry, error, now()));
    } finally {
      running -= 1;
      startChunks();
    }
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    entries: () => snapshot,
    /** Adds and requests the values that are not there yet. Returns how many were added, and how many had no room. */
    add(values: readonly string[]): { readonly added: number; readonly leftOut: number } {
      const fresh = values.filter(value => !entries.has(value));
      const taken = fresh.slice(0, Math.max(0, maxRows - entries.size));
      const next = new Map(entries);
      for (const key of taken) next.set(key, { key, phase: 'QUEUED', attempts: 0, otherSpellings: [] });
      publish(next);
      enqueue(taken, false);
      return { added: taken.length, leftOut: fresh.length - taken.length };
    },
    fetchLive: (keys: readonly string[]) => enqueue(keys, true),
    /** Requests all failed rows again, as after a key was entered. */
    retryFailed: () =>
      enqueue(
        snapshot.filter(entry => entry.phase === 'FAILED').map(entry => entry.key),
        false,
      ),
    /** Requests the rows that are due; call it about once a second while the page is visible. */
    retryDue() {
      const isDueBy = (entry: BoardEntry, at: number) => entry.retryAt !== undefined && entry.retryAt <= at;
      if (!snapshot.some(entry => isDueBy(entry, now()))) return;
      const due = snapshot.filter(entry => isDueBy(entry, now() + sameChunkMs));
      enqueue(
        due.map(entry => entry.key),
        false,
      );
    },
    clear() {
      generation += 1;
      queue = [];
      publish(new Map());
    },
  };
}

function withReplies(
  entries: ReadonlyMap<string, BoardEntry>,
  replies: readonly Reply[],
  now: number,
): Map<string, BoardEntry> {
  const next = new Map(entries);
  for (const reply of replies) {
    const entry = next.get(reply.input);
    if (!entry) continue;
    const twin = reply.id && [...next.values()].find(other => other.id === reply.id && other.key !== entry.key);
    if (twin) {
      next.delete(entry.key);
      next.set(twin.key, { ...twin, otherSpellings: [...twin.otherSpellings, entry.key, ...entry.otherSpellings] });
    } else next.set(entry.key, answered(entry, reply, now));
  }
  return next;
}

function answered(entry: BoardEntry, { id, problem, retryable }: Reply, now: number): BoardEntry {
  const seconds = secondsUntilRetry(retryable, entry.attempts);
  return {
    key: entry.key,
    phase: 'ANSWERED',
    attempts: seconds === undefined ? 0 : entry.attempts + 1,
    otherSpellings: entry.otherSpellings,
    ...(id !== undefined && { id }),
    ...(problem !== undefined && { problem }),
    ...(seconds !== undefined && { retryAt: now + seconds * 1000 }),
  };
}

function failed(entry: BoardEntry, error: unknown, now: number): BoardEntry {
  const known = error instanceof LookupError ? error : new LookupError('The gateway did not answer', undefined, false);
  const seconds = Math.max(known.retryAfterSeconds ?? 0, backoffSeconds(entry.attempts));
  return {
    ...entry,
    phase: 'FAILED',
    failure: known.message,
    attempts: entry.attempts + 1,
    ...(!known.isFinal && { retryAt: now + seconds * 1000 }),
  };
}
