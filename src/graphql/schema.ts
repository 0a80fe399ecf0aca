/** Joins `schema.graphql` with the resolvers and costs of all sources, and checks at start that they fit together. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';
import type { SourceSettings } from '../sources/settings.ts';
import type { Sources } from '../sources/source.ts';
import { type CostTable, createCostTable } from './cost.ts';
import { entityCosts, entityResolvers } from './entities.ts';
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
  const typeDefs = parse(text, { noLocation: true });
  const merged = resolversOf(sources);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...merged, ...scalars } as never }]);
  for (const [typeName, fields] of Object.entries(merged)) {
    const type = schema.getType(typeName);
    const inSchema = type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
    const stray = Object.keys(fields).find(field => !field.startsWith('__') && !inSchema.includes(field));
    if (stray !== undefined) throw new Error(`${typeName}.${stray} has a resolver and no place in the schema`);
  }
  resolveRootsOnce(schema);
  return schema;
}
