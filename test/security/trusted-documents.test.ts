import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const document = 'query Score($value: String!) {\n  indicator(value: $value) {\n    threatScore\n  }\n}';
const variables = { value: 'evil.example.org' };
const sha = createHash('sha256').update(document).digest('hex');
const answer = { data: { indicator: { threatScore: 92.5 } } };
const notListed = { errors: [{ extensions: { code: 'PERSISTED_QUERY_REQUIRED' } }] };

function fileOf(content: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'documents-')), 'manifest.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

let bed: TestBed;
const post = async (body: unknown) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${bed.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as unknown };
};
const get = async (parameters: Record<string, string>) => {
  const search = new URLSearchParams({ variables: JSON.stringify(variables), ...parameters });
  const response = await fetch(`${bed.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } });
  return { status: response.status, body: (await response.json()) as unknown };
};
const hashed = (sha256Hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash } });

describe.each([
  [
    "Apollo's manifest",
    'a-name-of-its-own',
    {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'a-name-of-its-own', name: 'Score', type: 'query', body: document }],
    },
  ],
  ["Code Generator's map", sha, { [sha]: document }],
])('with a list of trusted documents, %s', (_format, id, content) => {
  beforeAll(async () => {
    bed = await startTestBed({ TRUSTED_DOCUMENTS: fileOf(content) });
  });
  afterAll(() => bed.stop());

  it.each<[string, () => ReturnType<typeof post>]>([
    ['by documentId', () => post({ documentId: id, variables })],
    ['by documentId with the name of its algorithm', () => post({ documentId: `sha256:${id}`, variables })],
    ["by Apollo's extension", () => post({ extensions: hashed(id), variables })],
    ["by Apollo's extension and in full", () => post({ query: document, extensions: hashed(id), variables })],
    ['in full', () => post({ query: document, variables, operationName: 'Score' })],
    ['in full, with other white space', () => post({ query: document.replaceAll(/\s+/g, ' '), variables })],
    ['by GET and documentId', () => get({ documentId: id })],
    ["by GET and Apollo's extension", () => get({ extensions: JSON.stringify(hashed(id)) })],
    ['by GET in full', () => get({ query: document })],
  ])('a listed operation runs: %s', async (_how, ask) => {
    expect(await ask()).toEqual({ status: 200, body: answer });
  });

  const other = 'query Score($value: String!) { indicator(value: $value) { threatScore memberships { state } } }';
  const otherSha = createHash('sha256').update(other).digest('hex');
  it.each<[string, () => ReturnType<typeof post>]>([
    ['another text', () => post({ query: other, variables })],
    [
      'another text under the hash that is its own',
      () => post({ query: other, extensions: hashed(otherSha), variables }),
    ],
    ['an unknown id', () => post({ documentId: 'unknown', variables })],
    ['an unknown hash', () => post({ extensions: hashed(otherSha), variables })],
    ['a hash that is an object', () => post({ extensions: hashed({}), variables })],
    ['the id of a member of every object', () => post({ documentId: '__proto__' })],
    ['introspection', () => post({ query: '{ __schema { types { name } } }' })],
    ['the schema for a router', () => post({ query: '{ _service { sdl } }' })],
    ['a batch with a listed one', () => post([{ documentId: id, variables }])],
    ['nothing', () => post({})],
    ['a text', () => post(document)],
    ['another text by GET', () => get({ query: other })],
    ['an unknown hash by GET', () => get({ extensions: JSON.stringify(hashed(otherSha)) })],
    ['half an extension by GET', () => get({ extensions: '{' })],
    ['nothing by GET', () => get({})],
  ])('anything else does not: %s', async (_what, ask) => {
    expect(await ask()).toMatchObject({ status: 400, body: notListed });
  });

  it('what is sent beside a listed id is not looked at', async () => {
    bed.emulators.argus.clearRequests();
    expect(await post({ documentId: id, query: other, variables })).toEqual({ status: 200, body: answer });
    expect(bed.emulators.argus.requests).toEqual([]);
  });

  it('limits and the guard against other pages hold as ever', async () => {
    const search = new URLSearchParams({ documentId: id, variables: JSON.stringify(variables) });
    expect((await fetch(`${bed.url}/graphql?${search}`)).status).toBe(400);
    const tooMany = { value: Array.from({ length: 501 }, () => 'x') };
    expect(await post({ documentId: id, variables: tooMany })).toMatchObject({ status: 400 });
  });
});

describe('without a list', () => {
  beforeAll(async () => {
    bed = await startTestBed();
  });
  afterAll(() => bed.stop());

  it('a hash stands for a text that was sent once (APQ)', async () => {
    expect(await post({ extensions: hashed(sha), variables })).toMatchObject({
      body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    });
    expect(await post({ query: document, extensions: hashed(sha), variables })).toEqual({ status: 200, body: answer });
    expect(await post({ extensions: hashed(sha), variables })).toEqual({ status: 200, body: answer });
  });

  it('an operation that is refused is not kept under its hash', async () => {
    const large = `{ ${Array.from({ length: 60 }, (_, i) => `a${i}: __typename`).join(' ')} }`;
    const hash = createHash('sha256').update(large).digest('hex');
    expect(await post({ query: large, extensions: hashed(hash) })).toMatchObject({ status: 400 });
    expect(await post({ extensions: hashed(hash) })).toMatchObject({
      body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    });
  });

  it('memory stays bounded under an endless number of hashes', async () => {
    // Forty megabytes of texts; the cache holds thirty.
    const padding = '#'.repeat(400_000);
    for (let i = 0; i < 100; i += 1) {
      const query = `{ __typename } ${i} ${padding}`.replace(` ${i} `, ` # ${i} `);
      const { status } = await post({ query, extensions: hashed(createHash('sha256').update(query).digest('hex')) });
      expect(status).toBe(200);
    }
    const first = `{ __typename } # 0 ${padding}`;
    expect(await post({ extensions: hashed(createHash('sha256').update(first).digest('hex')) })).toMatchObject({
      body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] },
    });
  });
});
