/** The gateway with a third source beside the real two: registered here, and nowhere else. */
import { readFileSync } from 'node:fs';
import { type StartedEmulator, startKind } from '../../src/emulators/emulators.ts';
import type { World } from '../../src/emulators/world.ts';
import { readSchema } from '../../src/graphql/schema.ts';
import { type Log, silentLog } from '../../src/observability/log.ts';
import { sources } from '../../src/sources/index.ts';
import type { Environment } from '../../src/variables.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTruthWorld, patient, values } from '../truth/bed.ts';
import { nightWatchEmulator } from './night-watch/emulator.ts';
import { nightWatch } from './night-watch/index.ts';

const block = readFileSync(new URL('night-watch/schema.graphql', import.meta.url), 'utf8');

/** The registry's line, and the schema's block. */
export const three = { sources: { ...sources, NIGHT_WATCH: nightWatch }, schema: `${readSchema()}\n${block}` };

export interface BedOfThree extends TestBed {
  readonly nightWatch: StartedEmulator<object>;
}

export async function startBedOfThree(
  environment: Environment = {},
  {
    world = createTruthWorld(),
    log = silentLog,
    made = three,
  }: { world?: World; log?: Log; made?: Pick<typeof three, 'schema'> & { sources: typeof three.sources } } = {},
): Promise<BedOfThree> {
  const known = new Map([
    [values.MALICIOUS, { value: values.MALICIOUS, danger: 91, reports: 7, last_report: '2026-05-01T00:00:00Z' }],
    [values.INFORMATIONAL, { value: values.INFORMATIONAL, danger: 3, reports: 1 }],
    [values.BENIGN, { value: values.BENIGN, danger: 0, reports: 1 }],
  ]);
  const emulator = await startKind(nightWatchEmulator, known);
  const own = { NIGHT_WATCH_URL: emulator.url, NIGHT_WATCH_TIMEOUT_MS: '9000', ...nightWatchEmulator.credentials };
  const bed = await startTestBed({ ...patient, ...own, ...environment }, { world }, undefined, log, made);
  return {
    ...bed,
    nightWatch: emulator,
    async stop() {
      await bed.stop();
      await emulator.close();
    },
  };
}
