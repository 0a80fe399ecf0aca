/** `schema.graphql` and the resolvers of every source, checked against each other at start. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, parse } from 'graphql';
import { argusResolvers, datadogResolvers } from '../sources/index.ts';
import { entityResolvers } from './entities.ts';
import { resolvers } from './resolvers.ts';
import { scalars } from './scalars.ts';

const schemaFile = new URL('../../schema.graphql', import.meta.url);

type Fields = Readonly<Record<string, unknown>>;

/** Each part brings its own fields of a type; two parts never bring the same one. */
function mergeResolvers(parts: readonly Readonly<Record<string, unknown>>[]): Record<string, Record<string, unknown>> {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const part of parts)
    for (const [type, fields] of Object.entries(part)) {
      const known = merged[type] ?? {};
      const twice = Object.keys(fields as Fields).find(field => field in known);
      if (twice !== undefined) throw new Error(`${type}.${twice} has two resolvers`);
      merged[type] = { ...known, ...(fields as Fields) };
    }
  return merged;
}

/** Throws when a resolver has no field in the schema. */
export function createSchema(): GraphQLSchema {
  const typeDefs = parse(readFileSync(schemaFile, 'utf8'), { noLocation: true });
  const merged = mergeResolvers([resolvers, entityResolvers, datadogResolvers, argusResolvers]);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { ...merged, ...scalars } as never }]);
  for (const [typeName, fields] of Object.entries(merged)) {
    const type = schema.getType(typeName);
    const known = type !== undefined && 'getFields' in type ? Object.keys(type.getFields()) : [];
    const stray = Object.keys(fields).find(field => !field.startsWith('__') && !known.includes(field));
    if (stray !== undefined) throw new Error(`${typeName}.${stray} has a resolver and no place in the schema`);
  }
  return schema;
}
