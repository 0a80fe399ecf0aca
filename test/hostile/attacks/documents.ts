/** Texts of operations that are costly to read, to check or to keep. */
import { getIntrospectionQuery } from 'graphql';
import { type Attack, ask, list, recordFields, repeat } from '../attack.ts';
import { byGet } from '../ways.ts';

const one = (selection: string): string => `{ indicator(value: "x") { ${selection} } }`;
const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)]);

const leaves =
  'id value type defanged specialUse threatScore triageState sources { source status limits servedFrom detail fetchedAt ageSeconds staleBecause retryAfterSeconds } ' +
  'verdict { id level summary missing conflicting policyVersion } ' +
  'threat { id datadogId indicator score indicatorType categories tags firstSeen lastSeen logMatches signalTier } ' +
  'datadog { id } triageHistory { state at by } argus { id membershipCount }';
const around = (index: number): string =>
  `host { ...B${index} } memberships { ...R${index} } covering { ...R${index} } argus { memberships { ...R${index} } }`;

/** 1.5 KB that fragments make thousands of fields of, all below a directive that leaves them out. */
const leftOut = (name: string): string =>
  `query ${name} { __typename indicator(value: "x") @skip(if: true) { ...B0 } } ` +
  repeat(
    3,
    index => `fragment B${index} on Indicator { ${leaves} ${around(index + 1)} }
      fragment R${index + 1} on ReputationRecord { ${recordFields} indicator { ...B${index + 1} } }`,
  ) +
  ` fragment B3 on Indicator { ${leaves} }`;

const introspection = `{ __schema { types { ...T } } } fragment T on __Type { ${repeat(
  6,
  () => 'fields { name description type { name kind ofType { name kind ofType { name kind } } } args { name } }',
)} }`;

export const documents: readonly Attack[] = [
  {
    title: '167 documents of thousands of fields below @skip, three times each',
    body: index => ask(leftOut(`Q${index % 167}`)),
    ...{ times: 501, atOnce: 6, told: [null] },
  },
  {
    title: 'a comment of 900 KB, another one each time',
    body: index => ask(`{ __typename } # ${index} ${'comment '.repeat(112_500)}`),
    ...{ times: 12, atOnce: 4, told: [null] },
  },
  {
    title: '900 KB of escapes in a literal',
    body: index => ask(`{ indicator(value: "${index}${'\\u0041'.repeat(150_000)}") { id } }`),
    ...{ times: 12, atOnce: 4, told: ['OPERATION_TOO_LARGE'] },
  },
  {
    title: '3,900 unknown fields, for each of which the schema has suggestions',
    body: index => ask(one(repeat(3_900, field => `membership${field}s${index}`))),
    ...{ times: 12, atOnce: 4, told: ['GRAPHQL_VALIDATION_FAILED'] },
  },
  {
    title: 'the same fields, as often as validation may compare them',
    body: index => ask(`query Q${index} ${one(repeat(22, () => `host { ${repeat(6, () => 'id')} }`))}`),
    ...{ times: 40, atOnce: 4, told: [null, 'OPERATION_TOO_LARGE'] },
  },
  {
    title: '180 operations in one document, each over 40 fragments',
    body: index =>
      ask(
        `${repeat(180, i => `query Q${i} { ...F0 }`)} ${repeat(40, i => `fragment F${i} on Query { ${i < 39 ? `...F${i + 1}` : `a${index}: __typename`} }`)}`,
        undefined,
        { operationName: `Q${index}` },
      ),
    ...{ times: 40, atOnce: 4, told: [null, 'OPERATION_TOO_LARGE'] },
  },
  {
    title: 'introspection, multiplied by fragments',
    body: index => ask(`query Q${index} ${introspection}`),
    ...{ times: 30, atOnce: 6, told: [null, 'OPERATION_TOO_LARGE'] },
  },
  {
    title: "GraphiQL's whole introspection, 60 texts of it",
    body: index => ask(getIntrospectionQuery().replace('IntrospectionQuery', `I${index}`)),
    ...{ times: 60, atOnce: 6, told: [null] },
  },
  {
    title: '2,000 operation names',
    body: index => ask(`query N${index}_${'n'.repeat(200)} { __typename sources { source } }`),
    ...{ times: 2_000, atOnce: 20, told: [null] },
  },
  {
    title: 'variables of lists in 1,000 lists',
    body: () => ask('{ __typename }', { v: nested(1_000) }),
    ...{ times: 60, atOnce: 6, told: ['OPERATION_TOO_LARGE'] },
  },
  {
    title: '100,000 leaves in the variables',
    body: () => ask('{ __typename }', { v: list(400, () => list(250, leaf => leaf)) }),
    ...{ times: 40, atOnce: 6, told: ['OPERATION_TOO_LARGE'] },
  },
  {
    title: 'an object of 19,000 keys in the variables',
    body: index => ask('{ __typename }', Object.fromEntries(list(19_000, key => [`k${index}_${key}`, key]))),
    ...{ times: 40, atOnce: 6, told: [null, 'OPERATION_TOO_LARGE'] },
  },
  {
    title: 'hashes of persisted queries that are those of something else',
    body: index =>
      ask('{ __typename }', undefined, {
        extensions: { persistedQuery: { version: 1, sha256Hash: index.toString(16).padStart(64, '0') } },
      }),
    ...{ times: 500, atOnce: 10, told: ['BAD_REQUEST'] },
  },
  {
    title: 'hashes of persisted queries that nobody has sent',
    body: index =>
      JSON.stringify({
        extensions: { persistedQuery: { version: 1, sha256Hash: index.toString(16).padStart(64, '0') } },
      }),
    ...{ times: 500, atOnce: 10, told: ['PERSISTED_QUERY_NOT_FOUND'] },
  },
  {
    title: 'mutations, which this gateway does not allow',
    body: index => {
      const values = repeat(100, value => `"n${index}-${value}.example.org"`);
      return ask(`mutation M${index} { setTriageState(values: [${values}], state: REVIEWED) { status } }`);
    },
    ...{ times: 40, atOnce: 10, told: ['FORBIDDEN'] },
  },
  {
    title: 'subscriptions',
    body: index => ask(`subscription S${index} { x }`),
    ...{ times: 300, atOnce: 10, told: ['GRAPHQL_VALIDATION_FAILED'] },
  },
  {
    title: 'the same wrong operation again and again',
    body: () => ask(one(repeat(500, field => `f${field}`))),
    ...{ times: 100, atOnce: 6, told: ['GRAPHQL_VALIDATION_FAILED'] },
  },
  {
    title: 'texts in the address of a GET',
    body: index => ask(`{ ${repeat(20, alias => `a${index}_${alias}_${'n'.repeat(200)}: __typename`)} }`),
    headers: { 'apollo-require-preflight': '1' },
    ...{ times: 100, atOnce: 6, told: [null], way: byGet },
  },
];
