/** Answers of ten thousand records: the same as small ones, and made while others have their turns. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Answer, startTestBed, type TestBed } from '../setup/gateway.ts';

const values = Array.from({ length: 10 }, (_, index) => `large-${index}.example.org`);
const recordsOfEach = 1000;
const fields = `value memberships { id recordId list { name confidence } state value lastSeen updatedAt flags
  properties(names: ["comment"]) { value } }`;
const ask = (name: string) => `query ${name}($v: [String!]!) { indicators(values: $v) { ${fields} } }`;

/** What passes for the time of the gateway, beside the machine's. */
let passed = 0;
/** Called when the gateway looks at its clock. */
let onLook = () => {};
const clock = {
  wall: () => systemClock.wall() + passed,
  monotonic() {
    onLook();
    return systemClock.monotonic() + passed;
  },
};

let bed: TestBed;
beforeEach(async () => {
  [passed, onLook] = [0, () => {}];
  bed = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '0' }, {}, undefined, undefined, { clock });
  for (const value of values)
    for (let index = 0; index < recordsOfEach; index += 1)
      bed.emulators.dataSet.argus.add({ value, list: index % 2 === 0 ? 'phishing' : 'scanners', state: 'active' });
});
afterEach(() => bed.stop());

/** Resolves with the head of the response. */
const post = (query: string): Promise<Response> =>
  fetch(`${bed.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { v: values } }),
  });

const recordsIn = ({ data }: Answer): number =>
  data.indicators.reduce((sum: number, { memberships }: { memberships: unknown[] }) => sum + memberships.length, 0);

describe('An answer of ten thousand records', () => {
  it('says the same whichever way it is made, and asks the source once', async () => {
    const first = await bed.ask(ask('A'), { v: values });
    expect(first.errors).toBeUndefined();
    expect(recordsIn(first)).toBe(values.length * recordsOfEach);
    const searches = bed.emulators.argus.requests.length;
    for (const name of ['A', 'A', 'A', 'B']) expect((await bed.ask(ask(name), { v: values })).text).toBe(first.text);
    for (const [index, value] of values.entries()) {
      const { data } = await bed.ask(ask('One'), { v: [value] });
      expect(data.indicators[0]).toEqual(first.data.indicators[index]);
    }
    expect(bed.emulators.argus.requests).toHaveLength(searches);
  }, 60_000);

  it('leaves timers their turns while it is made', async () => {
    await bed.ask(ask('A'), { v: values });
    let turns = 0;
    let timer: NodeJS.Timeout | undefined;
    onLook = () => {
      timer ??= setInterval(() => {
        turns += 1;
      }, 1);
    };
    const response = await post(ask('B'));
    clearInterval(timer);
    await response.text();
    expect(turns).toBeGreaterThanOrEqual(8);
  }, 60_000);

  it('ends where its deadline passes while it is written', async () => {
    await bed.ask(ask('A'), { v: values });
    let isOver = false;
    const letTimePass = () => {
      passed += 2000;
      if (!isOver) setImmediate(letTimePass);
    };
    onLook = () => {
      onLook = () => {};
      setImmediate(letTimePass);
    };
    const response = await post(ask('B'));
    isOver = true;
    const { data, errors } = await response.json();
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: 'The deadline of the operation passed while its answer was written: ask for fewer values or records.',
        extensions: { code: 'DEADLINE_EXCEEDED' },
      },
    ]);
  }, 60_000);
});
