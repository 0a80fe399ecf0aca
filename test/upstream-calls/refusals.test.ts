/** An Argus that refuses, miscounts or shortens whatever it is asked costs a bounded number of calls and no false absence. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { type Answer, startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';

interface Search {
  readonly value?: readonly string[];
  readonly domainSearch?: { readonly domain: readonly string[] };
  readonly includeProperties?: readonly unknown[];
  readonly offset: number;
  readonly limit: number;
}

/** Status and body. */
type Reply = (search: Search) => readonly [number, object];

const textsOf = ({ value, domainSearch }: Search): readonly string[] => value ?? domainSearch?.domain ?? [];

const answered = (data: readonly object[], count: number, limit: number): readonly [number, object] => [
  200,
  { responseCode: 200, limit, offset: 0, count, size: data.length, data, messages: [], metaData: {} },
];
const refused = (fields: readonly string[]): readonly [number, object] => [
  412,
  { responseCode: 412, data: null, messages: fields.map(field => ({ message: 'no', type: 'FIELD_ERROR', field })) },
];

const recordOf = (value: string, number: number) => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  value,
  type: { shortName: 'domain', name: 'Domain' },
  indicatorList: { id: '1', shortName: 'feed', name: 'Feed', confidence: 0.9 },
  state: 'active',
  flags: [],
});

/** It names the first value of each search. */
const refusesEach: Reply = ({ value }) => refused([value === undefined ? 'domainSearch.domain[0]' : 'value[0]']);
const refusesEachWithoutName: Reply = () => refused([]);
const refusesAllProperties: Reply = search =>
  search.includeProperties === undefined
    ? countsTooMany(search)
    : [403, { responseCode: 403, data: null, messages: [] }];
const namesOneProperty: Reply = search =>
  search.includeProperties === undefined ? countsTooMany(search) : refused(['includeProperties[0].descriptor']);
const countsTooMany: Reply = search => {
  const texts = textsOf(search);
  return answered(texts.map(recordOf), texts.length > 1 ? 20_000 : 1, search.limit);
};
const oneRowAPage =
  (count: number): Reply =>
  search =>
    answered([recordOf(textsOf(search)[0] as string, search.offset)], count, 1);
const emptyPages: Reply = search => answered([], 20_000, search.limit);

let reply: Reply = refusesEach;
let searches: Search[] = [];
let argus: Server;
const clock = createTestClock();

beforeAll(async () => {
  argus = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const search = request.url?.endsWith('/search') ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    if (search !== undefined) searches.push(search);
    const [status, body] = search === undefined ? answered([], 0, 25) : reply(search);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>(resolve => argus.listen(0, '127.0.0.1', resolve));
});
afterAll(() => argus.close());

let bed: TestBed;
beforeEach(() => {
  searches = [];
});
afterEach(() => bed.stop());

async function start(environment: Record<string, string> = {}): Promise<void> {
  const { port } = argus.address() as AddressInfo;
  const slow = { REQUEST_DEADLINE_MS: '9500', ARGUS_TIMEOUT_MS: '9000' };
  bed = await startTestBed(
    { ARGUS_URL: `http://127.0.0.1:${port}`, ...slow, ...environment },
    {},
    undefined,
    undefined,
    { clock },
  );
}

const values = Array.from({ length: 500 }, (_, index) => `v${index}.example.org`);
const names = Array.from({ length: 50 }, (_, index) => `name-${index}`);
const lists = 'query ($values: [String!]!) { indicators(values: $values) { memberships { value } } }';
const live = 'query ($values: [String!]!) { indicators(values: $values, maxAgeSeconds: 0) { memberships { value } } }';
const verdicts =
  'query ($values: [String!]!) { indicators(values: $values) { verdict { level missing } sources { source status } } }';
const properties = `query ($values: [String!]!, $names: [String!]!) {
  indicators(values: $values) { memberships { properties(names: $names) { value } } } }`;

/** How many searches it took. */
async function searchesOf(asked: Promise<Answer>): Promise<number> {
  const before = searches.length;
  await asked;
  return searches.length - before;
}
const codesOf = ({ errors = [] }: Answer) => [...new Set(errors.map(({ extensions }) => extensions.code))];

describe('500 values', () => {
  it.each([
    ['of which each is refused by its name', refusesEach, 'UPSTREAM_REJECTED'],
    ['that are refused without a word', refusesEachWithoutName, 'UPSTREAM_REJECTED'],
    ['of which there are too many records wherever there are several', countsTooMany, 'UPSTREAM_TRUNCATED'],
    ['whose pages have no rows', emptyPages, 'UPSTREAM_TRUNCATED'],
    ['whose pages have one row each', oneRowAPage(5000), 'UPSTREAM_MALFORMED'],
  ] as const)('%s cost 33 searches, no absence is told, and they are left alone for a minute', async (_, how, code) => {
    reply = how;
    await start({ CACHE_NEGATIVE_SECONDS: '0', ARGUS_CONCURRENCY: '1' });
    const answer = await bed.ask(lists, { values });
    expect(searches.length).toBeLessThanOrEqual(33);
    expect(searches.length).toBeGreaterThan(10);
    expect(codesOf(answer)).toContain(code);
    const told = answer.data.indicators.filter((one: { memberships: unknown[] | null }) => one.memberships !== null);
    expect(told.every(({ memberships }: { memberships: unknown[] }) => memberships.length > 0)).toBe(true);
    const unheard = values.filter((_, index) => answer.data.indicators[index].memberships === null);
    expect(await searchesOf(bed.ask(lists, { values: unheard.slice(1) }))).toBe(0);
    clock.pass(61_000);
    expect(await searchesOf(bed.ask(lists, { values: unheard.slice(1) }))).toBeGreaterThan(0);
  });

  it('that were refused cost one search, and none of its parts, where they are wanted live', async () => {
    reply = refusesEachWithoutName;
    await start();
    await bed.ask(lists, { values });
    expect(await searchesOf(bed.ask(live, { values }))).toBe(1);
    const [first = '', ...others] = values;
    reply = search => (textsOf(search).includes(first) ? refused([]) : answered([], 0, search.limit));
    const more = ['w1.example.org', 'w2.example.org'];
    expect(await searchesOf(bed.ask(live, { values: [first, ...more] }))).toBe(3);
    expect(others.length).toBe(499);
    // A refusal of one of them is no sign that three are too many.
    reply = search => answered([], 0, search.limit);
    expect(await searchesOf(bed.ask(live, { values: others }))).toBe(1);
  });

  it('whose verdicts are refused cost two batches of 33, and Argus is missing in each', async () => {
    reply = refusesEach;
    await start();
    const { data } = await bed.ask(verdicts, { values });
    expect(searches).toHaveLength(66);
    for (const { verdict, sources } of data.indicators) {
      expect(verdict.missing).toContain('ARGUS');
      expect(sources).toContainEqual({ source: 'ARGUS', status: 'REJECTED' });
    }
    expect(await searchesOf(bed.ask(verdicts, { values }))).toBe(0);
  });

  it.each([
    ['each refused with 403', refusesAllProperties],
    ['of which one is named at a time', namesOneProperty],
  ])('with 50 properties %s cost 33 searches, and each name is an error or a refusal', async (_, how) => {
    reply = how;
    await start();
    const { data, errors = [] } = await bed.ask(properties, { values, names });
    expect(searches.length).toBeLessThanOrEqual(33);
    const heard = data.indicators.filter((one: { memberships: unknown[] | null }) => one.memberships !== null);
    const records = heard.flatMap(({ memberships }: { memberships: unknown[] }) => memberships).length;
    const missing = values.length - heard.length;
    expect(errors).toHaveLength(missing + records * names.length);
    expect(await searchesOf(bed.ask(properties, { values: values.slice(0, 400), names }))).toBeLessThanOrEqual(33);
  });
});

describe('one value', () => {
  it.each([
    ['whose pages have one row each', oneRowAPage(20_000)],
    ['whose pages have one row each and no count', (search: Search) => oneRowAPage(-1)(search)],
  ])('%s costs 33 searches, and what was read counts as a part', async (_, how) => {
    reply = how;
    await start();
    const query = `{ indicator(value: "one.example.org") {
      memberships { value } argus { membershipCount report { status limits } } verdict { missing } } }`;
    const answer = await bed.ask(query);
    expect(searches).toHaveLength(33);
    expect(codesOf(answer)).toEqual(['UPSTREAM_TRUNCATED']);
    expect(answer.data.indicator).toMatchObject({
      memberships: null,
      argus: { membershipCount: 33, report: { status: 'MATCHED', limits: expect.arrayContaining(['TRUNCATED']) } },
      verdict: { missing: ['ARGUS'] },
    });
  });

  it('that Argus itself refuses is left alone for a minute, by whatever it is asked with', async () => {
    reply = refusesEach;
    await start();
    expect(codesOf(await bed.ask(lists, { values: ['one.example.org'] }))).toEqual(['UPSTREAM_REJECTED']);
    reply = search => answered([], 0, search.limit);
    const both = ['one.example.org', 'two.example.org'];
    const { data } = await bed.ask(lists, { values: both });
    expect(data.indicators).toEqual([{ memberships: null }, { memberships: [] }]);
    expect(searches.map(textsOf)).toEqual([['one.example.org'], ['two.example.org']]);
    clock.pass(61_000);
    expect((await bed.ask(lists, { values: both })).errors).toBeUndefined();
  });
});

describe('a page of records', () => {
  it('of one row a call is as long as 33 calls make it, and goes on from there', async () => {
    const rows = Array.from({ length: 50 }, (_, index) =>
      recordOf(`r${String(index).padStart(2, '0')}.example.org`, index),
    );
    reply = ({ offset }) => answered(rows.slice(offset, offset + 1), rows.length, 1);
    await start();
    const query = `query ($after: String) { reputationRecords(first: 1000, after: $after, orderBy: [{ field: CREATED, direction: ASC }]) {
      nodes { value } pageInfo { hasNextPage endCursor } } }`;
    const { data } = await bed.ask(query);
    expect(searches).toHaveLength(33);
    expect(data.reputationRecords).toMatchObject({ nodes: { length: 33 }, pageInfo: { hasNextPage: true } });
    const { data: next } = await bed.ask(query, { after: data.reputationRecords.pageInfo.endCursor });
    expect(next.reputationRecords).toMatchObject({ nodes: { length: 17 }, pageInfo: { hasNextPage: false } });
  });

  it('that has nothing to show after 33 calls is an error', async () => {
    reply = ({ offset }) => answered([recordOf('other.example.org', offset)], 5000, 1);
    await start();
    const answer = await bed.ask(
      '{ reputationRecords(first: 20, filter: { values: ["one.example.org"] }) { nodes { value } } }',
    );
    expect(codesOf(answer)).toEqual(['UPSTREAM_MALFORMED']);
    expect(searches.length).toBeLessThanOrEqual(33);
  });

  it('shares its further calls with the other pages of the operation', async () => {
    reply = ({ offset }) => answered([recordOf(`r${offset}.example.org`, offset)], 5000, 1);
    await start();
    const page = (lowest: number) =>
      `p${lowest}: reputationRecords(first: 1000, filter: { minConfidence: 0.${lowest} }) { nodes { value } }`;
    await bed.ask(`{ ${Array.from({ length: 9 }, (_, index) => page(index + 1)).join(' ')} }`);
    expect(searches).toHaveLength(9 + 32);
  });
});

describe('50 properties of which one is refused without a name', () => {
  const one = `query ($names: [String!]!) { indicator(value: "listed.example.net") {
    memberships { properties(names: $names) { value } } } }`;
  const start = async (hidden: readonly string[] = []) => {
    const dataSet = createSeededDataSet();
    for (const shortName of hidden) dataSet.argus.addDescriptor({ shortName });
    bed = await startTestBed(
      { ARGUS_API_KEY: 'demo/key/narrow' },
      { dataSet, argusBehaviours: { unknownProperty: 'omitted' } },
      undefined,
      undefined,
      { clock },
    );
  };
  const searched = () => bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length;

  it('cost a dozen searches until it is found, and then no more than one', async () => {
    await start();
    const { errors = [] } = await bed.ask(one, { names: [...names.slice(1), 'campaign'] });
    expect(errors.map(({ path, extensions }) => [path.at(-1), extensions.code])).toEqual([[49, 'UPSTREAM_DENIED']]);
    expect(searched()).toBeLessThanOrEqual(15);
    bed.emulators.argus.clearRequests();
    await bed.ask(one, { names: ['campaign', ...names.slice(2), 'comment'] });
    expect(searched()).toBe(1);
  });

  it('among others that are, are errors where there was no call to try them, and come alone at once', async () => {
    const hidden = names.filter((_, index) => index % 6 === 3);
    await start(hidden);
    const asked = [...names.slice(1), 'comment'];
    const { errors = [], data } = await bed.ask(one, { names: asked });
    expect(searched()).toBeLessThanOrEqual(33);
    const codes = new Map(errors.map(({ path, extensions }) => [asked[path.at(-1)], extensions.code]));
    const rejected = [...codes].filter(
      ([name, code]) => code === 'UPSTREAM_REJECTED' && !hidden.includes(name as string),
    );
    expect(rejected.length).toBeGreaterThan(0);
    expect(data.indicator.memberships).toHaveLength(1);
    // Whatever is neither an error nor there was asked for.
    const accepted = bed.emulators.argus.requests.at(-1)?.body as Search;
    expect(accepted.includeProperties).toHaveLength(asked.length - codes.size);
    bed.emulators.argus.clearRequests();
    await bed.ask(one, { names: asked });
    expect(searched()).toBe(1);
    const untried = rejected[0]?.[0] as string;
    expect((await bed.ask(one, { names: [untried] })).errors).toBeUndefined();
  });
});
