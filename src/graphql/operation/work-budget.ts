/**
 * One budget for the process: how many facts all operations under way may want together that memory does not have. What finds
 * no room is refused before anything is asked. What memory can answer needs no room.
 */
import { LRUCache } from 'lru-cache';
import { AnswerOverloadedError, overloaded } from '../error-codes.ts';

/** Why an operation is refused: the budget is full, its caller has its share, or the process lacks memory or time. */
export type OverloadReason = 'full' | 'share' | 'memory' | 'lag';

export interface WorkBudget {
  /** For one operation; asks for nothing yet. `caller`: whose share it uses. */
  open(caller: string): Room;
  /** The part of the budget that is taken; more than 1 while an operation larger than the budget runs. */
  taken(): number;
}

export interface Room {
  /**
   * Takes room for so many facts more, or throws `overloaded`. An operation that has begun is not refused any more, and one
   * that finds the gateway idle may be of any size.
   */
  take(facts: number): void;
  /** The same beforehand: what is taken later is set off against it. */
  reserve(facts: number): void;
  /**
   * For so many bytes more of an answer that is being written. Throws `AnswerOverloadedError` where others leave no room for
   * them: an answer's size is not known before.
   */
  grow(bytes: number): void;
  /** Gives everything back, at once and for good. */
  close(): void;
}

export interface WorkBudgetOptions {
  readonly bytes: number;
  /** What the process itself lacks. */
  readonly shortage: () => 'memory' | 'lag' | undefined;
  readonly onRefused: (reason: OverloadReason) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Measured: what a fact of a large list takes, from the moment that it is wanted until its answer is out. */
const bytesPerFact = 10_000;

/** Of the budget, while others want some as well. */
const shareOfCaller = 1 / 2;
/** The last part of the budget is for small operations: a single value finds room beside large lists. */
const shareOfLarge = 9 / 10;
const smallFacts = 20;
/** A caller that was refused counts as waiting for so long after the time that it was given. */
const graceMs = 2_000;
const longestWaitSeconds = 30;

export function createWorkBudget({ bytes, shortage, onRefused, now }: WorkBudgetOptions): WorkBudget {
  const size = bytes / bytesPerFact;
  const heldBy = new Map<string, number>();
  /** Until when callers count as waiting: the last ones that were refused. */
  const waitingUntil = new LRUCache<string, number>({ max: 1_000 });
  let taken = 0;
  /** How long operations lately held what they took. */
  let holdMs = 1_000;
  /** When all who were refused could have been served, one after the other. */
  let freeAt = 0;

  function othersWant(caller: string): boolean {
    if (heldBy.size > (heldBy.has(caller) ? 1 : 0)) return true;
    return [...waitingUntil.entries()].some(([waiting, until]) => waiting !== caller && until >= now());
  }

  function refusal(caller: string, facts: number): OverloadReason | undefined {
    if (taken === 0) return undefined;
    const lacking = shortage();
    if (lacking !== undefined) return lacking;
    if (taken + facts > (facts > smallFacts ? size * shareOfLarge : size)) return 'full';
    const held = heldBy.get(caller) ?? 0;
    return held > 0 && held + facts > size * shareOfCaller && othersWant(caller) ? 'share' : undefined;
  }

  /** Each is given a later time than the one before, so that they do not all come back at once. */
  function waitFor(caller: string, facts: number): number {
    const latest = now() + longestWaitSeconds * 1000;
    freeAt = Math.min(latest, Math.max(now(), freeAt) + (holdMs * facts) / size);
    const seconds = Math.min(longestWaitSeconds, Math.max(1, Math.ceil((freeAt - now()) / 1000)));
    waitingUntil.set(caller, now() + seconds * 1000 + graceMs);
    return seconds;
  }

  function add(caller: string, facts: number): void {
    const held = (heldBy.get(caller) ?? 0) + facts;
    if (held > 0) heldBy.set(caller, held);
    else heldBy.delete(caller);
    taken += facts;
  }

  return {
    taken: () => taken / size,
    open(caller) {
      let held = 0;
      let since = 0;
      let isClosed = false;
      /** Taken beforehand, and not yet set off against what is wanted. */
      let reserved = 0;
      function take(facts: number): void {
        if (isClosed || facts === 0) return;
        if (held === 0) {
          const reason = refusal(caller, facts);
          if (reason !== undefined) {
            onRefused(reason);
            throw overloaded(waitFor(caller, facts));
          }
          since = now();
          waitingUntil.delete(caller);
        }
        held += facts;
        add(caller, facts);
      }
      return {
        grow(bytes) {
          if (isClosed) return;
          const facts = bytes / bytesPerFact;
          const isTooMuch = taken + facts > size || (held + facts > size * shareOfCaller && othersWant(caller));
          if (taken > held && isTooMuch) {
            onRefused('full');
            throw new AnswerOverloadedError(waitFor(caller, facts));
          }
          if (held === 0) since = now();
          held += facts;
          add(caller, facts);
        },
        reserve(facts) {
          take(facts);
          reserved += facts;
        },
        take(facts) {
          const more = Math.max(0, facts - reserved);
          reserved -= facts - more;
          take(more);
        },
        close() {
          isClosed = true;
          if (held === 0) return;
          holdMs += (now() - since - holdMs) / 10;
          add(caller, -held);
          held = 0;
        },
      };
    },
  };
}
