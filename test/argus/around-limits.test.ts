/** What is told of what lies around a value: where it was looked for, where that is proved, where one of two searches fell short. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let dataSet: DataSet;
let bed: TestBed;
beforeEach(async () => {
  dataSet = createDataSet();
  dataSet.argus.addList({ shortName: 'list', confidence: 0.9 });
  bed = await startTestBed({ CACHE_FRESH_SECONDS: '0', CACHE_NEGATIVE_SECONDS: '0' }, { dataSet });
});
afterEach(() => bed.stop());

async function limitsOf(value: string, fields: string): Promise<readonly string[]> {
  const { data } = await bed.ask(`{ indicator(value: "${value}") { ${fields} sources { source limits } } }`);
  return data.indicator.sources.find(({ source }: { source: string }) => source === 'ARGUS').limits;
}

it('that parents of a domain are found is documented, that blocks around an address are must be seen once', async () => {
  dataSet.argus.add({ value: '198.51.100.0/24', list: 'list' });
  const around = 'memberships { value } covering { value }';
  expect(await limitsOf('a.example.org', 'memberships { value }')).toContain('EXACT_VALUE_ONLY');
  expect(await limitsOf('a.example.org', around)).not.toContain('EXACT_VALUE_ONLY');
  expect(await limitsOf('a.example.org', 'verdict { level }')).not.toContain('EXACT_VALUE_ONLY');
  expect(await limitsOf('192.0.2.7', around)).toContain('EXACT_VALUE_ONLY');
  expect(await limitsOf('198.51.100.7', around)).not.toContain('EXACT_VALUE_ONLY');
  expect(await limitsOf('192.0.2.7', around)).not.toContain('EXACT_VALUE_ONLY');
});

it('of a block, what lies around it is not said to be nothing where only the search for that fell short', async () => {
  dataSet.argus.add({ value: '198.51.100.0/24', list: 'list' });
  dataSet.argus.add({ value: '198.51.0.0/16', list: 'list' });
  bed.emulators.argus.faults.add({ kind: 'missingRows', value: '198.51.0.0/16' });
  const { data, errors } = await bed.ask(
    '{ indicator(value: "198.51.100.0/24") { memberships { value } covering { value } } }',
  );
  expect(data.indicator).toEqual({ memberships: [{ value: '198.51.100.0/24' }], covering: null });
  expect(errors?.map(({ path, extensions }) => [path[1], extensions.code])).toEqual([
    ['covering', 'UPSTREAM_MALFORMED'],
  ]);
});
