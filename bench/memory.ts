/** Whether memory stays where it is: one gateway under a mix of everything, a row for each round. */
import { startEmulators } from '../src/emulators/emulators.ts';
import { createSeededDataSet } from '../src/emulators/seed.ts';
import type { Shot } from './connection.ts';
import { type Figures, summarise, tell } from './figures.ts';
import { load } from './load.ts';
import type { BenchOptions } from './main.ts';
import { startGateway } from './processes.ts';
import { batches, coldBatch, coldSingle, warmBatch, warmSingle } from './shots.ts';
import { slow } from './speed.ts';

const connections = 16;

const mixOf = (values: readonly string[]): readonly Shot[] => [
  ...values.flatMap(value => [warmSingle(value), coldSingle(value)]),
  ...batches(values).flatMap(batch => [warmBatch(batch), coldBatch(batch)]),
];

export async function runMemory(options: BenchOptions): Promise<Figures> {
  const { rounds, seconds } = options;
  const dataSet = createSeededDataSet({ now: Date.now() });
  const mix = mixOf(dataSet.catalogue.both.slice(0, 300));
  const emulators = await startEmulators({ dataSet });
  const gateway = await startGateway(emulators, { RATE_LIMIT_INDICATORS_PER_MINUTE: '0' });
  slow(2)(emulators);
  let next = 0;
  const turn = () => mix[next++ % mix.length] as Shot;
  const figures: Record<string, Figures[string]> = {};
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const { perSecond } = await load(gateway.url, turn, connections, seconds);
      const figure = { 'resident MB': gateway.residentMb(), 'per second': perSecond };
      figures[`after ${round * seconds} s of everything`] = summarise([figure]);
    }
    tell(figures, options);
    return figures;
  } finally {
    await Promise.all([gateway.stop(), emulators.close()]);
  }
}
