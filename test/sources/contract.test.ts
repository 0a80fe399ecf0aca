/** Tests the contract of `contract.ts` on every registered source. */
import { describe, expect, it } from 'vitest';
import { type EmulatorName, emulatorSet } from '../../src/emulators/set.ts';
import { sources } from '../../src/sources/index.ts';
import type { Sources } from '../../src/sources/source.ts';
import { play, readings, sampleOf } from '../readings/sample.ts';
import { startTestBed } from '../setup/gateway.ts';
import { patient } from '../verdicts/bed.ts';
import { createAccusingDataSet, describeContract } from './contract.ts';

const registered: Sources = sources;
/** Chooses the readings. */
const seed = 3;

describe('the registry', () => {
  it('has an emulator for each of its sources, in its order, and each source bears its own name', () => {
    expect(Object.keys(emulatorSet)).toEqual(Object.keys(registered).map(name => name.toLowerCase()));
    for (const [name, source] of Object.entries(registered)) expect(source.name).toBe(name);
  });
});

for (const source of Object.values(registered)) {
  const name = source.name.toLowerCase() as EmulatorName;
  describeContract({
    source,
    credentials: emulatorSet[name].credentials,
    readings: sampleOf(
      readings.filter(reading => Object.hasOwn(reading, name)),
      12,
      seed,
    ).map(reading => ({ name: reading.name, play: ({ emulators }) => play(emulators, reading) })),
    async start(environment, log) {
      const bed = await startTestBed(
        { ...patient, ...environment },
        { dataSet: createAccusingDataSet() },
        undefined,
        log,
        {
          sources: registered,
        },
      );
      return { ...bed, emulator: bed.emulators[name] };
    },
  });
}
