/** One row's text and what became of it: how a reply, a failure or a reading changes it. Pure. */
import type { ReportFragment } from './generated/graphql.ts';
import { backoffSeconds, secondsUntilRetry } from './triage.ts';

export interface BoardEntry {
  /** The text as it was given. */
  readonly key: string;
  /** READING: the text itself is no indicator, and what it holds is being found. */
  readonly phase: 'QUEUED' | 'FETCHING' | 'READING' | 'ANSWERED' | 'FAILED';
  /** The one indicator that the text holds, looked up in its place. */
  readonly holds?: string;
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
  readonly id?: string;
  readonly problem?: string;
  /** Reports of sources that may answer better after a retry. */
  readonly retryable: readonly ReportFragment[];
}

/** Why a whole request has no answer. `isFinal`: repeating the request would not help. */
export class LookupError extends Error {
  readonly retryAfterSeconds: number | undefined;
  readonly isFinal: boolean;
  readonly reason: 'TOO_LARGE' | 'KEY_REQUIRED' | undefined;
  constructor(
    message: string,
    retryAfterSeconds: number | undefined,
    isFinal: boolean,
    reason?: 'TOO_LARGE' | 'KEY_REQUIRED',
  ) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.isFinal = isFinal;
    this.reason = reason;
  }
}

export function withReplies(
  entries: ReadonlyMap<string, BoardEntry>,
  keys: readonly string[],
  replies: readonly Reply[],
  now: number,
): Map<string, BoardEntry> {
  const next = new Map(entries);
  for (const [at, reply] of replies.entries()) {
    const entry = next.get(keys[at] ?? '');
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
  const { key, holds, otherSpellings } = entry;
  const seconds = secondsUntilRetry(retryable, entry.attempts);
  return {
    key,
    phase: problem !== undefined && holds === undefined ? 'READING' : 'ANSWERED',
    attempts: seconds === undefined ? 0 : entry.attempts + 1,
    otherSpellings,
    ...(holds !== undefined && { holds }),
    ...(id !== undefined && { id }),
    ...(problem !== undefined && { problem }),
    ...(seconds !== undefined && { retryAt: now + seconds * 1000 }),
  };
}

export function asRead({ problem, ...entry }: BoardEntry, holds: string | undefined): BoardEntry {
  if (holds !== undefined) return { ...entry, phase: 'QUEUED', holds };
  return { ...entry, phase: 'ANSWERED', ...(problem !== undefined && { problem }) };
}

export function failed(entry: BoardEntry, error: unknown, now: number): BoardEntry {
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
