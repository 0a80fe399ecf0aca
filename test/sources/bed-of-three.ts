/** The gateway with a third source, which is registered only here. */
import { readFileSync } from 'node:fs';
import type { Environment } from '../../src/config/variables.ts';
import type { DataSet } from '../../src/emulators/data-set.ts';
import { type StartedEmulator, startKind } from '../../src/emulators/emulators.ts';
import { readSchema } from '../../src/graphql/schema.ts';
import type { Log } from '../../src/observability/log.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { silentLog } from '../setup/silent-log.ts';
import { twoSources } from '../setup/two-sources.ts';
import { createVerdictDataSet, patient, values } from '../verdicts/bed.ts';
import { accused } from './contract.ts';
import { type NightWatchData, nightWatchEmulator } from './night-watch/emulator.ts';
import { nightWatch } from './night-watch/index.ts';

const block = readFileSync(new URL('night-watch/schema.graphql', import.meta.url), 'utf8');

/** The third source's entry in the registry and its part of the schema. */
export const three = { sources: { ...twoSources, NIGHT_WATCH: nightWatch }, schema: `${readSchema()}\n${block}` };

export interface BedOfThree extends TestBed {
  readonly nightWatch: StartedEmulator<object>;
}

interface BedOptions {
  readonly dataSet?: DataSet;
  readonly log?: Log | undefined;
  readonly made?: Pick<typeof three, 'schema'> & { readonly sources: typeof three.sources };
}

export async function startBedOfThree(
  environment: Environment = {},
  { dataSet = createVerdictDataSet(), log = silentLog, made = three }: BedOptions = {},
): Promise<BedOfThree> {
  const known: NightWatchData = new Map([
    [values.INFORMATIONAL, { value: values.INFORMATIONAL, danger: 3, reports: 1 }],
    [values.BENIGN, { value: values.BENIGN, danger: 0, reports: 1 }],
  ]);
  for (const value of [values.MALICIOUS, accused]) nightWatchEmulator.accuse(known, value);
  const emulator = await startKind(nightWatchEmulator, known);
  const own = { NIGHT_WATCH_URL: emulator.url, NIGHT_WATCH_TIMEOUT_MS: '9000', ...nightWatchEmulator.credentials };
  const bed = await startTestBed({ ...patient, ...own, ...environment }, { dataSet }, undefined, log, made);
  return {
    ...bed,
    nightWatch: emulator,
    async stop() {
      await bed.stop();
      await emulator.close();
    },
  };
}
