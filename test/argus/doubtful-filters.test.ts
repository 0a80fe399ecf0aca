/** Records that are left after a filter, where Argus sent fewer than it counted: what was sent stands, and nothing is absent. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';

const value = 'two.example.org';
const clock = createTestClock();
const dataSet = createDataSet({ now: Date.now() });
let bed: TestBed;
beforeAll(async () => {
  const { argus } = dataSet;
  for (const shortName of ['shown', 'withheld']) argus.addList({ shortName, confidence: 0.9 });
  bed = await startTestBed({}, { dataSet }, undefined, undefined, { clock });
});
afterAll(() => bed.stop());
afterEach(() => bed.emulators.argus.faults.clear());

type State = 'active' | 'latest' | 'old';

/** One record comes, and the other is only counted. */
async function ask(shown: State, withheld: State, fields: string) {
  const { argus } = dataSet;
  for (const { id } of argus.byValue(value)) argus.remove(id);
  argus.add({ value, list: 'shown', state: shown });
  argus.add({ value, list: 'withheld', state: withheld });
  bed.emulators.argus.faults.add({ kind: 'missingRows', every: 2 });
  return bed.ask(`{ indicator(value: "${value}", maxAgeSeconds: 0) { ${fields} } }`);
}

describe('where only one of two records came', () => {
  it.each([
    ['active', 'latest', 'LATEST'],
    ['latest', 'active', 'ACTIVE'],
    ['active', 'old', 'OLD'],
    ['old', 'active', 'ACTIVE, LATEST'],
  ] as const)('an %s one, nobody is told that there is none that is %s', async (shown, withheld, states) => {
    const fields = `memberships(states: [ACTIVE, LATEST, OLD]) { state }
      left: memberships(states: [${states}]) { state }
      argus(states: [${states}]) { report { status } memberships { state } membershipCount }`;
    const { data, errors } = await ask(shown, withheld, fields);
    expect(data.indicator).toEqual({
      memberships: [{ state: shown.toUpperCase() }],
      left: null,
      argus: { report: { status: 'MALFORMED' }, memberships: null, membershipCount: null },
    });
    expect(errors?.map(({ path, extensions }) => [path[1], extensions.code])).toEqual([['left', 'UPSTREAM_MALFORMED']]);
  });

  it('a superseded one, the verdict is not that nothing was found', async () => {
    const { data } = await ask('old', 'active', 'argus(states: [OLD]) { membershipCount } verdict { level missing }');
    expect(data.indicator).toEqual({
      argus: { membershipCount: 1 },
      verdict: { level: 'INCONCLUSIVE', missing: ['ARGUS'] },
    });
  });
});

describe('what covers a value', () => {
  it.each(['below.example.net', '192.0.2.7'])(
    'of which nothing is known is not told from a copy that is stale: %s',
    async name => {
      dataSet.argus.add({ value: name, list: 'shown' });
      const query = `{ indicator(value: "${name}") { memberships { state } covering { value } } }`;
      expect((await bed.ask(query)).data.indicator.covering).toEqual([]);
      clock.pass(400_000);
      bed.emulators.argus.faults.add({ kind: 'status', status: 500 });
      const { data, errors } = await bed.ask(query);
      expect(data.indicator).toEqual({ memberships: [{ state: 'ACTIVE' }], covering: null });
      expect(errors?.map(({ path, extensions }) => [path[1], extensions.code])).toEqual([
        ['covering', 'UPSTREAM_UNAVAILABLE'],
      ]);
      clock.pass(60_000);
    },
  );

  it.each([
    ['superseded', { state: 'old' }],
    ['deleted', { deleted: 1 }],
  ] as const)(
    'of which only a record that is %s came, with a warning, is not said to be nothing',
    async (name, past) => {
      const { argus } = dataSet;
      const { behaviours } = bed.emulators.argus;
      argus.add({ value: `${name}.example.net`, list: 'shown', ...past });
      const own = argus.add({ value: `below.${name}.example.net`, list: 'shown' });
      Object.assign(behaviours, { successMessages: 'WARNING', deletedInSearch: 'returned' });
      const { data, errors } = await bed.ask(`{ indicator(value: "below.${name}.example.net", maxAgeSeconds: 0) {
      memberships(states: [ACTIVE, OLD]) { recordId } covering { value } } }`);
      Object.assign(behaviours, { successMessages: 'none', deletedInSearch: 'omitted' });
      expect(data.indicator).toEqual({ memberships: [{ recordId: own.id }], covering: null });
      expect(errors?.map(({ path, extensions }) => [path[1], extensions.code])).toEqual([
        ['covering', 'UPSTREAM_MALFORMED'],
      ]);
    },
  );
});
