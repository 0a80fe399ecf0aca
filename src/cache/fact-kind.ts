/** The types that a source and the read-through share: what is requested, by whom, and what comes back. */
import type { ServedFrom, SourceName } from '../domain/source-report.ts';
import type { FailedStatus, UpstreamError } from '../http-client/errors.ts';
import type { Trace } from '../observability/trace.ts';
import type { ParseFact } from './entry.ts';

/** A fact that is wanted. Equal keys mean one fact; `need` says how much of it. */
export interface FactRequest<Subject, Need, Fact = never> {
  readonly key: string;
  /** The credential's part of the cache. */
  readonly partition: string;
  readonly subject: Subject;
  readonly need: Need;
  /**
   * Accept no fact that is older, and any match that is not, also past its fresh window. 0 joins only calls that started
   * after the operation did. Where it is set, no stale fact is served when the source fails.
   */
  readonly maxAgeMs: number | undefined;
  /** Whether the fact is an absence to this request, because of what it leaves out. */
  readonly isAbsence?: ((fact: Fact) => boolean) | undefined;
  /**
   * The name of the claim of another replica, which is asking for it: its row is waited for. It stays, although `need` may grow
   * by what other requests want.
   */
  readonly claimedElsewhere?: string;
}

/** The operation that waits for the facts. */
export interface RequestContext {
  readonly signal: AbortSignal;
  /** Monotonic, like `startedAt`. */
  readonly deadlineAt: number;
  readonly startedAt: number;
  readonly caller: string;
  readonly isSmall: boolean;
  readonly trace: Trace;
  /** The response may be reused for at most so long from now; 0 or less: not at all. Called for each fact served. */
  reduceMaxAge(milliseconds: number): void;
  /** Collects what a piece of the answer rests on. Absent unless that piece may be used again. */
  served?: Set<ServedFact> | undefined;
}

/** A fact that a piece of an answer rests on. */
export interface ServedFact {
  /** Its cache key; undefined for what no source has said. */
  readonly key: string | undefined;
  /** Monotonic. */
  readonly heardAt: number;
  /** Monotonic. */
  readonly freshUntil: number;
  /** Memory still holds the very same fact, and the credential in use now may be served it. */
  isCurrent(): boolean;
  /** Counts it as served once more. */
  count(context: RequestContext): void;
}

/** A fact that is being fetched, as the source sees it: it decides when to send it, and together with which others. */
export interface InFlightCall<Subject, Need> {
  readonly request: FactRequest<Subject, Need>;
  /** Aborted when the last waiter has left before the request was sent. What was sent is finished, and kept. */
  readonly signal: AbortSignal;
  /** The deadline of its latest waiter, monotonic. */
  deadlineAt(): number;
  isAwaited(): boolean;
  readonly caller: string;
  readonly isSmall: boolean;
  readonly trace: Trace;
  /** The request leaves for the upstream: if the deadline passes from here on, the upstream was too slow. */
  markSent(): void;
}

export interface Windows {
  readonly freshMs: number;
  /** Follows on `freshMs`, and applies to matches only. */
  readonly staleMs: number;
  readonly negativeMs: number;
}

/** How facts of one kind are parsed, compared, kept and fetched. */
export interface FactKind<Subject, Need, Fact> {
  readonly source: SourceName;
  readonly windows: Windows;
  /**
   * For how long other replicas wait for the one that asks: the time that a call has, in milliseconds. Undefined: each asks for
   * itself.
   */
  readonly claimMs?: number;
  /**
   * One call brings many facts: they expire together, so that one call fetches them again. Where each has a call of its
   * own, their expiries are spread.
   */
  readonly sharesCalls: boolean;
  /** A stale fact is served at once and fetched again in the background. */
  readonly revalidates: boolean;
  readonly parse: ParseFact<Fact>;
  /** The fact contains what is needed: the same, or more. */
  covers(fact: Fact, need: Need): boolean;
  /** A call for `wider` will bring `narrower` as well. */
  contains(wider: Need, narrower: Need): boolean;
  /** What a call for `need` asks for, where that differs: replicas wait for each other where it is equal. */
  asked?(need: Need): unknown;
  /** Where facts travel in one call: what to fetch of each, given the needs of all that start together. */
  share?(needs: readonly Need[]): (need: Need) => Need;
  /** What to fetch so that the new fact still has all parts of a fresh one that it replaces. */
  widen(need: Need, fact: Fact): Need;
  isAbsence(fact: Fact): boolean;
  /** It came from a list, which has less of it than a call about its subject. An absence contradicts it. */
  isPart?(fact: Fact): boolean;
  /** The fact says all that the other one does, and the same. */
  includes?(fact: Fact, other: Fact): boolean;
  /** The partition of the credential in use now; it changes when a secret is rotated. */
  partitionOf(subject: Subject): string;
  /** Its subject has changed since: it is served no more, not even as stale. */
  isOutdated?(subject: Subject, heardAt: number, tier: 'memory' | 'redis'): boolean;
  /** What was heard of it until then turned out not to be about it: it is asked for again. */
  isRevoked?(key: string, heardAt: number): boolean;
  /** Incomplete facts are not cached: truncated ones, for errors and partial responses never become a fact. */
  isComplete(fact: Fact): boolean;
  /** One promise for each call, in the same order. Each resolves to a fact or rejects with UpstreamError. */
  fetch(calls: readonly InFlightCall<Subject, Need>[]): readonly Promise<Fact>[];
}

/** A fact with its provenance, or the reason why there is none. */
export type FactOutcome<Fact> =
  | {
      readonly fact: Fact;
      readonly error?: undefined;
      readonly servedFrom: ServedFrom;
      readonly staleBecause: FailedStatus | null;
      /** Epoch milliseconds, for showing. */
      readonly fetchedAt: number;
      /** The same moment on the monotonic clock. */
      readonly heardAt: number;
    }
  | { readonly fact?: undefined; readonly error: UpstreamError };
