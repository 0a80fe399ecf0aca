/** The cost of every field that has one, found by where the field stands. */
import type { GraphQLObjectType, GraphQLSchema, OperationTypeNode } from 'graphql';
import { type Costs, type FieldCost, free } from '../sources/field-cost.ts';
import { createIndicatorParser, type ParseIndicator } from './indicator-parser.ts';

/** The cost of every field that may call a source. */
export interface CostTable {
  readonly roots: Readonly<Record<OperationTypeNode, FieldCosts>>;
  readonly indicator: FieldCosts;
  /** Of the fields of records; `leadToRecords` leads to them. */
  readonly record: FieldCosts;
  /** Reads the values that are named, here and where they are resolved. */
  readonly parse: ParseIndicator;
}

export type FieldCosts = ReadonlyMap<string, FieldCost>;

const countedTypes = ['Indicator', 'ReputationRecord'];

/**
 * Throws if a field of a root type, or any field with a resolver, has no cost; if a cost belongs to no such field; and if a
 * field that is not free is on another type than a root type or one of `countedTypes`, because its cost would not be counted
 * there.
 */
export function createCostTable(
  schema: GraphQLSchema,
  resolvers: Readonly<Record<string, object>>,
  costs: Costs,
): CostTable {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const withResolver = [
    ...rootTypes.flatMap(type => Object.keys(type?.getFields() ?? {}).map(field => `${type?.name}.${field}`)),
    ...Object.entries(resolvers).flatMap(([type, fields]) => Object.keys(fields).map(field => `${type}.${field}`)),
  ].filter(field => !field.includes('.__'));
  const priced = Object.entries(costs).flatMap(([type, fields]) => Object.keys(fields).map(name => `${type}.${name}`));
  const unpriced = withResolver.find(field => !priced.includes(field));
  if (unpriced !== undefined) throw new Error(`${unpriced} has no cost`);
  const stray = priced.find(field => !withResolver.includes(field));
  if (stray !== undefined) throw new Error(`${stray} has a cost, and is no field that asks`);
  const counted = [...rootTypes.map(type => type?.name), ...countedTypes];
  for (const [type, fields] of Object.entries(costs))
    for (const [field, cost] of Object.entries(fields))
      if (cost !== free && !counted.includes(type)) throw new Error(`${type}.${field} asks where no cost is counted`);
  const of = (type: GraphQLObjectType | null | undefined): FieldCosts =>
    new Map(Object.entries((type && costs[type.name]) ?? {}));
  const [query, mutation, subscription] = rootTypes;
  return {
    roots: { query: of(query), mutation: of(mutation), subscription: of(subscription) } as CostTable['roots'],
    indicator: new Map(Object.entries(costs.Indicator ?? {})),
    record: new Map(Object.entries(costs.ReputationRecord ?? {})),
    parse: createIndicatorParser(),
  };
}
