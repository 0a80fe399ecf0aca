/** Into which parts a search is divided that Argus refused or doubted, told by the number of values of each call. */
import { expect, it } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import type { TestBed } from '../setup/gateway.ts';
import { playing } from './reading.ts';
import { crowdedWorld } from './world.ts';

const world = crowdedWorld();
const entries = world.entries.filter(({ value }) => value.startsWith('n'));
const values = entries.map(({ value }) => value);
const [first = '', middle = '', last = ''] = [values[0], values[5], values[39]];
const others = values.filter(value => value !== middle);
const absences = entries.filter(({ kind }) => kind === 'unknown').map(({ value }) => value);

const times = (count: number, size: number): readonly number[] => Array.from({ length: count }, () => size);

type Row = readonly [
  title: string,
  behaviours: Partial<ArgusBehaviours>,
  sizes: readonly number[],
  lost: number | readonly string[],
];

const byValue = [40, 25, 10, 5, 5, 30, 30, 3, 2, 2, 1, 1, 1];

const rows: readonly Row[] = [
  ['more than 10 values are too many', { valuesCap: 10, valuesOver: 'criterion' }, [40, 25, ...times(4, 10)], []],
  ['so are more than 4, by 413', { valuesCap: 4, valuesOver: '413' }, [40, 25, 10, 5, ...times(20, 2)], []],
  ['the eleventh value is named twice', { valuesCap: 10, valuesOver: 'item' }, [40, 39, 11, ...times(4, 10)], []],
  ['the last value is one too many', { valuesCap: 39, valuesOver: 'item' }, [40, 39, 1], []],
  ['each search may have one', { valuesCap: 1, valuesOver: 'criterion' }, [40, 25, 10, 5, 2, ...times(28, 1)], 12],
  [
    'each search may have one, and the next is named',
    { valuesCap: 1, valuesOver: 'item' },
    [40, 39, 2, ...times(30, 1)],
    10,
  ],
  ['the first value is named', { refusedValue: first }, [40, 39], [first]],
  ['a value is named', { refusedValue: middle }, [40, 39], [middle]],
  ['the last value is named', { refusedValue: last }, [40, 39, 1], [last]],
  ['a value is refused without being named', { refusedValue: middle, refusedValueAs: 'criterion' }, byValue, [middle]],
  ['a value is refused without a word', { refusedValue: middle, refusedValueAs: '400' }, byValue, [middle]],
  [
    'a value is named, and more than 10 are too many',
    { refusedValue: middle, valuesCap: 10, valuesOver: 'criterion' },
    [40, 25, 10, 9, 10, 10, 10],
    [middle],
  ],
  [
    'a value is refused without a word, and more than 10 are too many',
    { refusedValue: middle, refusedValueAs: '400', valuesCap: 10, valuesOver: 'criterion' },
    [40, 25, 10, 5, 5, 30, 25, 10, 10, 10, 5, 3, 2, 2, 1, 1, 1],
    [middle],
  ],
  ['each answer is partial', { partialResult: 'true' }, [40, 1], absences],
  ['each answer is partial and empty', { partialResult: 'true', partialRows: 'none' }, [40, 1], values],
];

const sizesOf = ({ emulators }: TestBed): readonly number[] =>
  emulators.argus.requests.map(({ body }) => Object(body).value.length);

/** Those about which Argus was not heard. */
async function unheardIn(bed: TestBed, asked = values): Promise<readonly string[]> {
  const { data } = await bed.ask(
    'query ($values: [String!]!) { indicators(values: $values, maxAgeSeconds: 0) { value memberships { value } } }',
    { values: asked },
  );
  const unheard = data.indicators.filter((one: { memberships: unknown }) => one.memberships === null);
  return unheard.map((one: { value: string }) => one.value);
}

it.each(rows)('where %s, the parts are no more than it takes to find the cause', async (_, behaviours, sizes, lost) => {
  await playing(world, { behaviours }, async bed => {
    const unheard = await unheardIn(bed);
    expect(sizesOf(bed)).toEqual(sizes);
    expect(typeof lost === 'number' ? unheard.length : unheard).toEqual(lost);
  });
});

it('a row of nobody costs the values without a record their answer, and a batch no more than 32 further calls', async () => {
  await playing(world, { behaviours: { foreignRow: 'domain' } }, async bed => {
    expect(await unheardIn(bed)).toEqual(absences);
    expect(bed.emulators.argus.requests).toHaveLength(33);
  });
});

it('partial answers are asked again in halves where others were whole, until a value by itself has none', async () => {
  const listedFirst = values.toSorted((a, b) => Number(absences.includes(a)) - Number(absences.includes(b)));
  const behaviours = { partialResult: 'true', valuesCap: 10, valuesOver: 'criterion' } as const;
  await playing(world, { behaviours }, async bed => {
    expect(await unheardIn(bed, listedFirst)).toEqual(absences);
    expect(sizesOf(bed)).toEqual([40, 25, 10, 10, 10, 10, 2, 1]);
  });
});

it.each(['item', 'criterion', '400'] as const)(
  'a value that was refused, by %s, makes later searches no smaller',
  async refusedValueAs => {
    await playing(world, { behaviours: { refusedValue: middle, refusedValueAs } }, async bed => {
      await unheardIn(bed);
      bed.emulators.argus.clearRequests();
      expect(await unheardIn(bed, others)).toEqual([]);
      expect(bed.emulators.argus.requests).toHaveLength(1);
    });
  },
);

it.each<[string, Partial<ArgusBehaviours>]>([
  ['refused', { refusedValue: middle }],
  ['answered in part', { partialResult: 'true', partialRows: 'none' }],
])('one value that is %s is not searched for again', async (_, behaviours) => {
  await playing(world, { behaviours }, async bed => {
    expect(await unheardIn(bed, [middle])).toEqual([middle]);
    expect(sizesOf(bed)).toEqual([1]);
  });
});

it.each([403, 408, 503])('a search that fails with %d is no reason for smaller ones', async status => {
  await playing(world, { behaviours: {}, faults: [{ kind: 'status', status }] }, async bed => {
    expect(await unheardIn(bed)).toEqual(values);
    expect([...new Set(sizesOf(bed))]).toEqual([values.length]);
  });
});
