import { createRandom, type Random } from './random.ts';
import { type DataOf, type EmulatorName, emulatorSet } from './set.ts';

/** The data of all emulators. It may be changed while they run; the next request sees the change. */
export type DataSet = { readonly [Name in EmulatorName]: DataOf<Name> } & {
  readonly random: Random;
  /** Epoch milliseconds; all seeded times are relative to it. */
  readonly now: number;
};

export interface DataSetOptions {
  readonly seed?: number;
  readonly now?: number;
}

/** In the past of any clock, so that the seeded records are never in the future. */
const defaultNow = Date.UTC(2026, 5, 1);

/** Creates a data set that contains only credentials and indicator types. */
export function createDataSet(options: DataSetOptions = {}): DataSet {
  const random = createRandom(options.seed ?? 1);
  const now = options.now ?? defaultNow;
  const dataSets = Object.entries(emulatorSet).map(([name, kind]) => [name, kind.createData(random, now)] as const);
  return { ...(Object.fromEntries(dataSets) as Pick<DataSet, EmulatorName>), random, now };
}
