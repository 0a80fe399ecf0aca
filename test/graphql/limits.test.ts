import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ApolloServer } from '@apollo/server';
import { buildSchema, GraphQLError, getIntrospectionQuery, isObjectType, parse, validate } from 'graphql';
import { beforeEach, expect, test } from 'vitest';
import { indicatorId } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import type { OperationCost } from '../../src/graphql/cost.ts';
import { checkCost, estimateCost } from '../../src/graphql/cost-limits.ts';
import { createPrepare } from '../../src/graphql/executor.ts';
import { checkDocument, parseLimitError } from '../../src/graphql/limits.ts';
import { apolloLimits, createLimitsPlugin } from '../../src/graphql/limits-plugin.ts';
import { createCosts } from '../../src/graphql/schema.ts';
import { createTextReader, type TextReader } from '../../src/graphql/texts.ts';
import { sources } from '../../src/sources/index.ts';
import { costs, costsOf, createSchema } from '../setup/schema.ts';
import { hostile, repeat } from './hostile.ts';

const maxValues = 500;
const texts = createTextReader(maxValues);
/** Without a slice that is over, a search has ended when it returns. */
const atOnce = { isOver: () => false, next: () => Promise.resolve() };
const searched: TextReader = {
  ...texts,
  known(text) {
    void texts.search([text], atOnce);
    return texts.known(text);
  },
};
/** Fields that were asked for: of a hostile operation, none. */
let resolved: number;
let accepted: OperationCost[];

const schema = openSchema();
const prepare = createPrepare(schema, 1_000_000);
const server = new ApolloServer({
  schema,
  introspection: true,
  includeStacktraceInErrorResponses: false,
  ...apolloLimits,
  plugins: [createLimitsPlugin({ maxValues, costs, texts, prepare, onAccepted: cost => void accepted.push(cost) })],
  formatError: (formatted, error) =>
    (error instanceof GraphQLError ? parseLimitError(error)?.toJSON() : undefined) ?? formatted,
});

beforeEach(() => {
  resolved = 0;
  accepted = [];
});

function openSchema() {
  const text = readFileSync('schema.graphql', 'utf8');
  const federation =
    'scalar _Any union _Entity = Indicator extend type Query { _entities(representations: [_Any!]!): [_Entity]! }';
  const built = buildSchema(`${text} ${federation}`, { assumeValidSDL: true });
  for (const field of Object.values(built.getQueryType()?.getFields() ?? {})) {
    field.resolve = () => {
      resolved += 1;
      return null;
    };
  }
  return built;
}

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const { body, http } = await server.executeOperation({ query, variables });
  if (body.kind !== 'single') throw new Error('one answer was expected');
  const { errors = [], data } = body.singleResult;
  return { status: http.status, codes: errors.map(({ extensions }) => extensions?.code), errors, data };
}

test.each(Object.entries(hostile))(
  '%s: refused with 400 before anything is asked',
  async (_name, { query, variables, code }) => {
    const answer = await ask(query, variables);
    expect(answer).toMatchObject({ status: 400, data: undefined });
    expect(new Set(answer.codes)).toEqual(new Set([code]));
    expect(JSON.stringify(answer.errors).length).toBeLessThan(100_000);
    expect(resolved).toBe(0);
    // Kept by its hash or not: the second time is no other.
    expect((await ask(query, variables)).codes).toEqual(answer.codes);
  },
);

test.each(Object.entries(hostile))(
  '%s: costs at most a tenth of a second of computing',
  async (_name, { query, variables }) => {
    const times: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const before = process.cpuUsage();
      // Another text each time, so that nothing is remembered from the last.
      await ask(`${query} # ${round} ${Math.random()}`, variables);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
    }
    expect(Math.min(...times)).toBeLessThan(100);
  },
);

test('the whole battery, ten times over, leaves no memory behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const battery = async (round: number) => {
    for (const { query, variables } of Object.values(hostile)) await ask(`${query} # ${round}`, variables);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const first = await battery(0);
  let last = first;
  for (let round = 1; round <= 10; round += 1) last = await battery(round);
  expect(last - first).toBeLessThan(20 * 2 ** 20);
}, 120_000);

test("GraphiQL's own introspection fits, with every option", async () => {
  const queries = [
    getIntrospectionQuery(),
    getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  ];
  for (const query of queries) {
    expect(checkDocument(parse(query))).toBeUndefined();
    expect(await ask(query)).toMatchObject({ errors: [], data: { __schema: expect.anything() } });
  }
});

const fits: Record<string, string> = {
  'depth 12': `{ indicator(value: "x") { ${'host { '.repeat(10)}id${' }'.repeat(10)} } }`,
  '50 aliases': `{ indicator(value: "x") { ${repeat(50, i => `a${i}: id`)} } }`,
  '20 fields at the root': `{ ${repeat(20, i => `a${i}: indicator(value: "${i}") { id }`)} }`,
  '30 directives': `{ indicator(value: "x") { ${repeat(30, i => `a${i}: id @include(if: true)`)} } }`,
  '500 values': `{ indicators(values: [${repeat(500, i => `"${i}"`)}]) { verdict { level } datadog(ocsf: true) { report { status } } host { verdict { level } } } }`,
  '1,000 records with their scores': '{ reputationRecords(first: 1000) { nodes { indicator { threatScore } } } }',
  '100 fragments with the same two fields': `{ indicator(value: "x") { ${repeat(90, i => `...F${i}`)} } } ${repeat(90, i => `fragment F${i} on Indicator { id __typename }`)}`,
  'a report of 100,000 characters': `{ extractIndicators(text: "${'evil.example '.repeat(8_000)}") { id verdict { level } } }`,
};

test.each(Object.entries(fits))('%s: fits', async (_name, query) => {
  expect((await ask(query)).codes).not.toContain('OPERATION_TOO_LARGE');
  expect(accepted).toHaveLength(1);
});

function parsed(query: string) {
  try {
    return parse(query);
  } catch {
    return undefined;
  }
}

test('a document by itself is checked where there is no Apollo', () => {
  let refused = 0;
  for (const { query, code } of Object.values(hostile)) {
    if (code !== 'OPERATION_TOO_LARGE' || query.length > 150_000) continue;
    const document = parsed(query);
    if (document && checkDocument(document)) refused += 1;
  }
  expect(refused).toBeGreaterThan(25);
});

test('a document of a million tokens is checked without overflowing the stack', () => {
  const document = parse(`{ indicator(value: "x") { ${repeat(500_000, () => 'id')} } }`);
  expect(checkDocument(document)?.extensions.code).toBe('OPERATION_TOO_LARGE');
  const chain = `{ ...F0 } ${repeat(20_000, i => `fragment F${i} on Query { ...F${i + 1} }`)}`;
  expect(checkDocument(parse(chain))?.extensions.code).toBe('OPERATION_TOO_LARGE');
});

test('an ordinary syntax error stays one; only a size limit replaces it', async () => {
  expect((await ask('{ indicator(')).codes).toEqual(['GRAPHQL_PARSE_FAILED']);
  expect((await ask(`{ ${repeat(1_000, () => 'a')} `)).codes).toEqual(['GRAPHQL_PARSE_FAILED']);
  expect((await ask(`{ ${repeat(4_000, () => 'a')} }`)).codes).toEqual(['OPERATION_TOO_LARGE']);
  const overflow = new GraphQLError('', { originalError: new RangeError('Maximum call stack size exceeded') });
  expect(parseLimitError(overflow)?.extensions.code).toBe('OPERATION_TOO_LARGE');
});

function costOf(
  query: string,
  variables: Record<string, unknown> = {},
  operationName?: string,
  table = costs,
): OperationCost {
  const prepared = prepare(parse(query), operationName);
  const from = prepared?.read(variables);
  if (prepared === undefined || from === undefined) throw new Error('not such an operation');
  return estimateCost(prepared, from, {
    maxValues,
    costs: table,
    texts: searched,
  });
}

const ten = Array.from({ length: 10 }, (_, index) => `${index}`);
const values = 'values: ["a", "b"]';

test.each<[string, string, number, number]>([
  [
    'an indicator by itself costs nothing',
    '{ indicator(value: "x") { id defanged host { id } sources { status } } }',
    1,
    0,
  ],
  ['a score is one call', '{ indicator(value: "x") { threatScore } }', 1, 1],
  [
    'several fields of one question are one call',
    '{ indicator(value: "x") { threatScore threat { score } triageState triageHistory { at } } }',
    1,
    1,
  ],
  [
    'each distinct ocsf is a call',
    '{ indicator(value: "x") { threat { score } a: threat(ocsf: true) { score } b: datadog(ocsf: true) { id } c: datadog(ocsf: false) { id } } }',
    1,
    3,
  ],
  [
    'Datadog is asked for each value, Argus once for all',
    `{ indicators(${values}) { threatScore memberships { state } } }`,
    2,
    3,
  ],
  [
    'all fields share Argus searches: with verdicts one for domains, one for addresses, one for the rest',
    `{ a: indicators(${values}) { memberships { state } } b: lookup(${values}) { indicator { argus { id } verdict { level } } } }`,
    4,
    5,
  ],
  [
    'old memberships are another question',
    '{ indicator(value: "x") { a: memberships { state } b: memberships(states: [OLD]) { state } } }',
    1,
    2,
  ],
  [
    'covering records come with the others',
    '{ indicator(value: "x") { memberships { state } covering { state } } }',
    1,
    1,
  ],
  ['a verdict asks both', '{ indicator(value: "x") { verdict { level } } }', 1, 2],
  [
    'a host is a value of its own',
    '{ indicator(value: "https://x.example.org/") { threatScore host { threatScore } } }',
    1,
    2,
  ],
  [
    'a host that a value cannot have costs nothing',
    '{ indicator(value: "x") { threatScore host { threatScore } } }',
    1,
    1,
  ],
  [
    'a verdict on a URL asks both about its host as well',
    '{ indicator(value: "hxxps://x[.]example[.]org/a") { verdict { level } } }',
    1,
    4,
  ],
  ['and one on an e-mail address', '{ lookup(values: ["a@example.org"]) { indicator { verdict { level } } } }', 1, 4],
  [
    'whatever names it: an id',
    `{ node(id: "${indicatorId({ type: 'URL', value: 'https://x.example.org/' as Indicator['value'] })}") {
      ... on Indicator { verdict { level } } } }`,
    1,
    4,
  ],
  [
    'a text',
    '{ extractIndicators(text: "see https://x.example.org/a and y.example.org") { verdict { level } } }',
    2,
    6,
  ],
  [
    'a type that makes it no URL has none',
    '{ indicator(value: "https://x.example.org/", type: OTHER) { verdict { level } } }',
    1,
    2,
  ],
  [
    'a host that a verdict asks about costs no more where it is selected too',
    '{ indicator(value: "https://x.example.org/") { verdict { level } host { verdict { level } threatScore } } }',
    1,
    4,
  ],
  [
    'what a record is about may be a URL, or a block',
    '{ reputationRecords(first: 10) { nodes { indicator { verdict { level } } } } }',
    0,
    24,
  ],
  [
    'a block takes a search for itself and one for what is around it',
    '{ indicator(value: "192.0.2.0/24") { memberships { state } verdict { level } } }',
    1,
    3,
  ],
  [
    'but not where its own records alone are selected',
    '{ indicator(value: "192.0.2.0/24") { memberships { state } } }',
    1,
    1,
  ],
  ['aliases count each', `{ a: indicators(${values}) { threatScore } b: indicators(${values}) { threatScore } }`, 4, 4],
  [
    'merged fields count once',
    `{ indicators(${values}) { threatScore } ... { indicators(${values}) { id threatScore } } }`,
    2,
    2,
  ],
  [
    'what is skipped costs nothing',
    '{ indicator(value: "x") { threatScore @skip(if: true) ... @include(if: false) { verdict { level } } } }',
    1,
    0,
  ],
  ['a page of records is one call', '{ reputationRecords(first: 100) { nodes { value } } }', 0, 1],
  [
    'a page of records with their scores is one call each',
    '{ reputationRecords(first: 100) { nodes { indicator { threatScore } } edges { node { indicator { triageState } } } } }',
    0,
    101,
  ],
  ['a page without size has 25', '{ reputationRecords { nodes { indicator { threatScore } } } }', 0, 26],
  [
    'a filter names values',
    '{ reputationRecords(filter: { values: ["a", "b"], ips: "c", domains: { names: ["d"] } }) { totalCount } }',
    4,
    1,
  ],
  ['a record is one call', '{ reputationRecord(id: "x") { value indicator { threatScore } } }', 0, 2],
  [
    'what a text holds is named',
    '{ extractIndicators(text: "see one.example.org, and two[.]example[.]org") { threatScore } }',
    2,
    2,
  ],
  ['a node may be an indicator', '{ node(id: "x") { ... on Indicator { threatScore } } }', 1, 1],
  ['health costs nothing', '{ sources { state } __typename }', 0, 0],
])('%s', (_title, query, expectedValues, expectedCalls) => {
  expect(validate(schema, parse(query))).toEqual([]);
  expect(costOf(query)).toMatchObject({ values: expectedValues, calls: expectedCalls });
});

test('whatever is added to the schema must be given a cost, or be free on purpose', () => {
  const fieldsOf = (type: string) => {
    const found = schema.getType(type);
    return isObjectType(found) ? Object.keys(found.getFields()) : [];
  };
  const every = costsOf(sources);
  const costOfEvery = (query: string) => costOf(query, {}, undefined, every);
  const ofIndicator = fieldsOf('Indicator').filter(
    name => costOfEvery(`{ indicator(value: "x") { ${name} { id } } }`).calls === 0,
  );
  expect(ofIndicator).toEqual(['id', 'value', 'type', 'defanged', 'specialUse', 'links', 'host', 'sources']);
  const args = 'value: "x", values: ["x"], text: "x.example.org", id: "x", ids: ["x"], representations: [{ id: "x" }]';
  const isFree = (query: string) => {
    const { calls, values: count } = costOfEvery(query);
    return calls === 0 && count === 0;
  };
  const ofQuery = fieldsOf('Query').filter(name =>
    isFree(`{ ${name}(${args}) { threatScore indicator { threatScore } } }`),
  );
  expect(ofQuery).toEqual(['sources']);
});

test.each<[string, string, number]>([
  ['a value is one point, whatever is asked of it', '{ indicator(value: "x") { verdict { level } threatScore } }', 1],
  ['a value by itself is one too', '{ indicator(value: "x") { id } }', 1],
  ['each answer of lookup is one', `{ lookup(${values}) { indicator { threatScore } } }`, 2],
  ['a host counts when it is asked about', '{ indicator(value: "http://[2001:db8::1]/") { host { threatScore } } }', 2],
  [
    'one that only its verdict asks about is the same point',
    '{ indicator(value: "http://x.example.org/") { verdict { level } } }',
    1,
  ],
  ['there is none for a host that a value cannot have', '{ indicator(value: "x") { host { threatScore } } }', 1],
  ['a page of records is one', '{ reputationRecords(first: 100) { nodes { indicator { id } } } }', 1],
  [
    'and so is each record whose indicator is asked about',
    '{ reputationRecords(first: 100) { nodes { indicator { threatScore } } } }',
    101,
  ],
  ['the values of a filter count', '{ reputationRecords(filter: { values: ["a", "b"] }) { totalCount } }', 3],
])('%s', (_title, query, points) => {
  expect(costOf(query).points).toBe(points);
});

test('Argus is asked once for each 500 values', () => {
  const query = 'query ($v: [String!]!) { a: indicators(values: $v) { memberships { state } } }';
  const list = (length: number) => ({ v: Array.from({ length }, () => 'x') });
  expect([500, 501, 1_000, 1_001].map(length => costOf(query, list(length)).calls)).toEqual([1, 2, 2, 3]);
});

test('500 URLs with verdicts are within the limits, also where Datadog is asked twice about each', () => {
  const v = Array.from({ length: 500 }, (_, index) => `https://n${index}.example.org/a`);
  const query = 'query ($v: [String!]!) { indicators(values: $v) { verdict { level } } }';
  const both = createCosts(sources, createSchema(), { DATADOG: { matchers: 'both' } as never });
  for (const [table, calls] of [
    [costs, 1_004],
    [both, 2_004],
  ] as const) {
    const cost = costOf(query, { v }, undefined, table);
    expect(cost).toMatchObject({ values: 500, points: 500, calls });
    expect(checkCost(cost, { maxValues })).toBeUndefined();
  }
});

test('variables, their defaults, conditions and entities are read as they will be executed', () => {
  const query = `query ($v: [String!] = ["a", "b"], $e: [_Any!]!, $deep: Boolean = false) {
    indicators(values: $v) { threatScore @include(if: $deep) }
    _entities(representations: $e) { ... on Indicator { threatScore } }
  }`;
  const e = [
    { __typename: 'Indicator', value: 'c', type: 'DOMAIN' },
    { __typename: 'Indicator', id: 'd' },
  ];
  expect(costOf(query, { e })).toMatchObject({
    values: 4,
    named: ['a', 'b', 'c', 'd'],
    filtered: [],
    points: 4,
    uncached: 0,
    calls: 2,
  });
  expect(costOf(query, { e, v: ten, deep: true })).toMatchObject({ values: 12, calls: 12 });
  expect(costOf(query, { e, v: 'single', deep: true })).toMatchObject({ values: 3, calls: 3 });
  expect(costOf(query, { e, v: null })).toMatchObject({ values: 2 });
});

test('only the operation that runs has a cost', () => {
  const query = 'query A { indicator(value: "x") { threatScore } } query B { sources { state } }';
  expect(costOf(query, {}, 'A').calls).toBe(1);
  expect(costOf(query, {}, 'B').calls).toBe(0);
  expect(prepare(parse(query), 'C')).toBeUndefined();
});

test('the number of values that are recorded is bounded, but all of them count', () => {
  const v = Array.from({ length: 100_000 }, () => 'x');
  const { values: count, named } = costOf('query ($v: [String!]!) { indicators(values: $v) { id } }', { v });
  expect(count).toBe(100_000);
  expect(named).toHaveLength(500);
});
