/** Searches become smaller while others wait for a slot. */
import { expect, it } from 'vitest';
import { startTestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

const query = 'query ($values: [String!]!) { indicators(values: $values) { memberships { value } } }';
const valuesOf = (name: string, length: number) => Array.from({ length }, (_, index) => `${name}${index}.example.org`);

it('Values that waited for one search too large for Argus are all answered, by two', async () => {
  const bed = await startTestBed({ ARGUS_CONCURRENCY: '1' }, { argusBehaviours: { valuesCap: 10 } });
  try {
    const { requests, faults } = bed.emulators.argus;
    const sizes = () => requests.filter(({ path }) => path.endsWith('/search')).map(({ values }) => values.length);
    faults.add({ kind: 'latency', ms: 300 });
    const refused = bed.ask(query, { values: valuesOf('refused', 12) });
    await until(() => sizes().join() === '12,10,2', 'the last part is under way');
    // It takes the slot next, so that the others still wait when the search that was refused is known to be too large.
    const other = bed.ask('{ indicator(value: "other.example.org") { memberships(states: [OLD]) { value } } }');
    const { data, errors } = await bed.ask(query, { values: valuesOf('waiting', 15) });
    expect(errors).toBeUndefined();
    expect(data.indicators).toEqual(Array.from({ length: 15 }, () => ({ memberships: [] })));
    expect(sizes()).toEqual([12, 10, 2, 1, 10, 5]);
    await Promise.all([refused, other]);
  } finally {
    await bed.stop();
  }
});
