/** INTROSPECTION=off: no message names anything of the schema that the caller did not write. */
import { parse, specifiedDirectives, specifiedRules, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askThrice, startTestBed, type TestBed } from '../setup/gateway.ts';
import { createSchema } from '../setup/schema.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ INTROSPECTION: 'off' });
});
afterAll(() => bed.stop());

const schema = createSchema();
const typeNames = new Set([...Object.keys(schema.getTypeMap()), ...specifiedDirectives.map(({ name }) => name)]);

/** For each rule of graphql-js documents that break it, and that would tell most. */
const broken: Readonly<Record<string, readonly string[]>> = {
  ExecutableDefinitionsRule: ['{ __typename } type A { b: Int }', '{ __typename } extend type Query { b: Int }'],
  FieldsOnCorrectTypeRule: ['{ indicatr }', '{ indicator(value: "a") { values } }'],
  FragmentsOnCompositeTypesRule: ['{ ... on IndicatorType { a } }', '{ ...F } fragment F on String { a }'],
  KnownArgumentNamesRule: [
    '{ indicator(valu: "a", value: "b") { value } }',
    '{ __typename @skip(iff: true, if: true) }',
  ],
  KnownDirectivesRule: ['{ __typename @skipp }', 'query @skip(if: true) { __typename }', '{ __typename @deprecated }'],
  KnownFragmentNamesRule: ['{ ...Nowhere }'],
  KnownTypeNamesRule: ['{ ... on Indicato { a } }', 'query ($a: Reputationfilter) { node(id: $a) { id } }'],
  LoneAnonymousOperationRule: ['{ __typename } query A { __typename }'],
  MaxIntrospectionDepthRule: [
    '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
  ],
  NoFragmentCyclesRule: [
    '{ ...A } fragment A on Query { ...A }',
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  ],
  NoUndefinedVariablesRule: ['{ indicator(value: $v) { value } }', 'query A { indicator(value: $v) { value } }'],
  NoUnusedFragmentsRule: ['{ __typename } fragment A on Query { __typename }'],
  NoUnusedVariablesRule: ['query ($v: String) { __typename }', 'query A($v: String) { __typename }'],
  OverlappingFieldsCanBeMergedRule: [
    '{ a: indicator(value: "a") { value } a: indicator(value: "b") { value } }',
    '{ indicator(value: "a") { a: value a: id } }',
    '{ node(id: "a") { ... on Indicator { a: value } ... on ReputationRecord { a: list { name } } } }',
  ],
  PossibleFragmentSpreadsRule: [
    '{ indicator(value: "a") { ... on Verdict { level } } }',
    '{ indicator(value: "a") { ...F } } fragment F on Query { __typename }',
  ],
  ProvidedRequiredArgumentsRule: ['{ indicator { value } }', '{ __typename @include }'],
  ScalarLeafsRule: ['{ indicator(value: "a") }', '{ indicator(value: "a") { value { x } } }'],
  SingleFieldSubscriptionsRule: [],
  UniqueArgumentNamesRule: ['{ indicator(value: "a", value: "b") { value } }'],
  UniqueDirectivesPerLocationRule: ['{ __typename @skip(if: true) @skip(if: true) }'],
  UniqueFragmentNamesRule: ['{ ...A } fragment A on Query { __typename } fragment A on Query { __typename }'],
  UniqueInputFieldNamesRule: ['{ reputationRecords(filter: { values: ["a"], values: ["b"] }) { totalCount } }'],
  UniqueOperationNamesRule: ['query A { __typename } query A { __typename }'],
  UniqueVariableNamesRule: ['query ($v: String!, $v: String!) { indicator(value: $v) { value } }'],
  ValuesOfCorrectTypeRule: [
    '{ indicator(value: 7) { value } }',
    '{ indicator(value: null) { value } }',
    '{ indicator(value: "a", type: DOMAI) { value } }',
    '{ indicator(value: "a", maxAgeSeconds: 99999999999) { value } }',
    '{ reputationRecords(filter: "a") { totalCount } }',
    '{ reputationRecords(filter: { value: "a" }) { totalCount } }',
    '{ reputationRecords(filter: { domains: {} }) { totalCount } }',
    '{ reputationRecords(orderBy: [{ direction: ASC }]) { totalCount } }',
  ],
  VariablesAreInputTypesRule: ['query ($v: Indicator) { node(id: $v) { id } }'],
  VariablesInAllowedPositionRule: ['query ($v: Int) { indicator(value: $v) { value } }'],
};

/** Valid, with values that are not. */
const values: Readonly<Record<string, readonly [string, Record<string, unknown>]>> = {
  'an input that is a text': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: 'x' },
  ],
  'an input with an unknown field': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: { value: 1 } },
  ],
  'an input with a field missing': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: { domains: {} } },
  ],
  'an input with a field of another type': [
    'query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }',
    { f: { values: 5, states: ['a'] } },
  ],
  'an enum value that is none': [
    'query ($t: IndicatorType) { indicator(value: "a", type: $t) { value } }',
    { t: 'DOMAI' },
  ],
  'a value that is missing': ['query ($v: String!) { indicator(value: $v) { value } }', {}],
  'a value that is null': ['query ($v: String!) { indicator(value: $v) { value } }', { v: null }],
  'null in place of a default': ['query ($v: String = "a") { indicator(value: $v) { value } }', { v: null }],
  'null in place of a default, in a list': [
    'query ($v: String = "a") { indicators(values: ["b.example", $v]) { value } }',
    { v: null },
  ],
  'null in place of a default, in a directive': [
    'query ($v: Boolean = true) { indicator(value: "a.example") { value @skip(if: $v) } }',
    { v: null },
  ],
};

/** Quoted names and names of types that do not stand in the document. */
function told(messages: readonly string[], document: string): readonly string[] {
  const written = new Set(document.match(/\w+/g));
  const names = messages.flatMap(message => [
    ...[...message.matchAll(/["'`]([^"'`]*)["'`]/g)].flatMap(([, quoted = '']) => quoted.match(/\w+/g) ?? []),
    ...(message.match(/\w+/g) ?? []).filter(word => typeNames.has(word)),
  ]);
  return names.filter(name => !written.has(name));
}

const messagesOf = (errors: readonly { message: string }[] | undefined): readonly string[] =>
  errors?.map(({ message }) => message) ?? [];

describe('without introspection', () => {
  it('every rule of graphql-js is looked at', () => {
    expect(Object.keys(broken).sort()).toEqual(specifiedRules.map(({ name }) => name).sort());
  });

  const documents = Object.entries(broken).flatMap(([rule, all]) => all.map(document => [rule, document] as const));
  it.each(documents)('%s tells nothing of the schema: %s', async (name, document) => {
    const rule = specifiedRules.filter(one => one.name === name);
    expect(validate(schema, parse(document), rule)).not.toEqual([]);
    const { status, errors } = await askThrice(bed, document);
    expect(status).toBe(400);
    expect(errors?.map(({ extensions }) => extensions)).toEqual(
      errors?.map(() => ({ code: expect.stringMatching(/^(GRAPHQL_VALIDATION_FAILED|OPERATION_TOO_LARGE)$/) })),
    );
    expect(messagesOf(errors).join('').trim()).not.toBe('');
    expect(told(messagesOf(errors), document)).toEqual([]);
  });

  it.each(Object.entries(values))('%s tells nothing of the schema', async (_, [document, variables]) => {
    const { errors } = await askThrice(bed, document, variables);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(told(messagesOf(errors), document)).toEqual([]);
  });

  it('a field that is there, used wrongly, reads like one that is not', async () => {
    const [known, unknown] = [await bed.ask('{ indicator { id } }'), await bed.ask('{ indicatio { id } }')];
    expect(messagesOf(known.errors)).toEqual(['The field "indicator" is not valid here.']);
    expect(known.text).toBe(unknown.text.replace('indicatio', 'indicator'));
  });

  it.each(['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }', '{ _service { sdl } }'])(
    '%s is refused, and the variable is named that forbids it',
    async document => {
      const { status, errors } = await bed.ask(document);
      expect(status).toBe(400);
      expect(messagesOf(errors)).toEqual(['The schema is not shown here: INTROSPECTION is off.']);
    },
  );

  it('what only its author can mend is still said', async () => {
    const { errors } = await bed.ask('query ($v: String) { ...Gone }');
    expect(messagesOf(errors)).toEqual(['Unknown fragment "Gone".', 'Variable "$v" is never used.']);
  });
});

it('with introspection the messages say what would be right', async () => {
  const open = await startTestBed();
  const { errors } = await open.ask('{ indicatr indicator(value: "a") }');
  await open.stop();
  expect(messagesOf(errors).join('\n')).toMatch(
    /Did you mean "indicator".*\n.*of type "Indicator" must have a selection/s,
  );
});
