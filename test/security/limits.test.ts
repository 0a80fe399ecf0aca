import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostile, repeat } from '../graphql/hostile.ts';
import { postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
});

const asked = () => bed.emulators.datadog.lookups.length + bed.emulators.argus.requests.length;
const measures = `threatScore memberships { state }`;

/** Well-known attacks. */
const named = {
  'a fragment bomb of 1.4 KB': hostile['22 doubling fragments'],
  '2,000 aliases': hostile['2,000 aliases'],
  '20,000 tokens': hostile['20,000 tokens'],
  'depth 120': hostile['depth 120'],
  '500 directives': hostile['500 directives'],
  '5,001 values': {
    query: `query ($v: [String!]!) { indicators(values: $v) { ${measures} } }`,
    variables: { v: Array.from({ length: 5_001 }, (_, i) => `${i}.example.org`) },
    code: 'OPERATION_TOO_LARGE',
  },
  '5,001 entities': {
    query: `query ($e: [_Any!]!) { _entities(representations: $e) { ... on Indicator { ${measures} } } }`,
    variables: {
      e: Array.from({ length: 5_001 }, (_, i) => ({
        __typename: 'Indicator',
        value: `${i}.example.org`,
        type: 'DOMAIN',
      })),
    },
    code: 'OPERATION_TOO_LARGE',
  },
  'a text that names 501': {
    query: `query ($t: String!) { extractIndicators(text: $t) { ${measures} } }`,
    variables: { t: Array.from({ length: 501 }, (_, i) => `host${i}.example.org`).join(' ') },
    code: 'OPERATION_TOO_LARGE',
  },
};

it.each(Object.entries({ ...hostile, ...named }))(
  '%s: refused over HTTP with 4xx and its code, in a tenth of a second of computing, and nobody is asked',
  async (_name, one) => {
    const { query, variables, code } = one ?? { query: '', variables: {}, code: 'missing' };
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const before = process.cpuUsage();
      const { status, data, errors = [], text } = await bed.ask(`${query} # ${round}`, variables);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1_000);
      // A body that is too large is not read.
      const isWhole = JSON.stringify({ query, variables }).length < 1_000_000;
      expect({ status, data }).toEqual({ status: isWhole ? 400 : 413, data: undefined });
      expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set([code]));
      expect(text).not.toMatch(/stack|node_modules|RangeError/i);
    }
    expect(Math.min(...times)).toBeLessThan(100);
    expect(asked()).toBe(0);
  },
);

it('the whole battery, six times over, leaves no memory behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const battery = async (round: number) => {
    for (const { query, variables } of Object.values(hostile)) await bed.ask(`${query} # again ${round}`, variables);
    collect();
    return process.memoryUsage().heapUsed;
  };
  const first = await battery(0);
  let last = first;
  for (let round = 1; round < 6; round += 1) last = await battery(round);
  expect(last - first).toBeLessThan(20 * 2 ** 20);
}, 120_000);

describe('what is no operation at all', () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${bed.url}/graphql`, { method: 'POST', headers, body });

  it.each<[string, string, number, string]>([
    [
      'more than 1 MiB',
      JSON.stringify({ query: `{ __typename } # ${'x'.repeat(1_100_000)}` }),
      413,
      'OPERATION_TOO_LARGE',
    ],
    ['half a JSON', '{"query":', 400, 'BAD_REQUEST'],
    ['a batch', '[{"query":"{ __typename }"},{"query":"{ __typename }"}]', 400, 'BAD_REQUEST'],
    ['nothing', '{}', 400, 'BAD_REQUEST'],
    ['no text', '{"query":{"kind":"Document"}}', 400, 'BAD_REQUEST'],
    ['variables that are a text', '{"query":"{ __typename }","variables":"{"}', 400, 'BAD_REQUEST'],
    ['a prototype', '{"__proto__":{"query":"{ __typename }"}}', 400, 'BAD_REQUEST'],
    [
      '100,000 lists in each other',
      `{"query":"{ __typename }","variables":{"v":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
      400,
      'OPERATION_TOO_LARGE',
    ],
    [
      'a hash of something else',
      JSON.stringify({ query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
      400,
      'BAD_REQUEST',
    ],
    [
      'no operation of that name',
      JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }),
      400,
      'BAD_REQUEST',
    ],
  ])('%s', async (_what, body, status, code) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect((await response.json()) as unknown).toMatchObject({ errors: [{ extensions: { code } }] });
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
  ])('sent as %s, which a page of any origin could send', async (type, status) => {
    expect((await post('{"query":"{ __typename }"}', { 'content-type': type })).status).toBe(status);
  });

  it('a GET without a header that a page of another origin can not send', async () => {
    const url = `${bed.url}/graphql?query=${encodeURIComponent('{ __typename }')}`;
    expect((await fetch(url)).status).toBe(400);
    expect((await fetch(url, { headers: { 'apollo-require-preflight': '1' } })).status).toBe(200);
  });

  it.each([
    ['PUT', 405],
    ['DELETE', 405],
    ['PATCH', 405],
    ['OPTIONS', 404],
  ])('%s', async (method, status) => {
    expect((await fetch(`${bed.url}/graphql`, { method })).status).toBe(status);
  });
});

it("GraphiQL's own introspection fits", async () => {
  const { status, errors } = await bed.ask(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }));
  expect({ status, errors }).toEqual({ status: 200, errors: undefined });
});

it('MAX_VALUES values of both sources fit, and one more does not', async () => {
  const small = await startTestBed({ MAX_VALUES: '20' });
  const query = `query ($v: [String!]!) { indicators(values: $v) { ${measures} } }`;
  const values = (count: number) => ({ v: Array.from({ length: count }, (_, i) => `${i}.example.org`) });
  expect((await postQuery(small.url, query, values(20))).status).toBe(200);
  const { status, errors } = await postQuery(small.url, query, values(21));
  expect({ status, errors }).toMatchObject({ status: 400, errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] });
  await small.stop();
});

it('an operation that was answered before is measured all the same', async () => {
  const query =
    'query ($v: [String!]!, $w: [String!]!) { indicators(values: $v) { value memberships { state } } b: lookup(values: $w) { input } }';
  for (let times = 0; times < 4; times += 1)
    expect((await bed.ask(query, { v: ['a.example.org'], w: [] })).status).toBe(200);
  const before = asked();
  const nested: unknown[] = [];
  let inner = nested;
  for (let level = 0; level < 1_000; level += 1) {
    const next: unknown[] = [];
    inner.push(next);
    inner = next;
  }
  const many = Array.from({ length: 501 }, (_, i) => `${i}.example.org`);
  const hurtful = [
    { v: many, w: [] },
    { v: many.slice(0, 300), w: many.slice(0, 300) },
    { v: ['a.example.org'], w: [], unused: nested },
    { v: ['a.example.org'], w: [], unused: Array.from({ length: 30_000 }, () => 0) },
  ];
  for (const variables of hurtful) {
    const { status, errors } = await bed.ask(query, variables);
    expect({ status, errors }).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }],
    });
  }
  expect(asked()).toBe(before);
});

describe('the estimate', () => {
  it('is sent on request, in upstream calls and indicators, and makes no call itself', async () => {
    const query = `{ indicators(values: ["a.example.org", "b.example.org"]) { ${measures} } }`;
    const { extensions } = await bed.ask(query, {}, { 'x-enrichment-estimate': '1' });
    expect(extensions).toEqual({ estimate: { upstreamCalls: 3, indicators: 2 } });
    expect(bed.emulators.datadog.lookups).toHaveLength(2);
    expect((await bed.ask(query)).extensions).toBeUndefined();
  });

  it('counts the calls for the hosts that verdicts ask about, and no indicator for them', async () => {
    const query = `{ indicators(values: [${repeat(3, i => `"https://e${i}.example.org/a"`)}]) { verdict { level } } }`;
    const { extensions } = await bed.ask(query, {}, { 'x-enrichment-estimate': '1' });
    expect(extensions).toEqual({ estimate: { upstreamCalls: 9, indicators: 3 } });
    expect(bed.emulators.datadog.lookups).toHaveLength(6);
    expect(bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'))).toHaveLength(2);
  });

  it('is sent for an operation that is refused for it', async () => {
    const deep = 'covering { indicator { covering { indicator { covering { indicator { threatScore } } } } } }';
    const query = `{ indicators(values: [${repeat(100, i => `"${i}.example.org"`)}]) { ${deep} } }`;
    const { status, extensions } = await bed.ask(query, {}, { 'x-enrichment-estimate': '1' });
    expect(status).toBe(400);
    expect(extensions?.estimate).toMatchObject({ upstreamCalls: 6_410, indicators: 8_500 });
    expect(asked()).toBe(0);
  });
});
