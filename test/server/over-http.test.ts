import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

/** As our clients do: without such a header any page could make a browser send a GET. */
const fetchFn = (url: string, init: RequestInit = {}) =>
  fetch(url, {
    ...init,
    headers: { 'apollo-require-preflight': '1', ...Object.fromEntries(new Headers(init.headers)) },
  });

/**
 * The specification recommends, and does not demand, 200 for an operation that cannot be run when the client accepts no
 * more than `application/json`. We say 400: a client that looks at the status alone must not take it for a result.
 */
const otherwise = [
  'SHOULD use 200 status code on document parsing failure when accepting application/json',
  'SHOULD use 200 status code on document validation failure when accepting application/json',
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];
const audits = serverAudits({ url: () => `${bed.url}/graphql`, fetchFn });

describe('GraphQL over HTTP, as graphql-http audits it,', () => {
  it.each(audits.filter(({ name }) => !otherwise.includes(name)).map(audit => [audit.name, audit] as const))(
    '%s',
    async (_, audit) => {
      const result = await audit.fn();
      expect(result.status === 'ok' ? [] : [result.status, result.reason]).toEqual([]);
    },
  );

  it('is followed in everything but three recommendations', async () => {
    expect(audits.length).toBeGreaterThan(60);
    const failing = audits.filter(({ name }) => otherwise.includes(name));
    expect(failing).toHaveLength(3);
    for (const audit of failing) expect(await audit.fn()).toMatchObject({ status: 'warn' });
  });
});

describe('what the audit does not look at', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${bed.url}/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const query = JSON.stringify({ query: '{ __typename }' });

  it('a GET without a header that only a page of ours can send is refused with the name of that header', async () => {
    const response = await fetch(`${bed.url}/graphql?query={__typename}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('apollo-require-preflight');
  });

  it('a method that is neither GET nor POST is refused with these two', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${bed.url}/graphql`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    }
  });

  it.each([
    ['application/graphql-response+json', 200, 'application/graphql-response+json; charset=utf-8'],
    ['application/graphql-response+json;q=0.9, application/json;q=1', 200, 'application/json; charset=utf-8'],
    ['application/json', 200, 'application/json; charset=utf-8'],
    ['*/*', 200, 'application/json; charset=utf-8'],
    ['text/html', 406, 'application/json; charset=utf-8'],
  ])('a client that accepts %s is answered %i as %s', async (accept, status, type) => {
    const response = await post(query, { accept });
    expect([response.status, response.headers.get('content-type')]).toEqual([status, expect.stringContaining(type)]);
  });

  it.each([
    ['no JSON', '{"query": ', 400],
    ['no object', '"{ __typename }"', 400],
    ['an empty object', '{}', 400],
    ['a query that is a number', '{"query": 1}', 400],
    ['a batch', `[${query}]`, 400],
    ['variables that are a text', '{"query": "{ __typename }", "variables": "{"}', 400],
    ['an unknown operation name', '{"query": "query A { __typename }", "operationName": "B"}', 400],
  ])('a body with %s is an error of the client, in the shape of GraphQL', async (_, body, status) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    const { errors, ...rest } = JSON.parse(await response.text());
    expect(errors).toEqual([{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }]);
    expect(rest).toEqual({});
  });

  it('another content type than JSON is 415', async () => {
    expect((await post(query, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(query, { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(200);
  });
});

describe('extractIndicators', () => {
  const extract = 'query ($text: String!) { extractIndicators(text: $text) { value } }';
  const kibibyte = (letter: string) =>
    letter.repeat(1024 / Buffer.byteLength(letter) - 1) + ' '.repeat(Buffer.byteLength(letter));

  /** As Python's json writes it: everything beyond ASCII is escaped. */
  const escaped = (text: string) =>
    JSON.stringify({ query: extract, variables: { text } }).replace(
      /[\u0080-\uffff]/g,
      letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const ask = (text: string) =>
    fetch(`${bed.url}/graphql`, {
      method: 'POST',
      body: escaped(text),
      headers: { 'content-type': 'application/json' },
    });

  it.each(['a', 'ж', '漢', '😀'])('takes 256 KiB of %s, escaped or not', async letter => {
    const text = `${kibibyte(letter).repeat(255)} evil[.]example[.]org`;
    const response = await ask(text);
    expect([response.status, JSON.parse(await response.text())]).toEqual([
      200,
      { data: { extractIndicators: [{ value: 'evil.example.org' }] } },
    ]);
  });

  it('takes it as a literal too', async () => {
    const { data } = await bed.ask(`{ extractIndicators(text: "${'a '.repeat(4000)} evil.example.org") { value } }`);
    expect(data.extractIndicators).toEqual([{ value: 'evil.example.org' }]);
  });

  it('refuses a longer text, and says how long one may be', async () => {
    const { status, errors } = await bed.ask(extract, { text: 'a '.repeat(128 * 1024 + 1) });
    expect(status).toBe(200);
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' }, message: expect.stringContaining('262144') },
    ]);
  });

  it('refuses a text with more indicators than one operation may name, before anything is asked', async () => {
    const most = Array.from({ length: 500 }, (_, i) => `host-${i}.example.org`);
    const { data } = await bed.ask(extract, { text: most.join(' ') });
    expect(data.extractIndicators).toHaveLength(500);
    const { status, errors } = await bed.ask(extract, { text: [...most, 'evil.example.org'].join('\n') });
    expect(status).toBe(400);
    expect(errors).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_LARGE' }, message: expect.stringContaining('500') },
    ]);
  });
});
