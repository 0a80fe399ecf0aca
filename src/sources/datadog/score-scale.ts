import { LRUCache } from 'lru-cache';
import type { Log } from '../../observability/log.ts';
import type { ThreatFact } from './mapping.ts';

const enough = 20;

/**
 * Warns once for each credential whose first scores are all at most 1: Datadog documents 0 to 100, and on a scale from 0 to
 * 1 the worst would pass as harmless. Scores of 0 tell nothing.
 */
export function watchScores(log: Log): (fact: ThreatFact, partition: string) => void {
  /** Scores seen so far; `enough`: nothing more to find out. */
  const seen = new LRUCache<string, number>({ max: 1000 });
  return ({ threat }, partition) => {
    const score = threat?.score ?? 0;
    const count = seen.get(partition) ?? 0;
    if (score <= 0 || count >= enough) return;
    seen.set(partition, score > 1 ? enough : count + 1);
    if (score <= 1 && count + 1 === enough)
      log.warn({ source: 'DATADOG' }, `the first ${enough} scores are all at most 1, on a scale of 0 to 100`);
  };
}
