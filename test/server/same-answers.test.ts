/**
 * A response is the same byte for byte, whatever made it: Apollo Server with graphql-js for a new operation, or the operation
 * cache, with pieces of earlier answers or without. So are its status, its headers, and its audit record.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { operations, type Pools } from '../graphql/random-operations.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';
import { createSchema } from '../setup/schema.ts';

const dataSet = createSeededDataSet();
const [both = '', another = ''] = dataSet.catalogue.both;
const [datadogOnly = ''] = dataSet.catalogue.datadogOnly;
const [argusOnly = ''] = dataSet.catalogue.argusOnly;
const values = [
  both,
  another,
  datadogOnly,
  argusOnly,
  'evil[.]example[.]org',
  'https://evil.example.org/x',
  'nobody.example',
  '',
  '192.0.2.7',
];

interface Request {
  readonly query?: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  readonly headers?: Record<string, string>;
}

/** What changes from one moment to the next, and from one request to the next. */
const volatile: readonly [RegExp, string][] = [
  [/"(ageSeconds\w*)":[\d.e-]+/g, '"$1":0'],
  [/"milliseconds":[\d.e-]+/g, '"milliseconds":0'],
  [/"(time|requestId)":"[^"]*"/g, '"$1":""'],
  [/"durationMs":\d+/g, '"durationMs":0'],
  [/"operationHash":"\w+"/g, '"operationHash":""'],
  [/max-age=\d+/g, 'max-age=0'],
  [/W\/\\?"[\w-]{43}\\?"/g, 'ETag'], // of the text before
];
const settled = (text: string) => volatile.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text);

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '10000000' }, { dataSet });
});
afterAll(() => bed.stop());

/** One request at a time, with the audit line that is written after its response. */
async function seen(at: TestBed, send: () => Promise<Response>) {
  const lines = at.audit.length;
  const response = await send();
  const body = await response.text();
  await until(() => at.audit.length > lines, 'an audit line');
  const ignored = new Set(['date', 'x-request-id', 'content-length', 'keep-alive', 'retry-after', 'ratelimit']);
  const headers = [...response.headers].filter(([name]) => !ignored.has(name));
  // An error that takes all along stops graphql-js before it has asked everybody: each audit line tells the truth.
  const line = body.includes('"data":null}') ? '' : (at.audit.at(-1) ?? '');
  return settled(JSON.stringify([response.status, headers])) + settled(body) + settled(line);
}

const post = (at: TestBed, { headers = {}, ...body }: Request) =>
  seen(at, () =>
    fetch(`${at.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );

/** The first answer fills the caches under another text; then the same text four times. */
async function expectSame(at: TestBed, request: Request): Promise<string> {
  await post(at, { ...request, query: `${request.query} # fills the caches` });
  const answers: string[] = [];
  for (const _ of [1, 2, 3, 4]) answers.push(await post(at, request));
  expect(answers).toEqual(answers.map(() => answers[0]));
  return answers[0] ?? '';
}

const everything = `id value type defanged specialUse threatScore triageState triageHistory(limit: 2) { state at }
  threat { id score categories scoringFactors { asType signal } } memberships { recordId list { name } properties(names: ["comment", "role"]) { shortName value values } }
  covering { value } datadog { id report { status limits servedFrom ageSeconds } threat { score } } argus { id report { status ageSeconds } membershipCount }
  verdict { id level summary reasons { rule detail } missing conflicting } sources { source status limits servedFrom ageSeconds }`;

const cases: Readonly<Record<string, Request>> = {
  everything: { query: `query ($v: String!) { indicator(value: $v) { ${everything} } }`, variables: { v: both } },
  'a hundred of everything': {
    query: `query ($v: [String!]!) { indicators(values: $v) { ${everything} } }`,
    variables: { v: dataSet.catalogue.both.slice(0, 30) },
  },
  'values that can not be used': {
    query: '{ indicators(values: ["", "192.0.2.1", "\\u0000"]) { value threatScore } }',
  },
  'a single value that can not be used': {
    query: '{ indicator(value: "") { value } ok: indicator(value: "192.0.2.1") { value } }',
  },
  'a missing variable': { query: 'query ($v: String!) { indicator(value: $v) { value } }' },
  'a variable of another type': {
    query: 'query ($v: String!) { indicator(value: $v) { value } }',
    variables: { v: 7 },
  },
  'variables that are no object': { query: '{ indicator(value: "192.0.2.1") { value } }', variables: [1] },
  'a name that the document does not have': {
    query: 'query A { indicator(value: "192.0.2.1") { value } }',
    operationName: 'B',
  },
  'its own name': { query: 'query A { indicator(value: "192.0.2.1") { value } }', operationName: 'A' },
  'one of several': {
    query: 'query A { indicator(value: "192.0.2.1") { value } } query B { indicator(value: "192.0.2.2") { value } }',
    operationName: 'B',
  },
  trace: {
    query: `{ indicator(value: "${both}") { threatScore memberships { value } } }`,
    headers: { 'x-enrichment-trace': '1' },
  },
  estimate: {
    query: `{ indicator(value: "${both}") { verdict { level } } }`,
    headers: { 'x-enrichment-estimate': '1' },
  },
  'an age': { query: `{ indicator(value: "${both}", maxAgeSeconds: 3600) { threatScore verdict { level } } }` },
  'a negative age': { query: `{ indicator(value: "${both}", maxAgeSeconds: -1) { threatScore } }` },
  'a node': { query: '{ node(id: "x") { id __typename } }' },
  'a node in a fragment': {
    query: '{ ... { ...N } } fragment N on Query { node(id: "x") { id ... on Indicator { threatScore } } }',
  },
  'properties, skipped': {
    query: `query ($y: Boolean!) { indicator(value: "${both}") { memberships { value properties(names: ["role"]) @skip(if: $y) { shortName value } } } }`,
    variables: { y: true },
  },
  'properties that nobody knows': {
    query: `{ indicator(value: "${both}") { memberships { value properties(names: ["no such thing"]) { shortName } } } }`,
  },
  'lists that nobody knows': {
    query: `{ indicator(value: "${both}") { memberships(lists: ["no such list"]) { value } argus(lists: ["none"]) { report { status } } } }`,
  },
  'a filter with a variable left out': {
    query: `query ($p: Boolean) { reputationRecords(filter: { domains: { names: ["evil.example.org"], includeParentDomains: $p } }) { nodes { value } totalCount } }`,
  },
  'an empty filter list': { query: '{ reputationRecords(filter: { lists: [] }) { nodes { value } } }' },
  'a record that is none': { query: '{ reputationRecord(id: "x") { value } reputationTypes { shortName } }' },
  lookup: {
    query: 'query ($v: [String!]!) { lookup(values: $v) { input problem indicator { value threatScore } } }',
    variables: { v: values },
  },
  'too many values': {
    query: 'query ($v: [String!]!) { indicators(values: $v) { value } }',
    variables: { v: Array.from({ length: 501 }, () => 'x') },
  },
  'another media type': {
    query: '{ indicator(value: "192.0.2.1") { value } }',
    headers: { accept: 'application/graphql-response+json' },
  },
  'a media type that nobody speaks': {
    query: '{ indicator(value: "192.0.2.1") { value } }',
    headers: { accept: 'image/png' },
  },
  'text that is no query': { query: '{ indicator(' },
  'a field that is not there': { query: '{ indicatr }' },
};

const pools: Pools = {
  byArgument: {
    value: values,
    values: [values, [both], []],
    maxAgeSeconds: [3600, -1, null],
    names: [['role'], ['comment', 'role'], ['no such thing']],
    lists: [['no such list'], null],
    id: ['x'],
    representations: [[{ __typename: 'Indicator', id: 'x' }], []],
    text: ['see evil[.]example[.]org and 192.0.2.7', ''],
    filter: [{ values: [both] }, { values: [both, argusOnly], states: ['OLD', 'ACTIVE'] }, { lists: [] }, null],
    orderBy: [[{ field: 'VALUE', direction: 'DESC' }], [{ field: 'UPDATED' }], null],
    first: [1, 2, 0],
    after: [null, 'x'],
  },
  // Of the moment, or federation's own.
  withoutFields: new Set([
    'Query.sources',
    'Query._service',
    'Query._entities',
    'PageInfo.startCursor',
    'PageInfo.endCursor',
    'ReputationRecordEdge.cursor',
  ]),
};

describe('The same text, sent again', () => {
  it.each(Object.entries(cases))('is answered with the same bytes: %s', async (_, request) => {
    await expectSame(bed, request);
  });

  it('is answered with the same bytes as a persisted query over GET', async () => {
    const query = `{ indicator(value: "${both}") { ${everything} } }`;
    await post(bed, { query });
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const search = new URLSearchParams({ extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash } }) });
    const headers = { 'apollo-require-preflight': 'true' };
    const get = (more = '') => seen(bed, () => fetch(`${bed.url}/graphql?${search}${more}`, { headers }));
    expect(await get()).toContain('PERSISTED_QUERY_NOT_FOUND');
    const registered = await get(`&query=${encodeURIComponent(query)}`);
    expect(registered).toContain('"threatScore"');
    expect([await get(), await get(), await get()]).toEqual([registered, registered, registered]);
  });

  it('is answered with the same bytes where a source is not configured, or not allowed', async () => {
    const other = await startTestBed({ ARGUS_API_KEY: undefined }, { dataSet });
    const answer = await expectSame(other, { query: `{ indicator(value: "${both}") { ${everything} } }` });
    await other.stop();
    expect(answer).toContain('SOURCE_UNCONFIGURED');
  });

  it('is refused with the same bytes once the rate limit is spent', async () => {
    const limited = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '3' }, { dataSet });
    const query = `{ indicator(value: "${both}") { threatScore } }`;
    const answers: string[] = [];
    for (const _ of [1, 2, 3, 4, 5]) answers.push(await post(limited, { query }));
    await limited.stop();
    const [first = '', second, third, fourth = '', fifth] = answers;
    expect(first).toContain('[200');
    expect(third).toBe(second);
    expect(fourth).toContain('RATE_LIMITED');
    expect(withoutWait(fifth ?? '')).toBe(withoutWait(fourth));
  });

  it('is answered with the same bytes whatever it asks', async () => {
    const schema = createSchema();
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(operations(schema, pools), async operation => {
        if (validate(schema, parse(operation.query)).length > 0) return;
        valid += 1;
        await expectSame(bed, operation);
      }),
      { numRuns: 40, endOnFailure: true },
    );
    expect(valid).toBeGreaterThan(20);
  }, 120_000);
});

const withoutWait = (text: string) => text.replace(/in \d+ s|"retryAfterSeconds":\d+/g, '');
