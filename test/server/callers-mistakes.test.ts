/** What the caller has got wrong is told as his mistake: by a code that says so, in no error line and no count of failures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/graphql/error-codes.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
const errorLines: unknown[] = [];
beforeAll(async () => {
  const ignore = () => {};
  const error = (...line: unknown[]) => void errorLines.push(line);
  bed = await startTestBed({}, {}, undefined, { debug: ignore, info: ignore, warn: ignore, error });
});
afterAll(() => bed.stop());

interface Got {
  readonly status: number;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

async function read(answer: Response): Promise<Got> {
  const { errors = [] }: { errors?: { message: string; extensions: { code: string } }[] } = await answer.json();
  const [codes, messages] = [errors.map(({ extensions }) => extensions.code), errors.map(({ message }) => message)];
  return { status: answer.status, codes, messages };
}

const post = (body: unknown) =>
  fetch(`${bed.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then(read);

function get(body: object) {
  const texts = Object.entries(body).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const search = new URLSearchParams(texts);
  return fetch(`${bed.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } }).then(read);
}

const metric = async (outcome: string) =>
  Number(
    new RegExp(`gateway_operations_total{outcome="${outcome}"} (\\d+)`).exec(
      await (await fetch(`${bed.url}/metrics`)).text(),
    )?.[1] ?? 0,
  );

const one = 'query ($v: String!) { indicator(value: $v) { value } }';
const aged = 'query ($m: Int) { indicator(value: "evil.example.org", maxAgeSeconds: $m) { value } }';
const typed = 'query ($t: IndicatorType) { indicator(value: "evil.example.org", type: $t) { value } }';
const filtered = 'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }';
const typename = '{ __typename }';
const hash = (letter: string) => letter.repeat(64);

/** Refused whole: status 400. */
const refused: Readonly<Record<string, unknown>> = {
  'a mutation of no field that there is': { query: 'mutation { x }' },
  'a mutation of several operations': { query: 'mutation A { x { y } } query B { __typename }', operationName: 'A' },
  'a query beside a mutation': { query: 'mutation A { x } query B { __typename }', operationName: 'B' },
  'a subscription': { query: 'subscription { x }' },
  'a subscription by a fragment': { query: 'subscription { ...A } fragment A on Query { __typename }' },
  'a number for a text': { query: one, variables: { v: 7 } },
  'an object for a text': { query: one, variables: { v: { a: 1 } } },
  'a list for a text': { query: one, variables: { v: ['a', 'b'] } },
  'null for a text': { query: one, variables: { v: null } },
  'a variable that is missing': { query: one },
  'a list with null': {
    query: 'query ($v: [String!]!) { indicators(values: $v) { value } }',
    variables: { v: ['a', null] },
  },
  'a representation that is null': {
    query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
    variables: { r: [null] },
  },
  'a directive whose variable is null': {
    query: 'query ($b: Boolean!) { __typename @skip(if: $b) }',
    variables: { b: null },
  },
  'a directive whose variable may be null': {
    query: 'query ($b: Boolean) { __typename @skip(if: $b) }',
    variables: { b: null },
  },
  'an enum value that is none': { query: typed, variables: { t: 'NOPE' } },
  'an enum value that is a number': { query: typed, variables: { t: 1 } },
  'an enum literal that is none': { query: '{ indicator(value: "a", type: NOPE) { value } }' },
  'an enum literal in quotes': { query: '{ indicator(value: "a", type: "DOMAIN") { value } }' },
  'a whole number too large': { query: aged, variables: { m: 99_999_999_999 } },
  'a whole number with a fraction': { query: aged, variables: { m: 1.5 } },
  'a whole number as text': { query: aged, variables: { m: '1' } },
  'a literal too large': { query: '{ indicator(value: "a", maxAgeSeconds: 99999999999) { value } }' },
  'a literal beyond all numbers': { query: '{ indicator(value: "a", maxAgeSeconds: 1e400) { value } }' },
  'an unknown field of an input': { query: filtered, variables: { f: { nope: 1 } } },
  'an input that is a text': { query: filtered, variables: { f: 'x' } },
  'variables that are a list': { query: one, variables: [] },
  'variables that are a text': { query: one, variables: '{"v":"a"}' },
  'variables that are a number': { query: one, variables: 5 },
  'an operation that is not there': { query: 'query A { __typename }', operationName: 'B' },
  'a name where none has one': { query: typename, operationName: 'A' },
  'several operations and no name': { query: 'query A { __typename } query B { __typename }' },
  'several operations and an empty name': { query: 'query A { __typename } query B { __typename }', operationName: '' },
  'a type named null': { query: '{ __type(name: null) { name } }' },
  'a type without a name': { query: '{ __type { name } }' },
  'fragments alone': { query: 'fragment A on Query { __typename }' },
  'two operations without names': { query: '{ __typename } { __typename }' },
  'a definition of a type': { query: 'type A { b: Int }' },
  'an empty text': { query: '' },
  'a blank text': { query: '  ' },
  'a query that is null': { query: null },
  'a query that is an object': { query: {} },
  nothing: {},
  'extensions that are a text': { query: typename, extensions: 'x' },
  'extensions that are a list': { query: typename, extensions: [] },
  'extensions that are a number': { query: typename, extensions: 1 },
  'a persisted query of another version': { extensions: { persistedQuery: { version: 2, sha256Hash: hash('a') } } },
  'a persisted query that is a text': { extensions: { persistedQuery: 'x' } },
  'a persisted query that is a list': { extensions: { persistedQuery: [] } },
  'a persisted query that is null': { extensions: { persistedQuery: null } },
  'a hash of another text': { query: typename, extensions: { persistedQuery: { version: 1, sha256Hash: hash('a') } } },
  'a hash that is an object': { query: typename, extensions: { persistedQuery: { version: 1, sha256Hash: {} } } },
  'a variable twice': {
    query: 'query ($a: String!, $a: String!) { indicator(value: $a) { value } }',
    variables: { a: 'x' },
  },
  'an operation twice': { query: 'query A { __typename } query A { __typename }', operationName: 'A' },
  'half a surrogate': { query: '{ indicator(value: "\\uD800") { value } }' },
};

/** Executed, as GraphQL says: the error is that of a field. */
const answered: Readonly<Record<string, unknown>> = {
  'null in place of a default': {
    query: 'query ($v: String = "a") { indicator(value: $v) { value } }',
    variables: { v: null },
  },
  'null in place of a default, further below': {
    query:
      'query ($n: [String!] = ["role"]) { indicator(value: "evil.example.org") { memberships { properties(names: $n) { value } } } }',
    variables: { n: null },
  },
  'null in place of a default, in a list': {
    query: 'query ($v: String = "x") { indicators(values: ["a.example", $v]) { value } }',
    variables: { v: null },
  },
  'null in place of a default, in a list of representations': {
    query: 'query ($r: _Any = 1) { _entities(representations: [$r]) { __typename } }',
    variables: { r: null },
  },
  'null in place of a default, in a directive': {
    query: 'query ($b: Boolean = true) { ... @include(if: $b) { __typename } }',
    variables: { b: null },
  },
  'null in place of a default, in a directive below': {
    query: 'query ($b: Boolean = true) { indicator(value: "evil.example.org") { value @skip(if: $b) } }',
    variables: { b: null },
  },
  'null in place of a default, for a node': {
    query: 'query ($i: ID = "x") { node(id: $i) { id } }',
    variables: { i: null },
  },
  'null in place of a default, for a type': {
    query: 'query ($n: String = "") { __type(name: $n) { name } }',
    variables: { n: null },
  },
  'a negative age': { query: aged, variables: { m: -1 } },
  'a page too large': { query: '{ reputationRecords(first: 99999) { totalCount } }' },
  'a persisted query without a hash': { extensions: { persistedQuery: { version: 1 } } },
  'a hash that nobody knows': { extensions: { persistedQuery: { version: 1, sha256Hash: hash('b') } } },
};

async function expectMistake(body: unknown, status: number): Promise<void> {
  const [failed, refusals] = [await metric('failed'), await metric('refused')];
  errorLines.length = 0;
  const got = [await post(body), await post(body), await post(body)];
  for (const { codes, messages } of got) {
    expect(codes).not.toEqual([]);
    for (const code of codes) expect(errorCodes.filter(known => known !== 'INTERNAL_SERVER_ERROR')).toContain(code);
    expect(messages.filter(message => message.trim() === '')).toEqual([]);
  }
  expect(got.map(one => one.status)).toEqual([status, status, status]);
  expect(got[2]).toEqual(got[0]);
  expect(errorLines).toEqual([]);
  expect(await metric('failed')).toBe(failed);
  if (status === 400) expect(await metric('refused')).toBe(refusals + 3);
}

describe.each(Object.entries(refused))('%s', (_, body) => {
  it('is refused as the mistake that it is, the first time and again', () => expectMistake(body, 400));

  it('is no failure of ours by GET either', async () => {
    const failed = await metric('failed');
    errorLines.length = 0;
    const { codes } = await get(body as object);
    expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
    expect(errorLines).toEqual([]);
    expect(await metric('failed')).toBe(failed);
  });
});

it.each(Object.entries(answered))('%s is an error of its field, told as the mistake that it is', (_, body) =>
  expectMistake(body, 200),
);

describe('a request', () => {
  it.each([
    ['a list', [{ query: typename }]],
    ['a text', 'x'],
    ['a number', 5],
  ])('whose body is %s is refused', async (_, body) => {
    errorLines.length = 0;
    expect(await post(body)).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] });
    expect(errorLines).toEqual([]);
  });

  it('with a subscription is told that the schema has none, by POST and by GET', async () => {
    const body = { query: 'subscription { __typename }' };
    const told = {
      ...{ status: 400, codes: ['GRAPHQL_VALIDATION_FAILED'], messages: ['This schema has no subscriptions.'] },
    };
    expect([await post(body), await post(body), await get(body)]).toEqual([told, told, told]);
    expect(JSON.parse(bed.audit.at(-1) ?? '')).toMatchObject({ outcome: 'refused', codes: told.codes });
  });

  it('with a mutation runs by POST alone', async () => {
    const body = { query: 'mutation { __typename }' };
    expect([await post(body), await post(body)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await get(body)).toMatchObject({ status: 405, codes: ['BAD_REQUEST'] });
  });

  it('with an empty name has none', async () => {
    for (const query of [typename, 'query A { __typename }']) {
      const body = { query, operationName: '' };
      const answer = { status: 200, codes: [], messages: [] };
      expect([await post(body), await post(body), await post(body), await get(body)]).toEqual(Array(4).fill(answer));
    }
  });
});
