/** What arguments may be: as they are written, and the variables that stand in them. */
import { crowded, evil, heavy, swamped } from '../world.ts';

const many = (count: number, item: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => item(index));

const texts = {
  shortText: 'evil[.]example[.]org and 198.51.100.7, '.repeat(20),
  longText: 'a.b '.repeat(16_000),
  longestText: 'hxxps://a[.]example/?u=https%3A%2F%2Fb.example '.repeat(5_000).slice(0, 256 * 1024),
  manyPlaces: '1.2.3.4 '.repeat(9_000),
};

interface Variable {
  readonly type: string;
  readonly value: unknown;
}

const ofType = (type: string, values: Readonly<Record<string, unknown>>): Record<string, Variable> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type, value }]));

export const variables: Readonly<Record<string, Variable>> = {
  ...ofType('String!', { ...texts, longValue: 'v'.repeat(500_000), urlValue: `https://${evil}/${'%41'.repeat(600)}` }),
  ...ofType('[String!]!', {
    crowdedValues: [crowded, swamped.value, evil],
    heavyValues: heavy.values.slice(0, 5),
    fifty: many(50, value => `host-${value}.example.org`),
    fiveHundred: many(500, value => `host-${value}.example.org`),
    longValues: many(200, value => `https://h${value}.example.org/${'p'.repeat(1_800)}`),
    knownNames: ['comment', 'role', 'campaign'],
    fiftyNames: many(50, name => `z${name}`),
    manyNames: many(400, name => `z${name}`),
  }),
};

const quoted = (...values: readonly string[]): readonly string[] => values.map(value => JSON.stringify(value));
const lists = ['$crowdedValues', '$heavyValues', '$fifty', '$fiveHundred', '$longValues'];

/** By the name of the argument. One that is not here is left out. */
export const argumentTexts: Readonly<Record<string, readonly string[]>> = {
  value: [
    ...quoted(crowded, swamped.value, evil, `https://${evil}/x`, heavy.values[0] ?? ''),
    '$longValue',
    '$urlValue',
  ],
  values: lists,
  text: Object.keys(texts).map(name => `$${name}`),
  names: ['$knownNames', '$fiftyNames', '$manyNames', '["comment"]'],
  states: ['[ACTIVE, LATEST, OLD]', '[OLD]'],
  lists: ['["phishing"]', '["nowhere"]'],
  orderBy: ['[{ field: VALUE }]', '[{ field: UPDATED, direction: DESC }]'],
  filter: [`{ values: [${quoted(swamped.value)}] }`, '{ includeDeleted: true }', '{ values: $fifty }'],
  first: ['1000', '200', '1'],
  maxAgeSeconds: ['0', '3600'],
  ocsf: ['true', 'false'],
  limit: ['1', '10000'],
  offset: ['0', '10'],
  id: quoted('SW5kaWNhdG9yOkRPTUFJTjpldmlsLmV4YW1wbGUub3Jn', '00000000-0000-4000-8000-000000000000'),
};
