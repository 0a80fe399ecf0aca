import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { postQuery } from '../setup/gateway.ts';
import { type GatewayProcess, startGatewayProcess } from './own-process.ts';

const one =
  'query ($value: String!) { indicator(value: $value) { value threatScore memberships { list { shortName } } } }';
const many =
  'query ($values: [String!]!) { indicators(values: $values) { value threatScore memberships { list { shortName } } } }';

let emulators: Emulators;
let gateway: GatewayProcess;
beforeAll(async () => {
  emulators = await startEmulators();
  gateway = await startGatewayProcess(emulators);
});
afterAll(async () => {
  await gateway.stop();
  await emulators.close();
});
afterEach(() => {
  emulators.datadog.clearRequests();
  emulators.argus.clearRequests();
  emulators.datadog.faults.clear();
  emulators.argus.faults.clear();
});

const searches = () => emulators.argus.requests.filter(({ path }) => path.endsWith('/search'));
const lookups = () => emulators.datadog.lookups;
const hosts = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example.org`);

/** Each value has a score and two lists of its own, so that an answer to another question is seen. */
function know(values: readonly string[]): void {
  const { argus, datadog } = emulators.dataSet;
  values.forEach((value, index) => {
    datadog.add(value, { attributes: { score: index } });
    for (const shortName of listsOf(value)) {
      argus.addList({ shortName });
      argus.add({ value, list: shortName });
    }
  });
}
const listsOf = (value: string) => [`a-${value}`, `b-${value}`];

function expectRight(indicator: unknown, value: string, index: number): void {
  expect(indicator).toEqual({
    value,
    threatScore: index,
    memberships: expect.arrayContaining(listsOf(value).map(shortName => ({ list: { shortName } }))),
  });
}

/** Milliseconds that it took. */
async function storm(name: string): Promise<number> {
  const values = hosts(100, name);
  know(values);
  const slow = [emulators.datadog, emulators.argus];
  for (const { faults } of slow) faults.add({ kind: 'latency', ms: 60 });
  const began = performance.now();
  const answers = await Promise.all(values.map(value => postQuery(gateway.url, one, { value })));
  const took = performance.now() - began;
  answers.forEach(({ data }, index) => {
    expectRight(data.indicator, values[index] as string, index);
  });
  return took;
}

/** A machine so busy that the operations do not arrive at once any more makes smaller batches of them. */
const starvedMs = 1500;

describe('a hundred operations at once', () => {
  it('about another value each cost a cold process at most 25 searches, and every answer is right', async () => {
    const took = await storm('cold');
    expect(lookups()).toHaveLength(100);
    expect(searches().length).toBeLessThanOrEqual(took < starvedMs ? 25 : 60);
  });

  it('cost a process that has answered such a storm before at most 12', async () => {
    const took = await storm('warm');
    expect(lookups()).toHaveLength(100);
    expect(searches().length).toBeLessThanOrEqual(took < starvedMs ? 12 : 40);
    expect(emulators.argus.concurrentPeak).toBeLessThanOrEqual(4);
  });

  it('cost nothing when all of it is cached', async () => {
    const answers = await Promise.all(hosts(100, 'warm').map(value => postQuery(gateway.url, one, { value })));
    answers.forEach(({ data }, index) => {
      expectRight(data.indicator, `warm-${index}.example.org`, index);
    });
    expect([...lookups(), ...emulators.argus.requests]).toEqual([]);
  });

  it('about the same value cost one call per source', async () => {
    know(['same.example.org']);
    for (const { faults } of [emulators.datadog, emulators.argus]) faults.add({ kind: 'latency', ms: 300 });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => postQuery(gateway.url, one, { value: 'same.example.org' })),
    );
    for (const { data } of answers) expectRight(data.indicator, 'same.example.org', 0);
    expect(lookups()).toHaveLength(1);
    expect(searches()).toHaveLength(1);
  });
});

describe('one operation', () => {
  it('about sixty values, fifty of them warm, costs ten lookups and one search of ten values', async () => {
    const values = hosts(60, 'mixed');
    know(values);
    await postQuery(gateway.url, many, { values: values.slice(5, 55) });
    emulators.datadog.clearRequests();
    emulators.argus.clearRequests();
    const { data } = await postQuery(gateway.url, many, { values });
    values.forEach((value, index) => {
      expectRight(data.indicators[index], value, index);
    });
    expect(lookups()).toHaveLength(10);
    expect(searches().map(search => search.values)).toEqual([[...values.slice(0, 5), ...values.slice(55)]]);
  });

  it('whose values are cached with other properties each is still one search', async () => {
    const [first, second, third] = hosts(3, 'props') as [string, string, string];
    know([first, second, third]);
    const withProperties = `query ($values: [String!]!, $names: [String!]!) {
      indicators(values: $values) { memberships { properties(names: $names) { shortName } } } }`;
    const ask = (values: readonly string[], names: readonly string[]) =>
      postQuery(gateway.url, withProperties, { values, names });
    await ask([first], ['comment']);
    await ask([second], ['role']);
    emulators.argus.clearRequests();
    await ask([first, second, third], ['campaign']);
    expect(searches()).toHaveLength(1);
    await ask([first, third], ['campaign', 'comment']);
    await ask([second], ['role']);
    expect(searches()).toHaveLength(1);
  });

  it('of more values than one search takes asks the rest in another', async () => {
    const values = hosts(501, 'large');
    const large = await startGatewayProcess(emulators, { MAX_VALUES: '501' });
    const { data } = await postQuery(large.url, many, { values });
    expect(data.indicators).toHaveLength(501);
    const asked = searches().map(search => search.values);
    expect(asked.map(({ length }) => length).sort()).toEqual([1, 500]);
    expect(new Set(asked.flat())).toEqual(new Set(values));
    await large.stop();
  });

  it('on an idle gateway waits for no window: its search leaves as soon as its lookup does', async () => {
    const gaps: number[] = [];
    for (const value of hosts(20, 'idle')) {
      emulators.datadog.clearRequests();
      emulators.argus.clearRequests();
      await postQuery(gateway.url, one, { value });
      gaps.push((searches()[0]?.at ?? Number.NaN) - (lookups()[0]?.at ?? Number.NaN));
    }
    // The smallest of many: a busy machine delays one or the other, a window would delay every one.
    expect(Math.min(...gaps)).toBeLessThanOrEqual(2);
  });
});
