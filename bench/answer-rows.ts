/** The rows of the suite `answers`: who is asked what, and how. */
import type { Shot } from './connection.ts';
import type { Questions } from './questions.ts';

type Ask = (questions: Questions) => Shot;

export interface AnswerRow {
  readonly connections: number;
  readonly latencyMs: number;
  readonly ask: Ask;
  /** Those who answer from no memory are asked beside the gateway in place of the floor. */
  readonly coldPeers?: Readonly<Record<string, Ask>>;
}

const warm = (connections: number, ask: Ask): AnswerRow => ({ connections, latencyMs: 0, ask });
const cold = (values: number, connections: number, latencyMs: number): AnswerRow => {
  const ask: Ask = questions => questions.cold(values);
  const coldPeers = { bare: ask, hand: ask, hive: (questions: Questions) => questions.coldForHive(values) };
  return { connections, latencyMs, ask, coldPeers };
};

export const answerRows: Readonly<Record<string, AnswerRow>> = {
  'warm, the same bytes again, 1 value': warm(16, questions => questions.same()),
  'warm, never the same request, 1 value': warm(16, questions => questions.one()),
  'warm, never the same request, 10 values': warm(16, questions => questions.some(10)),
  'warm, never the same request, 100 values': warm(8, questions => questions.some(100)),
  'warm, ten values written into a new text': warm(16, questions => questions.literals()),
  'cold, 1 value, upstreams 0 ms': cold(1, 16, 0),
  'cold, 1 value, upstreams 2 ms': cold(1, 16, 2),
  'cold, 100 values, upstreams 0 ms': cold(100, 1, 0),
  'cold, 100 values, upstreams 2 ms': cold(100, 4, 2),
};
