import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../setup/schema.ts';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const schema = createSchema();
const promised = buildSchema(text('promised.graphql'));

/** What Apollo Federation adds to every subgraph, described by its own specification. */
const federation = new Set(['_Any', '_Service', '_Entity', '_FieldSet', '_entities', '_service']);
const isOurs = ({ name }: { name: string }) => !federation.has(name) && !/^(link|federation)__/.test(name);
const ours = Object.values(schema.getTypeMap()).filter(
  type => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && isOurs(type),
);

interface Place {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** Without the place that the gateway leaves out. */
const breakingChanges = (from: GraphQLSchema) =>
  findBreakingChanges(from, schema).filter(({ description }) => !/^DIRECTIVE_DEFINITION was/.test(description));

it('says of no directive that it stands on directives, which clients in Python could not read', () => {
  const locations = schema.getDirectives().flatMap(directive => directive.locations);
  expect(locations).toContain('FIELD_DEFINITION');
  expect(locations).not.toContain('DIRECTIVE_DEFINITION');
});

const below = (parent: string, children: readonly Place[]) =>
  children.filter(isOurs).map(({ name, description }): Place => ({ name: `${parent}.${name}`, description }));

/** Every spot a reader can point at: "Query", "Query.indicator", "Query.indicator.value". */
function places(type: GraphQLNamedType): Place[] {
  if (isEnumType(type)) return [type, ...below(type.name, type.getValues())];
  if (isInputObjectType(type)) return [type, ...below(type.name, Object.values(type.getFields()))];
  if (!isObjectType(type) && !isInterfaceType(type)) return [type];
  const fields = Object.values(type.getFields()).filter(isOurs);
  return [
    type,
    ...below(type.name, fields),
    ...fields.flatMap(field => below(`${type.name}.${field.name}`, field.args)),
  ];
}

describe('schema.graphql', () => {
  it('is a valid schema and a Federation 2 subgraph', () => {
    expect(validateSchema(schema)).toEqual([]);
    expect(schema.getQueryType()?.getFields()).toHaveProperty('_entities');
  });

  it("has connections as Relay's specification wants them", () => {
    const fieldsOf = (name: string) => {
      const type = schema.getType(name);
      const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
      return Object.fromEntries(fields.map(field => [field.name, String(field.type)]));
    };
    const names = Object.keys(schema.getTypeMap()).filter(name => name.endsWith('Connection'));
    expect(names).toHaveLength(2);
    for (const name of names) {
      const edge = name.replace('Connection', 'Edge');
      expect(fieldsOf(name)).toMatchObject({ edges: `[${edge}!]!`, pageInfo: 'PageInfo!' });
      expect(fieldsOf(edge)).toEqual({ cursor: 'String!', node: `${edge.replace('Edge', '')}!` });
    }
    const cursors = { startCursor: 'String', endCursor: 'String' };
    expect(fieldsOf('PageInfo')).toEqual({ hasNextPage: 'Boolean!', hasPreviousPage: 'Boolean!', ...cursors });
    expect(fieldsOf('Query')).toMatchObject({ node: 'Node', nodes: '[Node]!' });
  });

  it('says of every scalar where it is specified', () => {
    const scalars = Object.values(schema.getTypeMap()).filter(
      type => isScalarType(type) && !isSpecifiedScalarType(type),
    );
    expect(scalars.length).toBeGreaterThan(3);
    expect(scalars.filter(type => !('specifiedByURL' in type && type.specifiedByURL))).toEqual([]);
  });

  it('is read by GraphQL tools that know nothing of Federation', () => {
    const plain = buildSchema(text('../../schema.graphql'));
    expect(plain.getType('Indicator')?.astNode?.directives?.length).toBe(2);
  });

  it("has all that Apollo's own library would add, but for the directives that it does not use", () => {
    const theirs = buildSubgraphSchema(parse(text('../../schema.graphql')));
    const missing = breakingChanges(theirs).map(({ description }) => description);
    expect(missing.filter(description => !/federation__/.test(description))).toEqual([]);
    expect(findDangerousChanges(theirs, schema)).toEqual([]);
  });

  it('keeps every promise: names, types, nullability and defaults', () => {
    expect(breakingChanges(promised)).toEqual([]);
    expect(findDangerousChanges(promised, schema)).toEqual([]);
  });

  it('promises all that it offers', () => {
    const offered = ours.flatMap(places).map(place => place.name);
    const listed = Object.values(promised.getTypeMap())
      .filter(type => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .flatMap(places)
      .map(place => place.name);
    expect(offered.sort()).toEqual(listed.sort());
  });

  it('is described at every type, field, argument, input field and enum value', () => {
    const all = ours.flatMap(places);
    expect(all.length).toBeGreaterThan(250);
    expect(all.filter(place => !place.description?.trim()).map(place => place.name)).toEqual([]);
  });

  it('lets other graphs reach an indicator by id, or by value and type', () => {
    const keys = schema
      .getType('Indicator')
      ?.astNode?.directives?.flatMap(({ name, arguments: given = [] }) =>
        name.value === 'key' ? given.map(({ value }) => ('value' in value ? value.value : undefined)) : [],
      );
    expect(keys).toEqual(['id', 'value type']);
  });
});
