/** What is asked: one query over nearly every field of both sources, for one value and for many. */
import { createHash } from 'node:crypto';
import type { Shot } from './connection.ts';

export const fields = `id value type threatScore triageHistory { state at by }
  memberships { list { name confidence shortName } state value firstSeen lastSeen
    properties(names: ["comment", "role"]) { shortName value values } }
  threat { id score indicatorType categories tags maliciousSources suspiciousSources benignSources
    scoringFactors { asType persistence signal sources maxTrust } firstSeen lastSeen logMatches signalMatches signalTier
    logSources services hosts triageState triagedAt triagedBy }`;
const one = `query One($v: String!, $age: Int) { indicator(value: $v, maxAgeSeconds: $age) { ${fields} } }`;
export const warmOne = `query One($v: String!) { indicator(value: $v) { ${fields} } }`;
const many = `query Many($v: [String!]!, $age: Int) { indicators(values: $v, maxAgeSeconds: $age) { ${fields} } }`;
export const warmMany = `query Many($v: [String!]!) { indicators(values: $v) { ${fields} } }`;

export const post = (query: string, variables: object, extensions?: object): Shot => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables, extensions }),
});

const persisted = (query: string, variables: object, isRegistering = false): Shot => {
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const search = new URLSearchParams({
    variables: JSON.stringify(variables),
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash } }),
    ...(isRegistering && { query }),
  });
  return { method: 'GET', path: `/graphql?${search}`, headers: { 'apollo-require-preflight': 'true' } };
};

export const warmSingle = (v: string): Shot => post(warmOne, { v });
export const warmBatch = (v: readonly string[]): Shot => post(warmMany, { v });
export const coldSingle = (v: string): Shot => post(one, { v, age: 0 });
export const coldBatch = (v: readonly string[]): Shot => post(many, { v, age: 0 });
export const persistedSingle = (v: string | undefined, isRegistering = false): Shot =>
  persisted(warmOne, { v }, isRegistering);

/** Three times a hundred. */
export const batches = (values: readonly string[]): string[][] =>
  [0, 100, 200].map(from => values.slice(from, from + 100));
