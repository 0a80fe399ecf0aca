/** What is measured, and what it is to be. */
import type { Round } from '../figures.ts';
import type { Place } from './bed.ts';
import { oneOfThreeFails, wayBack } from './faults.ts';
import { startOfImage } from './image.ts';
import { besideLists, lists, warm } from './latency.ts';
import { rowsOf } from './loop.ts';
import { listsAtOnce, listsOfEightCallers, mixedInContainer, twiceTheCapacity } from './overload.ts';

export interface WaitingRow {
  readonly measure: (place: Place) => Promise<Round>;
  /** By figure. A figure without one explains the others. */
  readonly goals: Readonly<Record<string, string>>;
  /** What takes long is measured less often than `--rounds` says. */
  readonly maxRounds: number;
}

const held = { 'longest ms': '≤ 20' };
const roundTrips = 'p50 after ten, in round trips';

export const rows: Readonly<Record<string, WaitingRow>> = {
  'cold 100 values, upstream 50 ms': {
    measure: lists({ values: 100, latencyMs: 50 }),
    goals: { [roundTrips]: '≤ 1.5', 'the first after a start, in round trips': '≤ 3' },
    maxRounds: 5,
  },
  'cold 500 values, upstream 150 ms': {
    measure: lists({ values: 500, latencyMs: 150 }),
    goals: { [roundTrips]: '≤ 3' },
    maxRounds: 3,
  },
  '5 x 500 new values at once, upstream 100 ms': {
    measure: listsAtOnce,
    goals: { 'values that lose a source': '0' },
    maxRounds: 3,
  },
  'a lookup, 20/s, beside 2 x 500 of the same caller, upstream 100 ms': {
    measure: besideLists,
    goals: { 'p99 beside, of that alone': '≤ 2' },
    maxRounds: 3,
  },
  'an upstream of 32 at once, 1 s each; twice that is asked': {
    measure: twiceTheCapacity,
    goals: { 'goodput, of the capacity': '≥ 0.9', 'calls for an answer': '≤ 1.1' },
    maxRounds: 1,
  },
  '1 of 3 calls is answered 503, 200/s': {
    measure: oneOfThreeFails,
    goals: { 'share of complete answers': '≥ 0.85' },
    maxRounds: 1,
  },
  '8 callers x 12 lists of 500, in 512 MiB': {
    measure: listsOfEightCallers,
    goals: { 'lives (1)': '1', 'values not told when': '0', 'lists lost': '0' },
    maxRounds: 3,
  },
  'the way back after an outage of 80 s': {
    measure: wayBack,
    goals: { 's until the first answer': '≤ 12' },
    maxRounds: 1,
  },
  'the event loop, held by 10 x 1000 rows': {
    measure: rowsOf({ values: 10, rows: 1000 }),
    goals: held,
    maxRounds: 3,
  },
  'the event loop, held by 100 x 100 rows': {
    measure: rowsOf({ values: 100, rows: 100 }),
    goals: held,
    maxRounds: 3,
  },
  'warm, never repeated, 1000/s': { measure: warm, goals: { 'p99 ms': '≤ 10', 'p99.9 ms': '≤ 25' }, maxRounds: 5 },
  'texts and cold lists mixed, in 512 MiB, for 60 s': {
    measure: mixedInContainer,
    goals: { 'the last 10 s, of the first': '≥ 0.9' },
    maxRounds: 1,
  },
  'the image': {
    measure: startOfImage,
    goals: { 'ms until it listens': '≤ 500', 'idle MB': '≤ 130', 'MB of program and modules': '≤ 60' },
    maxRounds: 1,
  },
};
