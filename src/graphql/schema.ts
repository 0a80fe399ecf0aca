/** Joins `schema.graphql` with the resolvers and costs of all sources, and checks at start that they fit together. */
import { readFileSync } from 'node:fs';
import {
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLFieldResolver,
  GraphQLSchema,
  isObjectType,
  isScalarType,
} from 'graphql';
import type { SourceSettings } from '../sources/settings.ts';
import type { Sources } from '../sources/source.ts';
import { type CostTable, createCostTable } from './cost-table.ts';
import { entityCosts, entityResolvers } from './entities.ts';
import { buildSubgraph, serviceResolvers } from './federation.ts';
import { resolveRootsOnce } from './operation/roots.ts';
import { joinCosts, resolvers } from './resolvers.ts';
import { scalars } from './scalars.ts';

export const readSchema = (): string => readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

type Fields = Readonly<Record<string, unknown>>;

/** Joins the fields of each type. Throws when two parts define the same field. */
function merge<Field>(parts: readonly Readonly<Record<string, Readonly<Record<string, Field>>>>[]) {
  const merged: Record<string, Record<string, Field>> = {};
  for (const part of parts)
    for (const [type, fields] of Object.entries(part)) {
      const before = merged[type] ?? {};
      const twice = Object.keys(fields).find(field => field in before);
      if (twice !== undefined) throw new Error(`${type}.${twice} stands twice`);
      merged[type] = { ...before, ...fields };
    }
  return merged;
}

function resolversOf(sources: Sources): Record<string, Fields> {
  const parts = [resolvers, entityResolvers, ...Object.values(sources).map(source => source.resolvers)];
  return merge(parts as Record<string, Fields>[]);
}

/** Throws when a field that may call an upstream has no cost. */
export function createCosts(
  sources: Sources,
  schema: GraphQLSchema,
  settings: Readonly<Record<string, SourceSettings>> = {},
): CostTable {
  const all = Object.values(sources);
  const costs = merge([
    joinCosts(all.map(source => source.verdictCost(settings[source.name]))),
    entityCosts,
    ...all.map(source => source.costs),
  ]);
  return createCostTable(schema, resolversOf(sources), costs);
}

/** `text`: the SDL. Throws when a resolver has no field in the schema. */
export function createSchema(sources: Sources, text: string): GraphQLSchema {
  const schema = readableByAll(buildSubgraph(text));
  for (const [name, fields] of Object.entries(merge([resolversOf(sources), serviceResolvers(text)])))
    addResolvers(schema, name, fields);
  for (const [name, scalar] of Object.entries(scalars)) {
    const type = schema.getType(name);
    if (!isScalarType(type)) throw new Error(`${name} is no scalar of the schema`);
    const { serialize, parseValue, parseLiteral } = scalar;
    Object.assign(type, { serialize, parseValue, parseLiteral });
  }
  resolveRootsOnce(schema);
  return schema;
}

/** Clients that know no directives on directives, such as those in Python with graphql-core 3.2, could not read the schema. */
function readableByAll(schema: GraphQLSchema): GraphQLSchema {
  const directives = schema.getDirectives().map(directive => {
    const locations = directive.locations.filter(location => location !== DirectiveLocation.DIRECTIVE_DEFINITION);
    const isAsBefore = locations.length === directive.locations.length;
    return isAsBefore ? directive : new GraphQLDirective({ ...directive.toConfig(), locations });
  });
  return new GraphQLSchema({ ...schema.toConfig(), directives });
}

function addResolvers(schema: GraphQLSchema, name: string, { __resolveType, ...resolvers }: Fields): void {
  const type = schema.getType(name);
  if (__resolveType !== undefined) Object.assign(type ?? {}, { resolveType: __resolveType });
  const fields = isObjectType(type) ? type.getFields() : {};
  for (const [fieldName, resolve] of Object.entries(resolvers)) {
    const field = fields[fieldName];
    if (field === undefined) throw new Error(`${name}.${fieldName} has a resolver and no place in the schema`);
    field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
  }
}
