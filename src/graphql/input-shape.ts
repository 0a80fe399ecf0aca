/** The JSON Schema of a GraphQL input, for models: GraphQL itself checks what is sent. Pure. */
import {
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

type JsonSchema = Readonly<Record<string, unknown>>;

const scalars: Readonly<Record<string, string>> = { Int: 'integer', Float: 'number', Boolean: 'boolean' };

export function jsonSchemaOf(type: GraphQLInputType): JsonSchema {
  if (isNonNullType(type)) return jsonSchemaOf(type.ofType);
  if (isListType(type)) return { type: 'array', items: jsonSchemaOf(type.ofType) };
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  if (!isInputObjectType(type)) return { type: scalars[type.name] ?? 'string' };
  const fields = Object.values(type.getFields());
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(field => [field.name, described(field)])),
    required: fields.filter(isNeeded).map(({ name }) => name),
    additionalProperties: false,
  };
}

const described = ({ type, description }: GraphQLInputField): JsonSchema => ({
  ...jsonSchemaOf(type),
  ...(description != null && { description }),
});

const isNeeded = ({ type, defaultValue }: GraphQLInputField): boolean =>
  isNonNullType(type) && defaultValue === undefined;
