/** A client that leaves in the middle of its operation. */
import { afterEach, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
afterEach(() => bed.stop());

const nested = `query Nested($v: [String!]!) {
  indicators(values: $v) { value memberships { value indicator { value verdict { level } } } } }`;
const plain = 'query Plain($v: [String!]!) { indicators(values: $v) { value memberships { value } } }';

it('What was not gathered for a client that has gone is not kept as null for the next', async () => {
  bed = await startTestBed();
  const { argus } = bed.emulators;
  for (const value of ['m.example.org', 'z.example.org'])
    bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
  for (let sighting = 0; sighting < 3; sighting += 1) await bed.ask(nested, { v: ['z.example.org'] });
  await bed.ask(plain, { v: ['m.example.org'] });
  argus.faults.add({ kind: 'hang' });
  const leaver = new AbortController();
  const left = fetch(`${bed.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    signal: leaver.signal,
    body: JSON.stringify({ query: nested, variables: { v: ['m.example.org', 'new.example.org'] } }),
  }).catch(() => 'left');
  await expect.poll(() => argus.faults.during(0, Number.POSITIVE_INFINITY).some(({ hits }) => hits > 0)).toBe(true);
  leaver.abort();
  expect(await left).toBe('left');
  argus.faults.clear();
  for (let turn = 0; turn < 20; turn += 1) await bed.ask('{ __typename }');
  const { data, errors } = await bed.ask(nested, { v: ['m.example.org'] });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ indicators: [{ memberships: [{ indicator: { verdict: { level: 'MALICIOUS' } } }] }] });
});
