/**
 * The values about which Argus gave no usable answer, although it did about others, and those that it refused: for a minute
 * they are not searched for again, or each operation that names one would repeat all the calls that found it. Who wants them
 * live has them searched for once more, and not in parts.
 */
import { LRUCache } from 'lru-cache';
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { PendingCall } from './batch-queue.ts';
import { none, type OpenCalls } from './search-in-parts.ts';
import { searchKinds } from './search-kinds.ts';

const maxValues = 10_000;
const rememberMs = 60_000;

export interface UnheardValues {
  /** Why there is no answer about the value of a call; undefined: it is to be searched for. */
  problemOf(pending: PendingCall): UpstreamError | undefined;
  /** There is an answer after all. */
  heard(pending: PendingCall): void;
  /** Ends a call with what was found all the same, which is cached as a fact, or with the problem, which is remembered. */
  giveUp(pending: PendingCall, problem: UpstreamError): void;
  /** Ends the calls about values that are remembered, and returns what else is open. */
  endKnown(open: OpenCalls): OpenCalls;
}

export function createUnheardValues(now: () => number): UnheardValues {
  const problems = new LRUCache<string, UpstreamError>({ max: maxValues, ttl: rememberMs, perf: { now } });
  const keyOf = ({ criterion, call: { request } }: PendingCall): string =>
    `${request.partition} ${criterion} ${searchKinds[criterion].textsOf(request.subject)[0]}`;
  return {
    problemOf: pending =>
      problems.size === 0 || pending.call.request.maxAgeMs === 0 ? undefined : problems.get(keyOf(pending)),
    heard(pending) {
      if (problems.size > 0) problems.delete(keyOf(pending));
    },
    giveUp(pending, problem) {
      if (pending.found === undefined) problems.set(keyOf(pending), problem);
      endWith(pending, problem);
    },
    endKnown(open) {
      const { because } = open;
      const named = because?.lies === 'named values' ? because.named : [];
      const known = new Set([...open.calls, ...named].filter(pending => problems.has(keyOf(pending))));
      if (because === undefined || known.size === 0) return open;
      const { problem } = because;
      for (const pending of known) endWith(pending, problem);
      const calls = [...open.calls, ...named].filter(pending => !known.has(pending));
      // They may be the cause, so that nothing is known of how many values are too many.
      return calls.length === 0 ? none : { calls, because: { problem, lies: 'a value' } };
    },
  };
}

export function endWith({ found, resolve, reject }: PendingCall, problem: UpstreamError): void {
  if (found === undefined) reject(problem);
  else resolve(found);
}
