/** Operations meant to hurt, each with the code it is refused with. `repeat(3, i => …)` writes three parts. */
export interface Hostile {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly code: 'OPERATION_TOO_LARGE' | 'GRAPHQL_VALIDATION_FAILED' | 'GRAPHQL_PARSE_FAILED' | 'BAD_USER_INPUT';
}

export const repeat = (times: number, part: (index: number) => string, separator = ' '): string =>
  Array.from({ length: times }, (_, index) => part(index)).join(separator);

const one = (selection: string) => `{ indicator(value: "x") { ${selection} } }`;
const fragment = (index: number, selection: string) => `fragment F${index} on Indicator { ${selection} }`;
const binary = (depth: number): string => (depth === 0 ? 'id' : `host { ${binary(depth - 1)} ${binary(depth - 1)} }`);
const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)]);
const many = (count: number) => Array.from({ length: count }, (_, index) => `${index}.example`);

const documents: Record<string, string> = {
  '22 doubling fragments': `${one('...F0')} ${repeat(22, i => fragment(i, `...F${i + 1} ...F${i + 1}`))} ${fragment(22, 'id')}`,
  '22 fragments that double below a field': `${one('...F0')} ${repeat(22, i =>
    fragment(i, `host { ...F${i + 1} } host { ...F${i + 1} }`),
  )} ${fragment(22, 'id')}`,
  'doubling fragments that nothing uses': `{ __typename } ${repeat(22, i => fragment(i, `...F${i + 1} ...F${i + 1}`))} ${fragment(22, 'id')}`,
  'fragments that spread all that follow': `${one('...F0')} ${repeat(60, i =>
    fragment(i, `${repeat(60 - i - 1, j => `...F${i + j + 1}`)} id`),
  )}`,
  '300 fragments': `${one(repeat(300, i => `...F${i}`))} ${repeat(300, i => fragment(i, 'id'))}`,
  '199 fragments that nothing uses': `{ __typename } ${repeat(199, i => fragment(i, `${i < 198 ? `...F${i + 1}` : ''} id value type`))}`,
  '180 operations over 199 fragments': `${repeat(180, i => `query Q${i} { ...F0 }`)} ${repeat(
    199,
    i => `fragment F${i} on Query { ${i < 198 ? `...F${i + 1}` : ''} __typename }`,
  )}`,
  '2,000 aliases': `{ ${repeat(2_000, i => `a${i}: __typename`)} }`,
  '51 aliases below a field': one(repeat(51, i => `a${i}: id`)),
  '51 aliases of __typename': one(repeat(51, i => `a${i}: __typename`)),
  'aliases multiplied by a fragment': `{ ${repeat(6, i => `a${i}: indicator(value: "x") { ...F0 }`)} } ${fragment(
    0,
    repeat(10, i => `b${i}: id`),
  )}`,
  '21 fields at the root': `{ ${repeat(21, i => `a${i}: indicator(value: "${i}") { id }`)} }`,
  '21 fields at the root, in a fragment': `{ ...R } fragment R on Query { ${repeat(21, i => `a${i}: sources { source }`)} }`,
  '20,000 tokens': one(repeat(20_000, () => 'id')),
  '3,900 times the same field': one(repeat(3_900, () => 'id')),
  '60 by 60 times the same field': one(repeat(60, () => `host { ${repeat(60, () => 'id')} }`)),
  'a binary tree of the same field': one(binary(9)),
  'depth 120': one(`${'host { '.repeat(120)}id${' }'.repeat(120)}`),
  'depth 13': one(`${'host { '.repeat(12)}id${' }'.repeat(12)}`),
  'depth 1,300': one(`${'host{'.repeat(1_300)}id${'}'.repeat(1_300)}`),
  'depth in fragments': `${one('...F0')} ${repeat(14, i => fragment(i, `host { ...F${i + 1} }`))} ${fragment(14, 'id')}`,
  '900 inline fragments in each other': one(`${'...{'.repeat(900)}id${'}'.repeat(900)}`),
  '500 directives': one(`id ${repeat(500, () => '@include(if: true)')}`),
  '31 directives on as many fields': one(repeat(31, i => `a${i}: id @include(if: true)`)),
  'directives multiplied by a fragment': `{ ${repeat(4, i => `a${i}: indicator(value: "x") { ...F0 }`)} } ${fragment(
    0,
    repeat(10, () => '... @include(if: true) { id }'),
  )}`,
  'a literal list in lists': `{ indicators(values: ${'['.repeat(1_500)}"x"${']'.repeat(1_500)}) { id } }`,
  'an object in objects': `{ reputationRecords(filter: ${'{time:'.repeat(900)}1${'}'.repeat(900)}) { totalCount } }`,
  'a type of lists in lists': `query ($v: ${'['.repeat(1_500)}Int${']'.repeat(1_500)}) { __typename }`,
  'a number of 100,000 digits': `{ reputationRecords(first: ${'9'.repeat(100_000)}) { totalCount } }`,
  'a literal of 100,000 characters': `{ indicator(value: "${'x'.repeat(100_000)}") { id } }`,
  'a field name of 100,000 characters': one('x'.repeat(100_000)),
  'three introspections': `{ ${repeat(3, i => `a${i}: __schema { types { name } }`)} }`,
  'introspection aliased in itself': `{ __schema { ${repeat(5, i => `a${i}: types { name }`)} } }`,
  'introspection aliased in a fragment': `{ __schema { ...I } } fragment I on __Schema { ${repeat(5, i => `a${i}: types { name }`)} }`,
  'introspection 100 levels deep': `{ __type(name: "Query") { ${'ofType{'.repeat(100)}name${'}'.repeat(100)} } }`,
  '501 values in a literal': `{ indicators(values: [${repeat(501, i => `"${i}"`, ',')}]) { id } }`,
  '5,001 values in a literal': `{ indicators(values: [${repeat(5_001, i => `"${i}"`, ',')}]) { id } }`,
  'values multiplied by aliases': `{ ${repeat(6, i => `a${i}: lookup(values: [${repeat(100, j => `"${i}.${j}"`, ',')}]) { input }`)} }`,
  'covering of covering of covering': `{ indicators(values: [${repeat(100, i => `"${i}"`)}]) { covering { indicator { covering { indicator { covering { indicator { threatScore } } } } } } } }`,
};

const unparsed: Record<string, string> = {
  '3,900 brackets that nothing closes': `{ indicators(values: ${'['.repeat(3_900)}`,
  '1,300 objects that nothing closes': `{ indicators(values: ${'{a:'.repeat(1_300)}`,
  '1,900 selections that nothing closes': '{a'.repeat(1_900),
  '1,300 inline fragments that nothing closes': '{...'.repeat(1_300),
};

const wrong: Record<string, string> = {
  'a fragment that contains itself': `${one('...F0')} ${fragment(0, 'host { ...F0 }')}`,
  '40 fragments that each contain all': `${one('...F0')} ${repeat(40, i =>
    fragment(
      i,
      repeat(40, j => `...F${j}`),
    ),
  )}`,
  '3,900 unknown fields': one(repeat(3_900, i => `f${i}`)),
  '900 unused variables': `query (${repeat(900, i => `$v${i}: Int`)}) { __typename }`,
  '900 times the same variable': `query (${repeat(900, () => '$v: Int')}) { __typename }`,
  'nested introspection': `{ __type(name: "Query") { ${'fields{type{'.repeat(15)}name${'}}'.repeat(15)} } }`,
};

const withVariables: Record<string, readonly [string, Record<string, unknown>]> = {
  '5,001 values in a variable': ['query ($v: [String!]!) { indicators(values: $v) { id } }', { v: many(5_001) }],
  '501 values in a variable': ['query ($v: [String!]!) { lookup(values: $v) { input } }', { v: many(501) }],
  '5,001 entities': [
    'query ($v: [_Any!]!) { _entities(representations: $v) { __typename } }',
    { v: many(5_001).map(value => ({ __typename: 'Indicator', value })) },
  ],
  '300 values twice': [
    'query ($v: [String!]!) { a: indicators(values: $v) { id } b: lookup(values: $v) { input } }',
    { v: many(300) },
  ],
  '300 values and 201 entities': [
    'query ($v: [String!]!, $e: [_Any!]!) { ...A _entities(representations: $e) { __typename } } fragment A on Query { indicators(values: $v) { id } }',
    { v: many(300), e: many(201).map(id => ({ __typename: 'Indicator', id })) },
  ],
  'a list in 1,000 lists': ['query ($v: [String!]!) { indicators(values: $v) { id } }', { v: nested(1_000) }],
  'an entity of lists in lists': [
    'query ($v: [_Any!]!) { _entities(representations: $v) { __typename } }',
    { v: [{ __typename: 'Indicator', value: nested(1_000) }] },
  ],
  'an unused variable of lists in lists': ['{ __typename }', { v: nested(1_000) }],
  '501 values in a filter': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: { values: many(501) } },
  ],
  '300 addresses and 201 names in a filter': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: { ips: many(300), domains: { names: many(201) } } },
  ],
  '100,000 leaves in a variable': ['{ __typename }', { v: Array.from({ length: 400 }, () => many(250)) }],
};

export const hostile: Readonly<Record<string, Hostile>> = {
  ...Object.fromEntries(
    Object.entries({ ...documents, ...unparsed }).map(([name, query]) => [
      name,
      { query, code: 'OPERATION_TOO_LARGE' as const },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(wrong).map(([name, query]) => [name, { query, code: 'GRAPHQL_VALIDATION_FAILED' as const }]),
  ),
  ...Object.fromEntries(
    Object.entries(withVariables).map(([name, [query, variables]]) => [
      name,
      { query, variables, code: 'OPERATION_TOO_LARGE' as const },
    ]),
  ),
  'a syntax error': { query: '{ indicator(', code: 'GRAPHQL_PARSE_FAILED' },
};
