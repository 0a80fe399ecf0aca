/** Small requests for large answers. */
import { type Attack, ask, list, recordFields, repeat } from '../attack.ts';
import { unread } from '../ways.ts';
import { crowded, evil, heavy, swamped } from '../world.ts';

const unknownNames = (count: number): readonly string[] => list(count, name => `z${name}`);
const properties = 'properties(names: $n) { value }';
const byAlias = (count: number, selection: string): string => repeat(count, alias => `a${alias}: ${selection}`);
const tooLarge = ['OPERATION_TOO_LARGE'] as const;

const ofNames = (value: string, aliases: number): string =>
  `query ($n: [String!]!) { indicator(value: "${value}") { ${byAlias(aliases, `memberships { ${properties} }`)} } }`;

/** Records are 40, names what the variable holds. */
const names: readonly Attack[] = [
  {
    title: '500 property names, 40 records, 20 aliases',
    body: () => ask(ofNames(crowded, 20), { n: unknownNames(500) }),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '500 property names, 45 aliases of few records',
    body: () => ask(ofNames(evil, 45), { n: unknownNames(500) }),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: 'property names of 1,850 characters',
    body: () => ask(ofNames(crowded, 20), { n: list(500, name => `${name}${'z'.repeat(1_850)}`) }),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '500 property names of each record of a page',
    body: () =>
      ask(`query ($n: [String!]!) { reputationRecords(first: 200) { nodes { ${properties} } } }`, {
        n: unknownNames(500),
      }),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '3,000 property names in the text',
    body: () =>
      ask(
        `{ indicator(value: "${crowded}") { memberships { properties(names: [${repeat(3_000, name => `"z${name}"`)}]) { value } } } }`,
      ),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '500 property names by a fragment that twenty fields share',
    body: () =>
      ask(
        `query ($n: [String!]!) { indicator(value: "${crowded}") { ${byAlias(20, 'memberships { ...P }')} } }
         fragment P on ReputationRecord { ${properties} }`,
        { n: unknownNames(500) },
      ),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '49 unknown property names, 40 records, 45 aliases',
    body: () => ask(ofNames(crowded, 45), { n: unknownNames(49) }),
    ...{ times: 3, atOnce: 3, told: ['BAD_USER_INPUT', 'OPERATION_TOO_LARGE'] },
  },
  {
    title: 'one property name, 500 times',
    body: () => ask(ofNames(crowded, 20), { n: list(500, () => 'comment') }),
    ...{ times: 2, atOnce: 2, told: [null] },
  },
];

const long = 'v'.repeat(950_000);
const inputs = (): string =>
  ask(`query ($v: [String!]!) { lookup(values: $v) { ${byAlias(48, 'input')} } }`, { v: [long] });
const isCut = (data: unknown): boolean => JSON.stringify(data).length < 48 * 8_192 * 1.1;
const ofSwamped = (aliases: number, selection: string, name = 'Q'): string =>
  ask(`query ${name} { indicator(value: "${swamped.value}") { ${byAlias(aliases, `memberships { ${selection} }`)} } }`);

const texts: readonly Attack[] = [
  { title: '48 aliases of an input of 950 KB', body: inputs, ...{ times: 8, atOnce: 8, told: [null], isRight: isCut } },
  { title: 'the same, read by nobody', body: inputs, ...{ times: 12, atOnce: 12, told: [null], way: unread } },
  {
    title: '500 values of 1,850 characters, each told 20 times',
    body: () =>
      ask(`query ($v: [String!]!) { indicators(values: $v) { ${byAlias(20, 'value')} defanged } }`, {
        v: list(500, value => `https://h${value}.example.org/${'p'.repeat(1_830)}`),
      }),
    ...{ times: 3, atOnce: 3, told: [null, 'OPERATION_TOO_LARGE'], points: 280 },
  },
  {
    title: '40 values with two megabytes each',
    body: () =>
      ask('query ($v: [String!]!) { indicators(values: $v) { threat { additionalData } } }', { v: heavy.values }),
    ...{ times: 1, atOnce: 1, told: tooLarge },
  },
  {
    title: 'a value with two megabytes, told by 40 aliases',
    body: () => ask(`{ indicator(value: "${heavy.values[0]}") { ${byAlias(40, 'threat { additionalData }')} } }`),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
];

const rows: readonly Attack[] = [
  {
    title: '16 aliases of 9,000 records',
    body: () => ofSwamped(16, recordFields),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: '9,000 records, six times at once',
    body: index => ofSwamped(1, recordFields, `Q${index}`),
    ...{ times: 6, atOnce: 6, told: [null], points: 60 },
  },
  {
    title: '40 names of 250 characters for a field of 9,000 records',
    body: () =>
      ofSwamped(
        1,
        repeat(40, alias => `${'n'.repeat(240)}${alias}: state`),
      ),
    ...{ times: 2, atOnce: 2, told: tooLarge },
  },
  {
    title: 'answers of 13 megabytes, read by nobody',
    body: () => ask(`{ indicator(value: "${heavy.values[0]}") { ${byAlias(7, 'threat { additionalData }')} } }`),
    ...{ times: 60, atOnce: 60, told: [null], way: unread },
  },
  {
    title: 'records of the value of each record of a crowded value',
    body: () =>
      ask(`{ indicator(value: "${crowded}") { memberships { ...R } covering { ...R } argus { memberships { ...R } } } }
           fragment R on ReputationRecord { indicator { memberships { indicator { memberships { ${recordFields} } } } } }`),
    ...{ times: 2, atOnce: 2, told: [null, 'OPERATION_TOO_LARGE'] },
  },
  {
    title: 'twenty pages of 1,000 records',
    body: () =>
      ask(
        `{ ${byAlias(20, `reputationRecords(first: 1000) { edges { cursor node { ${recordFields} } } totalCount }`)} }`,
      ),
    ...{ times: 2, atOnce: 2, told: [null, 'OPERATION_TOO_LARGE', 'DEADLINE_EXCEEDED'], points: 20 },
  },
  {
    title: 'verdict and sources of 500 values, twenty times',
    body: () =>
      ask(
        `query ($v: [String!]!) { indicators(values: $v) { ${byAlias(20, 'verdict { level summary reasons { rule detail } policyVersion }')} ${repeat(20, alias => `b${alias}: sources { source status detail limits }`)} } }`,
        { v: list(500, value => `host-${value}.example.org`) },
      ),
    ...{ times: 2, atOnce: 2, told: [null, 'OPERATION_TOO_LARGE'], points: 500 },
  },
  {
    title: 'the health of the sources, by every alias there may be',
    body: index =>
      ask(
        `query Q${index} { ${byAlias(19, `sources { source state circuit lastSuccessAt lastFailureAt lastFailureCode }`)} }`,
      ),
    ...{ times: 200, atOnce: 6, told: [null] },
  },
];

export const answers: readonly Attack[] = [...names, ...texts, ...rows];
