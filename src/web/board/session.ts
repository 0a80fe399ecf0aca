/**
 * The rows of one session and the queue of requests, kept in the page's memory only. It depends on neither GraphQL nor
 * React; the facts about an indicator are in Apollo's cache under its `id`.
 */
import { asRead, type BoardEntry, failed, type Reply, withReplies } from './entry.ts';
import { plural } from './format.ts';

export interface SessionOptions {
  /** One reply for each value, in their order. Rejects with LookupError. */
  readonly lookup: (values: readonly string[], options: { readonly live: boolean }) => Promise<readonly Reply[]>;
  /** The indicator in each line that holds exactly one. Rejects with LookupError. */
  readonly findInLines: (lines: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly now: () => number;
}

/** More rows than anybody triages by eye, and as many as a page of tables shows without stutter. */
const maxRows = 1_000;

export const leftOutWords = (leftOut: number): string =>
  leftOut > 0 ? `; ${plural(leftOut, 'row')} left out, the board holds ${maxRows.toLocaleString('en')}` : '';

const chunkSize = 25;
/** Two at a time keep the gateway busy and leave room for a live request for one row. */
const chunksAtOnce = 2;
/** Rows due within this time of each other go into one request. */
const sameChunkMs = 2_000;

export type Session = ReturnType<typeof createSession>;

export function createSession({ lookup, findInLines, now }: SessionOptions) {
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
      const replies = await lookup(
        keys.map(key => entries.get(key)?.holds ?? key),
        { live },
      );
      if (startedIn === generation) publish(withReplies(entries, keys, replies, now()));
    } catch (error) {
      if (startedIn === generation) change(keys, entry => failed(entry, error, now()));
    } finally {
      done();
    }
  }

  function done() {
    running -= 1;
    startChunks();
    if (running === 0) void readUnusable();
  }

  /** When all else is answered, so that one request reads all unusable lines of a list together. */
  async function readUnusable() {
    const startedIn = generation;
    const lines = snapshot.filter(({ phase }) => phase === 'READING').map(({ key }) => key);
    if (lines.length === 0) return;
    running += 1;
    try {
      const found = await findInLines(lines);
      if (startedIn !== generation) return;
      change(lines, entry => asRead(entry, found.get(entry.key)));
      enqueue([...found.keys()], false);
    } catch (error) {
      if (startedIn === generation) change(lines, ({ problem: _, ...entry }) => failed(entry, error, now()));
    } finally {
      done();
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
    /** Facts of an answered row came by another query: it is requested again where that may help. */
    heard({ key, id, phase, retryAt }: BoardEntry, retryable: Reply['retryable']) {
      if (retryable.length === 0 || phase !== 'ANSWERED' || retryAt !== undefined) return;
      publish(withReplies(entries, [key], [{ ...(id !== undefined && { id }), retryable }], now()));
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
