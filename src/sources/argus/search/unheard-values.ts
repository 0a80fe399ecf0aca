/**
 * The values about which Argus gave no usable answer, although it did about others: for as long as an absence would be
 * kept they are not searched for again, or each operation that names one would repeat all the calls that found it.
 */
import { LRUCache } from 'lru-cache';
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { PendingCall } from './batch-queue.ts';
import { searchKinds } from './search-kinds.ts';

const maxValues = 10_000;

export interface UnheardValues {
  /** Why there is no answer about the value of a call; undefined: it is to be searched for. */
  problemOf(pending: PendingCall): UpstreamError | undefined;
  /** Ends a call with what was found all the same, which is cached as a fact, or with the problem, which is remembered. */
  giveUp(pending: PendingCall, problem: UpstreamError): void;
}

export function createUnheardValues(pauseMs: number, now: () => number): UnheardValues {
  const problems = new LRUCache<string, UpstreamError>({ max: maxValues, ttl: pauseMs, perf: { now } });
  const keyOf = ({ criterion, call: { request } }: PendingCall): string =>
    `${request.partition} ${criterion} ${searchKinds[criterion].textsOf(request.subject)[0]}`;
  return {
    problemOf: pending =>
      problems.size === 0 || pending.call.request.maxAgeMs === 0 ? undefined : problems.get(keyOf(pending)),
    giveUp(pending, problem) {
      if (pending.found === undefined && pauseMs > 0) problems.set(keyOf(pending), problem);
      endWith(pending, problem);
    },
  };
}

export function endWith({ found, resolve, reject }: PendingCall, problem: UpstreamError): void {
  if (found === undefined) reject(problem);
  else resolve(found);
}
