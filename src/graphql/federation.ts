/** What Apollo Federation 2 adds to a subgraph (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec). */
import { buildASTSchema, concatAST, type GraphQLSchema, OperationTypeNode, parse } from 'graphql';

const additions = parse(
  `
  scalar _Any @specifiedBy(url: "https://specs.apollo.dev/federation/v2.9")
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
