/** The zod shape of what a selection answers, by which it is described in JSON Schema. Pure. */
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { z } from 'zod';

/** `selection`: fields of the object type `typeName`, such as `list { name }`, without fragments. */
export function answerShape(schema: GraphQLSchema, typeName: string, selection: string): z.ZodType {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type of the schema`);
  const [operation] = parse(`{ ${selection} }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a selection is an operation');
  return shapeBelow(type, operation.selectionSet);
}

const scalars: Readonly<Record<string, z.ZodType>> = {
  Int: z.int(),
  Float: z.number(),
  Boolean: z.boolean(),
  Int64: z.union([z.int(), z.string()]),
};

const shapeOf = (type: GraphQLOutputType, selected: SelectionSetNode | undefined): z.ZodType =>
  isNonNullType(type) ? shapeBelow(type.ofType, selected) : shapeBelow(type, selected).nullable();

/** Of a value that is there. */
function shapeBelow(type: GraphQLOutputType, selected: SelectionSetNode | undefined): z.ZodType {
  if (isListType(type)) return z.array(shapeOf(type.ofType, selected));
  if (isEnumType(type)) return z.enum(type.getValues().map(({ name }) => name));
  if (!isObjectType(type)) return scalars[String(type)] ?? z.string();
  const fields = type.getFields();
  const shapes = selected?.selections.flatMap(node => {
    const field = node.kind === Kind.FIELD ? fields[node.name.value] : undefined;
    if (node.kind !== Kind.FIELD || !field) throw new Error(`${type.name} has no such field`);
    return [[field.name, shapeOf(field.type, node.selectionSet).describe(firstSentence(field.description))]];
  });
  return z.object(Object.fromEntries(shapes ?? []));
}

const firstSentence = (description: string | null | undefined): string =>
  /^.*?[.;:](?=\s|$)/s.exec(description ?? '')?.[0].replaceAll('\n', ' ') ?? '';
