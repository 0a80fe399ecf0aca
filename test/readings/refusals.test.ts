/** What Argus has refused once is not tried again, and what it names is all that is lost. */
import { expect, it } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { ask, playing, searchesOf } from './reading.ts';
import { crowdedWorld } from './world.ts';

const world = crowdedWorld();
const domains = world.entries.map(({ value }) => value).filter(value => value.startsWith('n'));

const refusedOf = ({ emulators }: TestBed): number =>
  emulators.argus.requests.filter(({ status = 200 }) => status >= 400).length;

const sizes: readonly Partial<ArgusBehaviours>[] = [
  ...(['criterion', 'item', 'nothing', '413', '400'] as const).map(valuesOver => ({ valuesCap: 10, valuesOver })),
  { limitCap: 100, limitOver: '412' },
];

it.each(sizes)('a size that was refused (%j) is remembered by the next operation', async behaviours => {
  await playing(world, { behaviours }, async bed => {
    await ask(bed, domains, 'records');
    expect(refusedOf(bed)).toBeGreaterThan(0);
    bed.emulators.argus.clearRequests();
    const told = await ask(bed, domains, 'records');
    expect(told.filter(({ isMissing }) => isMissing)).toEqual([]);
    expect(refusedOf(bed)).toBe(0);
    const { valuesCap = domains.length } = behaviours;
    // Halves of halves: a half that fits may be little more than half of what would.
    expect(searchesOf(bed)).toBeLessThanOrEqual(2 * Math.ceil(domains.length / valuesCap) + 2);
  });
});

it('a value that a refusal names is taken out, for one call more', async () => {
  const refusedValue = domains[7] ?? '';
  await playing(world, { behaviours: { refusedValue } }, async bed => {
    const told = await ask(bed, domains, 'records');
    expect(told.flatMap(({ isMissing }, index) => (isMissing ? [domains[index]] : []))).toEqual([refusedValue]);
    expect(searchesOf(bed)).toBe(2);
  });
});

it('a size that was refused for a while is forgotten after ten minutes', async () => {
  const clock = createTestClock();
  const bed = await startTestBed({}, { argusBehaviours: { valuesCap: 2 } }, undefined, undefined, { clock });
  try {
    const searches = async () => {
      bed.emulators.argus.clearRequests();
      const values = domains.slice(0, 20);
      await bed.ask(
        'query ($values: [String!]!) { indicators(values: $values, maxAgeSeconds: 0) { memberships { value } } }',
        { values },
      );
      return searchesOf(bed);
    };
    await searches();
    bed.emulators.argus.behaviours.valuesCap = 0;
    expect(await searches()).toBe(10);
    clock.pass(599_000);
    expect(await searches()).toBe(10);
    clock.pass(2000);
    expect(await searches()).toBe(1);
  } finally {
    await bed.stop();
  }
});
