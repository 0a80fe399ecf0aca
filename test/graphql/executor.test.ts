/** An answer is the same byte for byte, whether graphql-js executes or it is written as text at once. */
import fc from 'fast-check';
import {
  buildSchema,
  execute,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/graphql/context.ts';
import { formatError } from '../../src/graphql/errors.ts';
import { executePrepared, writeAnswer } from '../../src/graphql/operation/execute.ts';
import { createFragmentStore } from '../../src/graphql/operation/fragments.ts';
import { type PreparedOperation, prepareOperation } from '../../src/graphql/operation/prepared.ts';
import { createRoots, resolveRootsOnce } from '../../src/graphql/operation/roots.ts';
import { createRowCount } from '../../src/graphql/operation/row-count.ts';
import { UpstreamError } from '../../src/http-client/errors.ts';
import { createSlices, type Slices } from '../../src/slices.ts';
import type { ReadFrom } from '../../src/sources/lookahead.ts';
import { operations } from './random-operations.ts';

const sdl = `
  enum Colour { RED GREEN }
  union Pet = Cat | Dog
  interface Named { name: String! }
  type Cat implements Named { name: String! lives: Int! meow: String }
  type Dog implements Named { name: String! barks: Boolean! }
  input Range { from: Int! to: Int = 9 note: String }
  type Box { ok: String must: String! self: Box boxes: [Box!] strict: Box! later: String }
  type Query {
    text: String  must: String!  nullInMust: String!  laterNull: String!
    box: Box  boxes: [Box]  strictBoxes: [Box!]  strictest: [Box!]!
    colour: Colour  badColour: Colour  badColours: [Colour]  mustColour: Colour!
    int: Int  badInt: Int  bigInt: Int  nanInt: Int  badFloat: Float  badBoolean: Boolean  badText: String
    thrown: String  rejected: String  thrownText: String  thrownNothing: String
    coded: String  coded2: String!  upstream: String  returnedError: String  listWithErrors: [String]  strictListWithErrors: [String!]
    listOfPromises: [String]  notAList: [String]  anyIterable: [String]
    pet(kind: String): Pet  pets: [Pet]  named(kind: String): Named
    echo(text: String, int: Int, colour: Colour, list: [Int!], range: Range, must: String! = "set"): String
  }`;

const upstream = () => new UpstreamError('ARGUS', 'RATE_LIMITED', 'Wait.', { retryAfterMs: 1500 });
const petOf = (kind: string | undefined) =>
  kind === 'cat' ? { name: 'Tom', lives: 9 } : kind === 'dog' ? { name: 'Rex', barks: true } : { name: 'Nobody' };
const box = (): Record<string, unknown> => ({
  ok: 'ok',
  must: 'must',
  self: null,
  boxes: [],
  strict: null,
  later: () => Promise.resolve('later'),
});

const root: Record<string, (args: Record<string, unknown>) => unknown> = {
  text: () => 'text',
  must: () => 'must',
  nullInMust: () => null,
  laterNull: async () => null,
  box: () => ({ ...box(), self: { ...box(), must: null } }),
  boxes: () => [box(), { ...box(), must: undefined }, null, new Error('a box')],
  strictBoxes: () => [box(), { ...box(), must: null }],
  strictest: () => [box(), null],
  colour: () => 'RED',
  badColour: () => 'BLUE',
  badColours: () => ['RED', 'BLUE', null, 7],
  mustColour: () => 'BLUE',
  int: () => 7,
  badInt: () => 'seven',
  bigInt: () => 2 ** 40,
  nanInt: () => Number.NaN,
  badFloat: () => 'x',
  badBoolean: () => 'yes',
  badText: () => ({ an: 'object' }),
  thrown: () => {
    throw new Error('secret');
  },
  rejected: async () => {
    throw new TypeError('secret');
  },
  thrownText: () => {
    throw 'a text';
  },
  thrownNothing: () => Promise.reject(undefined),
  coded: () => {
    throw new GraphQLError('Said so.', { extensions: { code: 'BAD_USER_INPUT', argument: 'x' } });
  },
  coded2: async () => {
    throw new GraphQLError('No code of the list.', { extensions: { code: 'MADE_UP' } });
  },
  upstream: async () => {
    throw upstream();
  },
  returnedError: () => upstream(),
  listWithErrors: () => ['one', new GraphQLError('Two.', { extensions: { code: 'BAD_USER_INPUT' } }), upstream(), null],
  strictListWithErrors: () => ['one', upstream()],
  listOfPromises: () => [Promise.resolve('one'), 'two'],
  notAList: () => 'one',
  anyIterable: () => new Set(['one', 'two']),
  pet: ({ kind }) => petOf(kind as string),
  pets: () => ['cat', 'dog', 'fish'].map(petOf),
  named: ({ kind }) => petOf(kind as string),
  // In which order arguments arrive is nobody's business.
  echo: args => JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))),
};

function createSchema(): GraphQLSchema {
  const schema = buildSchema(sdl);
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {}))
    field.resolve = (_, args) => root[name]?.(args);
  const resolveType = (pet: object) => ('lives' in pet ? 'Cat' : 'barks' in pet ? 'Dog' : undefined);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isUnionType(type) || type.name === 'Named') Object.assign(type, { resolveType });
    if (isObjectType(type) && type.name === 'Box') {
      const { later } = type.getFields();
      if (later) later.resolve = (source: { later(): unknown }) => source.later();
    }
  }
  return schema;
}

interface Case {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

const cases: Readonly<Record<string, Case>> = {
  'plain fields': { query: '{ text must int colour __typename }' },
  'null in a non-null field': { query: '{ text nullInMust }' },
  'null in a non-null field, later': { query: '{ text laterNull }' },
  'null in non-null, deep': { query: '{ box { ok self { ok must } } text }' },
  'null in non-null in lists': { query: '{ boxes { ok must } strictBoxes { ok must } }' },
  'null in a list of non-null in non-null': { query: '{ text strictest { ok } }' },
  'two errors below one null': { query: '{ box { strict { ok } self { must } } }' },
  'a null object in non-null': { query: '{ strictBoxes { strict { ok } } }' },
  'an unknown enum value': { query: '{ badColour badColours text }' },
  'an unknown enum value in non-null': { query: '{ mustColour }' },
  'leaves of another type': { query: '{ badInt bigInt nanInt badFloat badBoolean badText text }' },
  'plain throws': { query: '{ thrown rejected text }' },
  'throws of what is no error': { query: '{ thrownText text }' },
  'errors with codes': { query: '{ coded text upstream }' },
  'an error with a code in non-null': { query: '{ text coded2 }' },
  'errors as values': { query: '{ returnedError text }' },
  'errors as values in lists': { query: '{ listWithErrors text }' },
  'errors as values in lists of non-null': { query: '{ strictListWithErrors text }' },
  'promises in lists': { query: '{ listOfPromises }' },
  'what is no list': { query: '{ notAList text }' },
  'any iterable': { query: '{ anyIterable }' },
  aliases: { query: '{ a: text b: text c: thrown d: box { e: ok f: must } }' },
  'an alias that JavaScript knows': { query: '{ constructor: text toString: int hasOwnProperty: colour }' },
  'an alias named __proto__': { query: '{ __proto__: text int }' },
  'an alias named __proto__, of an object, deep': { query: '{ box { __proto__: self { ok } ok } }' },
  'an operation named __proto__': { query: 'query __proto__ { text }' },
  'a variable named __proto__': {
    query: 'query ($__proto__: String) { echo(text: $__proto__) }',
    variables: JSON.parse('{"__proto__": "x"}'),
  },
  'a variable that every object has': {
    query:
      'query ($constructor: String, $toString: String = "d") { echo(text: $constructor) b: echo(text: $toString) }',
  },
  fragments: {
    query:
      '{ ...A ... on Query { int } ... { colour } } fragment A on Query { text box { ...B } } fragment B on Box { ok must }',
  },
  'fields merged from several places': {
    query: '{ box { ok } ...A box { must } } fragment A on Query { box { later ok } }',
  },
  'the order of merged fields': { query: '{ int ...A text int } fragment A on Query { text colour }' },
  'abstract types': { query: '{ pet(kind: "cat") { __typename ... on Cat { name lives } ... on Dog { barks } } }' },
  'abstract types in lists, one of them unknown': {
    query: '{ pets { __typename ... on Named { name } ... on Cat { lives } } text }',
  },
  'an interface': { query: '{ named(kind: "dog") { name ... on Dog { barks } } }' },
  'an interface of no type': { query: '{ named(kind: "fish") { name } text }' },
  'skip and include': {
    query:
      'query ($y: Boolean!, $n: Boolean!) { a: text @skip(if: $y) b: text @skip(if: $n) c: text @include(if: $y) d: text @include(if: $n) e: text @skip(if: $n) @include(if: $y) ... @include(if: $n) { int } ...F @skip(if: $y) } fragment F on Query { colour }',
    variables: { y: true, n: false },
  },
  'skip in one of two places': {
    query:
      'query ($y: Boolean!) { box { ok @skip(if: $y) } box @skip(if: $y) { must } box { later } text @skip(if: $y) text }',
    variables: { y: true },
  },
  'skip before another of the same name': { query: '{ text @skip(if: true) a: text text }' },
  'skip in one of two objects that hold the same fragment': {
    query:
      'query ($y: Boolean!) { box { ok } box @skip(if: $y) { ...B } ... { int } } fragment B on Box { must boxes { ok } }',
    variables: { y: true },
  },
  'a fragment skipped at first, then not': {
    query: '{ ...F @include(if: false) ...F } fragment F on Query { box { ok } }',
  },
  'everything skipped': { query: 'query ($y: Boolean!) { text @skip(if: $y) }', variables: { y: true } },
  'skipped errors': {
    query: 'query ($y: Boolean!) { thrown @skip(if: $y) nullInMust @include(if: false) text }',
    variables: { y: true },
  },
  'skip with a default': { query: 'query ($y: Boolean = true) { text @skip(if: $y) int }' },
  'skip with null': { query: 'query ($y: Boolean = true) { text @skip(if: $y) int }', variables: { y: null } },
  variables: {
    query:
      'query ($t: String, $i: Int, $c: Colour, $l: [Int!], $r: Range) { echo(text: $t, int: $i, colour: $c, list: $l, range: $r) }',
    variables: { t: 'x', i: 1, c: 'RED', l: [1, 2], r: { from: 1 } },
  },
  'no variables at all': { query: 'query ($t: String, $i: Int = 3, $l: [Int!]) { echo(text: $t, int: $i, list: $l) }' },
  'nulls for variables': {
    query: 'query ($t: String, $i: Int = 3, $r: Range) { echo(text: $t, int: $i, range: $r) }',
    variables: { t: null, i: null, r: { from: 1, to: null } },
  },
  'one value for a list': { query: 'query ($l: [Int!]) { echo(list: $l) }', variables: { l: 5 } },
  'variables within literals': {
    query: 'query ($i: Int, $f: Int!) { echo(list: [1, $f], range: { from: $f, to: $i, note: null }) }',
    variables: { f: 4 },
  },
  'a null variable for an argument with a default': {
    query: 'query ($m: String) { echo(must: $m) }',
    variables: { m: null },
  },
  'no variable for an argument with a default': { query: 'query ($m: String) { echo(must: $m) }' },
  'a variable of another type': { query: 'query ($i: Int) { echo(int: $i) }', variables: { i: 'one' } },
  'an integer too large': { query: 'query ($i: Int) { echo(int: $i) }', variables: { i: 2 ** 40 } },
  'an unknown enum value as variable': { query: 'query ($c: Colour) { echo(colour: $c) }', variables: { c: 'BLUE' } },
  'an input without its field': { query: 'query ($r: Range) { echo(range: $r) }', variables: { r: { to: 3 } } },
  'an input with a field of its own': {
    query: 'query ($r: Range!) { echo(range: $r) }',
    variables: { r: { from: 1, other: 2 } },
  },
  'a missing variable': { query: 'query ($m: String!) { echo(must: $m) }' },
  'null for a variable that must be': { query: 'query ($m: String!) { echo(must: $m) }', variables: { m: null } },
  'many wrong variables': {
    query: 'query ($l: [Int!]) { echo(list: $l) }',
    variables: { l: ['a', 'b', null, 'd', 'e', 'f', 'g'] },
  },
  'variables that nobody declared': {
    query: 'query ($t: String) { echo(text: $t) }',
    variables: { t: 'x', other: {} },
  },
  'an operation by its name': { query: 'query A { text } query B { int }', operationName: 'B' },
  'an operation that is not there': { query: 'query A { text }', operationName: 'B' },
  'several operations and no name': { query: 'query A { text } query B { int }' },
};

const contextOf = (slices = createSlices()): Context =>
  ({
    roots: createRoots(),
    parts: [],
    gather: () => undefined,
    isWaiting: () => false,
    rows: createRowCount(),
    indicators: () => 0,
    slices: () => slices,
  }) as unknown as Context;

/** Gives way before each item of each list. */
const alwaysOver: Slices = { isOver: () => true, next: async () => {} };

const shown = (errors: readonly GraphQLError[] = []) => errors.map(error => formatError(error.toJSON(), error));

/** What graphql-js answers, as text; undefined: it refuses the variables. */
async function expectedOf({ query, variables, operationName }: Case): Promise<string | undefined> {
  const { data, errors } = await execute({
    schema: createSchema(),
    document: parse(query),
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  });
  return data === undefined ? undefined : JSON.stringify([data, shown(errors)]);
}

function prepare({ query, operationName }: Case): PreparedOperation | undefined {
  const schema = createSchema();
  resolveRootsOnce(schema);
  const document = parse(query);
  if (validate(schema, document).length > 0) throw new Error(`not valid: ${query}`);
  return prepareOperation(schema, document, operationName, createFragmentStore(1_000_000));
}

describe('The executor', () => {
  it.each(Object.entries(cases))('writes what graphql-js answers, every time it is asked: %s', async (_, asked) => {
    const expected = await expectedOf(asked);
    const prepared = prepare(asked);
    for (const slices of [undefined, undefined, undefined, alwaysOver]) {
      const from = prepared?.read(asked.variables);
      const written = prepared && from && (await writeAnswer(prepared, from, contextOf(slices)));
      expect(written && JSON.stringify([JSON.parse(written.data), shown(written.errors)])).toBe(expected);
      if (!prepared) continue;
      const { data, errors } = await executePrepared(prepared, asked.variables, contextOf());
      expect(data === undefined ? undefined : JSON.stringify([data, shown(errors)])).toBe(expected);
    }
  });

  it('writes what graphql-js answers however fields, fragments, @skip and @include meet', async () => {
    const schema = buildSchema('type T { s: String many: [T!] one: T } type Query { s: String many: [T!] one: T }');
    const leaf = { s: 's', many: [], one: null };
    const node = { s: 's', many: [leaf, leaf], one: leaf };
    const all = { s: 's', many: [node], one: node };
    for (const type of Object.values(schema.getQueryType()?.getFields() ?? {}))
      type.resolve = () => Reflect.get(all, type.name);
    let conditional = 0;
    await fc.assert(
      fc.asyncProperty(
        operations(schema, { byArgument: {}, withoutFields: new Set() }),
        async ({ query, variables }) => {
          const document = parse(query, { noLocation: true });
          if (validate(schema, document).length > 0) return;
          if (query.includes('(if:')) conditional += 1;
          const prepared = prepareOperation(
            schema,
            document,
            undefined,
            createFragmentStore(1_000_000),
          ) as PreparedOperation;
          const { data } = await execute({ schema, document, variableValues: variables });
          const from = prepared.read(variables);
          for (const slices of [undefined, undefined, alwaysOver]) {
            const written = from && (await writeAnswer(prepared, from, contextOf(slices)));
            expect(written?.data).toBe(data === undefined ? undefined : JSON.stringify(data));
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(conditional).toBeGreaterThan(200);
  }, 120_000);

  it('reads a document twice, and then no longer', async () => {
    const schema = createSchema();
    resolveRootsOnce(schema);
    let reads = 0;
    const document = new Proxy(parse('{ text }'), {
      get(target, name, receiver) {
        reads += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const prepared = prepareOperation(schema, document, undefined, createFragmentStore(1_000_000)) as PreparedOperation;
    for (const [time, isRead] of [true, false, false].entries()) {
      reads = 0;
      const { data } = await writeAnswer(prepared, prepared.read({}) as ReadFrom, contextOf());
      expect([time, data, reads > 0]).toEqual([time, '{"text":"text"}', isRead]);
    }
  });

  it('makes no fields for a text that comes once, nor for an operation of very many', async () => {
    const schema = createSchema();
    resolveRootsOnce(schema);
    const ask = async (query: string, times: number) => {
      const prepared = prepareOperation(
        schema,
        parse(query),
        undefined,
        createFragmentStore(1_000_000),
      ) as PreparedOperation;
      for (let time = 0; time < times; time += 1)
        await writeAnswer(prepared, prepared.read({}) as ReadFrom, contextOf());
      // Each field that it selects takes 500 bytes, and each that was made 1,800.
      return (prepared.bytes() - prepared.selected() * 500) / 1_800;
    };
    const many = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `a${index}: text`).join(' ')} }`;
    expect([await ask('{ text int }', 1), await ask('{ text int }', 2), await ask('{ text int }', 9)]).toEqual([
      0, 2, 2,
    ]);
    expect([await ask(many(500), 9), await ask(many(501), 3)]).toEqual([500, 501]);
  });
});
