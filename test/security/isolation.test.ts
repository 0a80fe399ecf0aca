import { Pool } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { viewIndicators } from '../../src/emulators/argus-permissions.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const values = Array.from({ length: 5 }, (_, i) => `shared-${i}.example.org`);
const rounds = 1_000;
const concurrent = 60;
const bodies = values.map((value, i) =>
  JSON.stringify({
    query: 'query ($v: [String!]!) { indicators(values: $v) { value memberships { list { shortName } } } }',
    // All combinations of values: alone, in pairs, all five.
    variables: { v: [value, ...values.slice(0, i)] },
  }),
);

let bed: TestBed;
let pool: Pool;
beforeAll(async () => {
  const dataSet = createDataSet();
  for (const tenant of ['a', 'b']) {
    dataSet.argus.addList({ shortName: `list-of-${tenant}` });
    for (const value of values) dataSet.argus.add({ value, list: `list-of-${tenant}` });
    const permissions = { functions: [viewIndicators], lists: [`list-of-${tenant}`], descriptors: 'all' as const };
    dataSet.argus.keys.set(`tenant/${tenant}/key`, permissions);
  }
  // So short that each round has some fresh facts, shared calls, batches and new calls.
  bed = await startTestBed(
    { ARGUS_KEY_FROM: 'caller', CACHE_FRESH_SECONDS: '0.02', CACHE_STALE_SECONDS: '0' },
    { dataSet },
  );
  pool = new Pool(bed.url, { connections: concurrent });
});
afterAll(async () => {
  await pool.destroy();
  await bed.stop();
});

async function ask(tenant: string, body: string | undefined): Promise<string> {
  const headers = { 'content-type': 'application/json', 'argus-api-key': `tenant/${tenant}/key` };
  const { body: answer } = await pool.request({ method: 'POST', path: '/graphql', headers, body: body ?? '' });
  return await answer.text();
}

it(`no row of one caller is ever in a response to the other: ${concurrent} operations at once, ${rounds.toLocaleString('en')} rounds`, async () => {
  let rows = 0;
  for (let round = 0; round < rounds; round += 1) {
    const asks = Array.from({ length: concurrent }, async (_, i) => {
      const tenant = (i + round) % 2 === 0 ? 'a' : 'b';
      const text = await ask(tenant, bodies[i % bodies.length]);
      return { tenant, text };
    });
    for (const { tenant, text } of await Promise.all(asks)) {
      const lists = text.match(/list-of-\w/g) ?? [];
      rows += lists.length;
      if (lists.length === 0 || lists.some(list => list !== `list-of-${tenant}`))
        expect(`${tenant}: ${text}`).toBe('his own');
    }
  }
  expect(rows).toBe((rounds * concurrent * (1 + 2 + 3 + 4 + 5)) / 5);
  // Both keys were sent many times, so they could have been mixed up.
  const keys = bed.emulators.argus.requests.map(({ headers }) => headers['argus-api-key']);
  for (const tenant of ['a', 'b'])
    expect(keys.filter(key => key === `tenant/${tenant}/key`).length).toBeGreaterThan(20);
}, 300_000);
