import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** Kept as text: the mapping wrote RFC 3339 in UTC, and a Date would lose Datadog's microseconds. */
const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: value => {
    if (typeof value === 'string') return value;
    throw new GraphQLError('DateTime is a text, RFC 3339 in UTC.');
  },
});

/** A number up to 2^53-1, a decimal string beyond it: never rounded. */
const Int64 = new GraphQLScalarType<number | string, number | string>({
  name: 'Int64',
  serialize: value => {
    if (Number.isSafeInteger(value)) return value as number;
    if (typeof value === 'string' && /^-?\d+$/.test(value)) return value;
    throw new GraphQLError('Int64 is a whole number.');
  },
});

const JsonValue = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: value => value,
  parseValue: value => value,
  parseLiteral: (node: ValueNode, variables) =>
    node.kind === Kind.VARIABLE ? variables?.[node.name.value] : valueFromASTUntyped(node, variables),
});

export const scalars = { DateTime, Int64, JSON: JsonValue };
