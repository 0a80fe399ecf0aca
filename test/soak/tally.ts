/** Counts what came, for the table at the end. */
import type { Answered } from './judge.ts';
import type { Report } from './questions.ts';

export interface Tally {
  operations: number;
  values: number;
  leftBehind: number;
  recoveredAfterMs: number;
  readonly milliseconds: number[];
  /** Upstream calls that the gateway says it made, by source. */
  readonly calls: Map<string, number>;
  /** By source, status and where it was served from. */
  readonly reports: Map<string, number>;
  answered(answered: Answered, reports: readonly Report[], calls: readonly { source: string; calls: number }[]): void;
  left(): void;
}

export function createTally(): Tally {
  const add = (to: Map<string, number>, name: string, count = 1) => to.set(name, (to.get(name) ?? 0) + count);
  const tally: Tally = {
    operations: 0,
    values: 0,
    leftBehind: 0,
    recoveredAfterMs: 0,
    milliseconds: [],
    calls: new Map(),
    reports: new Map(),
    answered({ question, sentAt, receivedAt }, reports, calls) {
      tally.operations++;
      tally.values += question.values.length;
      tally.milliseconds.push(receivedAt - sentAt);
      for (const { source, status, servedFrom } of reports)
        add(tally.reports, `${source} ${status}${servedFrom === 'STALE_CACHE' ? ', stale' : ''}`);
      for (const { source, calls: count } of calls) add(tally.calls, source, count);
    },
    left() {
      tally.leftBehind++;
    },
  };
  return tally;
}
