import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTrustedDocuments } from '../../src/auth/trusted-documents.ts';

const document = 'query Score($value: String!) {\n  indicator(value: $value) {\n    threatScore\n  }\n}';
const file = join(mkdtempSync(join(tmpdir(), 'trusted-')), 'documents.json');

function open(content: unknown) {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return createTrustedDocuments(file);
}

const manifest = (operations: unknown, version = 1) => ({
  format: 'apollo-persisted-query-manifest',
  version,
  operations,
});
const operation = { id: 'abc', name: 'Score', type: 'query', body: document };

test.each([
  ["Apollo's manifest", manifest([operation])],
  ["Code Generator's map", { abc: document }],
])('%s is understood', (_title, content) => {
  const trusted = open(content);
  expect(trusted.byId('abc')).toBe(document);
  expect(trusted.has(document)).toBe(true);
});

test('operations that differ in white space, commas and comments are equal; other ones are not', () => {
  const trusted = open({ abc: document });
  expect(trusted.has('query Score($value:String!){indicator(value:$value){threatScore}} # same')).toBe(true);
  expect(trusted.has('query Score($value:String!){indicator(value:$value){threatScore id}}')).toBe(false);
  expect(trusted.has('query Score($value:String!){indicator(value:"x"){threatScore}}')).toBe(false);
});

test('what is unknown, empty, broken or the name of a member of every object is not trusted', () => {
  const trusted = open({ abc: document });
  for (const id of ['', 'ABC', '__proto__', 'constructor', 'toString']) expect(trusted.byId(id)).toBeUndefined();
  for (const text of ['', ' ', '{ "', '{ __typename }', '\u0000', 'abc']) expect(trusted.has(text)).toBe(false);
});

test('an enormous unknown text is rejected at once', () => {
  const trusted = open({ abc: document });
  const startedAt = performance.now();
  expect(trusted.has(`{${' a'.repeat(250_000)}}`)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test.each([
  ['is not JSON', '{'],
  ['is neither', '[]'],
  ['is neither', 'null'],
  ['is neither', manifest([operation], 2)],
  ['is neither', manifest([{ id: 'abc' }])],
  ['lists no operation', {}],
  ['lists no operation', manifest([])],
  ['two different operations under the id "abc"', manifest([operation, { ...operation, body: '{ __typename }' }])],
  ['not GraphQL, id "bad": Syntax Error', { bad: 'query {' }],
])('a file that %s stops the start with that message', (message, content) => {
  expect(() => open(content)).toThrow(message);
});

test('a missing file stops the start with that message', () => {
  expect(() => createTrustedDocuments(`${file}.none`)).toThrow(
    'TRUSTED_DOCUMENTS names a file that cannot be read (ENOENT)',
  );
});
