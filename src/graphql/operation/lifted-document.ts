import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  Kind,
  parseType,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type LiftedText, literalVariable } from './literals.ts';

/** Those that read a variable as they read a literal. */
const liftedTypes: ReadonlySet<string> = new Set(['String', 'ID', 'Int']);

/**
 * The valid document of a text, with variables in the places of its literals. Undefined where a literal stands for another
 * type, or in place of a list.
 */
export function liftDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  { literals }: LiftedText,
): DocumentNode | undefined {
  const indexByStart = new Map(literals.map(({ start }, index) => [start, index]));
  const types = new Map<number, string>();
  const typeInfo = new TypeInfo(schema);
  const lift = (node: ValueNode) => {
    const index = indexByStart.get(node.loc?.start ?? -1);
    if (index === undefined) return undefined;
    const type = typeInfo.getInputType();
    if (type != null && isLifted(type)) types.set(index, String(type));
    return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: literalVariable(index) }, loc: node.loc };
  };
  const lifted = visit(
    document,
    visitWithTypeInfo(typeInfo, { VariableDefinition: () => false, StringValue: lift, IntValue: lift }),
  );
  if (types.size !== literals.length) return undefined;
  const added = [...types].map(([index, type]) => definitionOf(index, type));
  return visit(lifted, {
    OperationDefinition: node => ({ ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...added] }),
  });
}

function isLifted(type: GraphQLInputType): boolean {
  const nullable = isNonNullType(type) ? type.ofType : type;
  return !isListType(nullable) && 'name' in nullable && liftedTypes.has(nullable.name);
}

const definitionOf = (index: number, type: string): VariableDefinitionNode => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: literalVariable(index) } },
  type: parseType(type, { noLocation: true }),
});
