/**
 * Answers that came whole from memory, ready to be sent again. Each stands on its grounds, which are looked at every time:
 * the same facts, still fresh, still permitted. So nothing is answered here that execution would answer otherwise.
 */
import { LRUCache } from 'lru-cache';
import type { SourceTrace } from '../observability/trace.ts';
import type { KnownAnswer, OperationIdentity } from './known-operations.ts';

export interface KeptAnswer extends OperationIdentity, KnownAnswer {
  /** What it named, in canonical form. */
  readonly named: readonly string[];
  readonly sources: readonly SourceTrace[];
  /** Epoch milliseconds: until then its facts are fresh. */
  readonly until: number;
  readonly grounds: readonly (() => boolean)[];
}

export interface KeptAnswers {
  find(key: string): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
}

/** Characters of answers and of what was asked. */
const maxSize = 8 * 1024 * 1024;

export function createKeptAnswers(now: () => number): KeptAnswers {
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize,
    sizeCalculation: ({ text }, key) => text.length + key.length,
  });
  return {
    find(key) {
      const kept = answers.get(key);
      if (kept === undefined || (now() < kept.until && kept.grounds.every(holds => holds()))) return kept;
      answers.delete(key);
      return undefined;
    },
    keep: (key, answer) => answers.set(key, answer),
  };
}

/** Everything was in memory: no other answer can be given again as it is. */
export const cameFromMemory = (sources: readonly SourceTrace[]): boolean =>
  sources.length > 0 &&
  sources.every(
    ({ calls, coalesced, live, hits, failures }) =>
      calls + coalesced + live + hits.redis + hits.stale === 0 && Object.keys(failures).length === 0,
  );
