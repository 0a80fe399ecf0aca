/** What a caller can make large has a price, and a bound that is checked before anything is asked. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { type Answer, startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '0' });
});
afterEach(() => bed.stop());

const calls = () => bed.emulators.datadog.lookups.length + bed.emulators.argus.requests.length;
const refused = { status: 400, code: 'OPERATION_TOO_LARGE', calls: 0 };
const outcome = ({ status, errors = [] }: Answer) => ({ status, code: errors[0]?.extensions.code, calls: calls() });
const points = async (query: string, variables: Record<string, unknown> = {}): Promise<number> => {
  const { text } = await bed.ask(query, variables, { 'x-enrichment-estimate': '1' });
  return JSON.parse(text).extensions.estimate.indicators;
};
const list = (count: number, name = 'z') => Array.from({ length: count }, (_, index) => `${name}${index}`);
const aliases = (count: number, field: string) =>
  list(count, 'a')
    .map(alias => `${alias}: ${field}`)
    .join(' ');
const onCrowded = (fields: string) => `{ indicator(value: "crowded.example.org") { ${fields} } }`;

describe('Names of properties', () => {
  const named = (names: readonly string[]) => `properties(names: ${JSON.stringify(names)}) { value }`;

  it.each([
    ['in one field', onCrowded(`memberships { ${named(list(51))} }`)],
    ['in several fields together', onCrowded(`memberships { a: ${named(list(30))} b: ${named(list(30, 'y'))} }`)],
    ['in several places', onCrowded(`memberships { ${named(list(30))} } covering { ${named(list(30, 'y'))} }`)],
    ['on pages', `{ reputationRecords(first: 2) { edges { node { ${named(list(51))} } } } }`],
    [
      'below a host',
      `{ indicator(value: "http://evil.example.org/") { host { argus { memberships { ${named(list(51))} } } } } }`,
    ],
    ['of a record', `{ node(id: "x") { ... on ReputationRecord { ${named(list(51))} } } }`],
  ])('more than fifty different ones are refused before anything is asked: %s', async (_, query) => {
    expect(outcome(await bed.ask(query))).toEqual(refused);
    expect(outcome(await bed.ask(query))).toEqual(refused);
  });

  it('the same of a variable; the message says how many there may be', async () => {
    const query = `query ($n: [String!]!) ${onCrowded('memberships { properties(names: $n) { value } }')}`;
    const answer = await bed.ask(query, { n: list(51) });
    expect(outcome(answer)).toEqual(refused);
    expect(answer.errors?.[0].message).toContain('at most 50');
    expect(outcome(await bed.ask(query, { n: list(50) }))).toMatchObject({ status: 200 });
    expect(outcome(await bed.ask(query, { n: list(51) }))).toMatchObject({ status: 400 });
  });

  it('a repeated name is one, and costs as often as it is answered', async () => {
    const names = Array.from({ length: 400 }, () => 'comment');
    const { status } = await bed.ask(onCrowded(`memberships { ${named(names)} }`));
    expect(status).toBe(200);
    expect(await points(onCrowded(`memberships { ${named(names)} }`))).toBe(4);
    expect(await points(onCrowded(aliases(20, `memberships { ${named(names.slice(0, 40))} }`)))).toBe(8);
    expect(await points(`{ reputationRecords(first: 200) { nodes { ${named(list(50))} } } }`)).toBe(100);
  });

  it('an unknown one is told once, with the number of its places, whichever way the answer is made', async () => {
    const query = onCrowded(aliases(20, `memberships { ${named(['nothing', 'comment', 'nothing'])} }`));
    const first = await bed.ask(query);
    const places = 20 * 2 * first.data.indicator.a0.length;
    expect(first.errors).toHaveLength(1);
    expect(first.errors?.[0]).toMatchObject({
      message: expect.stringContaining('"nothing"'),
      path: ['indicator', 'a0', 0, 'properties', 0],
      extensions: { code: 'BAD_USER_INPUT', source: 'ARGUS', property: 'nothing', occurrences: places },
    });
    expect(places).toBeGreaterThan(1000);
    for (const _ of [1, 2, 3]) expect((await bed.ask(query)).text).toBe(first.text);
    const small = await bed.ask(onCrowded(`memberships { ${named(['nothing'])} }`).replace('crowded', 'evil'));
    expect(small.errors).toHaveLength(1);
    expect(small.errors?.[0].extensions.occurrences).toBe(small.data.indicator.memberships.length);
  });
});

describe('Texts', () => {
  const extractAll = (count: number, text = '$t') =>
    `query ($t: String!) { ${aliases(count, `extractIndicators(text: ${text}) { id }`)} }`;

  it('cost the indicators in them, or their size where that is more, each once', async () => {
    const long = 'nothing to see here, '.repeat(5_000);
    const kilobytes = Math.ceil(long.length / 1024);
    expect(await points(extractAll(1), { t: long })).toBe(kilobytes);
    expect(await points(extractAll(20), { t: long })).toBe(kilobytes);
    expect(await points(extractAll(1), { t: 'evil.example.org and 192.0.2.1' })).toBe(2);
    expect(await points(extractAll(1), { t: 'nothing' })).toBe(1);
    expect(await points(`query ($t: String!) { extract(text: $t) { start } }`, { t: long })).toBe(kilobytes);
  });

  it('are searched once in an operation, however often they are named', async () => {
    const text = (end: number) => `${'a.b '.repeat(20_000)}${end}`;
    const cpuOf = async (count: number, end: number) => {
      const before = process.cpuUsage();
      expect((await bed.ask(extractAll(count), { t: text(end) })).status).toBe(200);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    await cpuOf(1, 0);
    const [once, often] = [await cpuOf(1, 1), await cpuOf(20, 2)];
    expect(often).toBeLessThan(5 * once);
  });

  it('that are too long together are refused before they are searched', async () => {
    const query = `query ($a: String!, $b: String!) { a: extractIndicators(text: $a) { id } b: extract(text: $b) { start } }`;
    const half = 'a'.repeat(140_000);
    const answer = await bed.ask(query, { a: `${half}a`, b: `${half}b` });
    expect(outcome(answer)).toEqual(refused);
    expect(answer.errors?.[0].message).toContain('262144 bytes together');
    expect((await bed.ask(query, { a: half, b: half })).status).toBe(200);
  });
});

describe('What was sent', () => {
  it('is shown cut where it is long', async () => {
    const value = 'x'.repeat(900_000);
    const query = `query ($v: [String!]!) { lookup(values: $v) { ${aliases(48, 'input')} problem } }`;
    for (const _ of [1, 2]) {
      const { data, text } = await bed.ask(query, { v: [value] });
      expect(data.lookup[0].a0).toBe(`${value.slice(0, 8192)}…`);
      expect(data.lookup[0].problem).toEqual(expect.any(String));
      expect(text.length).toBeLessThan(500_000);
    }
  });

  it.each([
    ['of another type', 'query ($v: Int) { indicator(value: "a", maxAgeSeconds: $v) { id } }', 'x'.repeat(900_000)],
    [
      'in a list',
      'query ($v: [MembershipStateFilter!]) { indicator(value: "a.org") { memberships(states: $v) { id } } }',
      ['x'.repeat(900_000)],
    ],
  ])('is cut in messages: %s', async (_, query, v) => {
    const { errors, status, text } = await bed.ask(query, { v });
    expect(status).toBe(400);
    expect(errors?.[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(text.length).toBeLessThan(10_000);
  });
});

describe('Fields', () => {
  it('cost a point for each five hundred that an operation selects, skipped ones included', async () => {
    const doubling = list(9, 'F').map((name, index) => `fragment ${name} on Indicator { ${below(index)} }`);
    const query = `query ($s: Boolean!) { indicator(value: "a.org") @skip(if: $s) { ...F8 } } ${doubling.join(' ')}`;
    expect(await points(query, { s: true })).toBe(5);
    expect(await points(query, { s: true })).toBe(5);
    expect(await points('{ __typename }')).toBe(1);
    expect(await points('{ sources { state } }')).toBe(1);
  });
});

/** Each level selects what is below it twice, which comes to 2,557 fields and fragments. */
const below = (level: number): string =>
  level === 0 ? 'id host { id value type } specialUse' : `...F${level - 1} host { ...F${level - 1} }`;

describe('A caller', () => {
  const limited = (perMinute: number) =>
    startTestBed({ ...apiKeyAuth({ soc: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: String(perMinute) });

  it('pays for what is refused as well, and is not even read when everything is spent', async () => {
    await bed.stop();
    bed = await limited(20);
    const statuses: number[] = [];
    for (let index = 0; index < 24; index += 1)
      statuses.push((await bed.ask(`{ nothing${index} }`, {}, as('soc'))).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 400));
    expect(statuses.slice(-3)).toEqual([429, 429, 429]);
    const { headers, errors } = await bed.ask('{ nothing }', {}, as('soc'));
    expect(errors?.[0].extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: Number(headers.get('retry-after')),
    });
  });

  it('pays for a long request that is refused by its length', async () => {
    await bed.stop();
    bed = await limited(30);
    await bed.ask(`{ nothing } # ${'x'.repeat(900_000)}`, {}, as('soc'));
    expect((await bed.ask('{ __typename }', {}, as('soc'))).status).toBe(429);
  });

  it('pays for a text before it is searched, and what it cannot pay is not searched', async () => {
    await bed.stop();
    bed = await limited(400);
    const query = 'query ($t: String!) { extractIndicators(text: $t) { id } }';
    const text = (end: number) => `${'a.b '.repeat(65_000)}${end}`;
    const cpuOf = async (end: number, status: number) => {
      const before = process.cpuUsage();
      expect((await bed.ask(query, { t: text(end) }, as('soc'))).status).toBe(status);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const searched = await cpuOf(0, 200);
    const refused = [await cpuOf(1, 429), await cpuOf(2, 429), await cpuOf(3, 429)];
    expect(Math.max(...refused)).toBeLessThan(searched / 4);
  });

  it('pays for the size of the answer where that is more than what was asked', async () => {
    await bed.stop();
    bed = await limited(200);
    const query = onCrowded(aliases(45, 'memberships { id value state list { name shortName } firstSeen lastSeen }'));
    const sizes: number[] = [];
    for (const _ of [1, 2, 3]) sizes.push((await bed.ask(query, {}, as('soc'))).text.length);
    expect(sizes[0]).toBeGreaterThan(256 * 1024);
    const paid = 3 * Math.ceil((sizes[0] ?? 0) / 16_384);
    const rest = await bed.ask(
      'query ($v: [String!]!) { indicators(values: $v) { id } }',
      { v: list(200 - paid + 5, 'h') },
      as('soc'),
    );
    expect(rest.status).toBe(429);
  });

  it('pays for the records that its answer rests on, however little of them it shows', async () => {
    await bed.stop();
    bed = await limited(20);
    const { dataSet } = bed.emulators;
    dataSet.argus.addList({ shortName: 'long' });
    for (let index = 0; index < 1_000; index += 1) dataSet.argus.add({ value: 'many.example.org', list: 'long' });
    const ask = async () =>
      (await bed.ask('{ indicator(value: "many.example.org") { memberships { state } } }', {}, as('soc'))).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  });
});
