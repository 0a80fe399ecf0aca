/** What Apollo Federation 2 adds to a subgraph (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec). */
import { buildASTSchema, concatAST, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';

/** Of its directives those that `schema.graphql` uses. A router takes the rest from its own copy of the specification. */
const additions = parse(
  `
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
  enum link__Purpose { SECURITY EXECUTION }
  scalar link__Import
  scalar federation__FieldSet
  scalar _Any
  type _Service { sdl: String }
  union _Entity = Indicator
  extend type Query {
    _entities(representations: [_Any!]!): [_Entity]!
    _service: _Service!
  }
`,
  { noLocation: true },
);

const furtherRoots = [
  [OperationTypeNode.MUTATION, 'Mutation'],
  [OperationTypeNode.SUBSCRIPTION, 'Subscription'],
] as const;

/**
 * `text`: the SDL of a subgraph that has a Query and the entity Indicator. Throws when it is not valid, and when it has a
 * type that other libraries would take for a root by its name alone.
 */
export function buildSubgraph(text: string): GraphQLSchema {
  const schema = buildASTSchema(concatAST([parse(text, { noLocation: true }), additions]));
  for (const [operation, name] of furtherRoots)
    if (schema.getType(name) && !schema.getRootType(operation))
      throw new Error(`${name} is no root: write "${operation}: ${name}" at the head of the schema`);
  return schema;
}

/** `_service { sdl }` is the text itself, from which a router composes. */
export const serviceResolvers = (text: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> => ({
  Query: { _service: () => ({ sdl: text }) },
});
