import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  type SelectionNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** Reads arguments as they will be at execution, with variables and defaults applied, but not coerced to their types. */
export interface ArgumentReader {
  argument(field: FieldNode, name: string): unknown;
  /** False if `@skip` or `@include` leaves it out. */
  isIncluded(selection: SelectionNode): boolean;
}

export function argumentReaders(
  document: DocumentNode,
  operationName: string | null | undefined,
): (given: Readonly<Record<string, unknown>>) => ArgumentReader {
  const definitions = (getOperationAST(document, operationName)?.variableDefinitions ?? []).map(
    ({ variable, defaultValue }) => [variable.name.value, defaultValue] as const,
  );
  return given => {
    const variables: Record<string, unknown> = Object.create(null);
    for (const [name, defaultValue] of definitions) {
      if (Object.hasOwn(given, name)) variables[name] = given[name];
      else if (defaultValue) variables[name] = valueFromASTUntyped(defaultValue);
    }
    return readerOf(variables);
  };
}

function readerOf(variables: Record<string, unknown>): ArgumentReader {
  const read = (node: ValueNode | undefined): unknown => node && valueFromASTUntyped(node, variables);
  const find = (nodes: FieldNode['arguments'], name: string) => nodes?.find(node => node.name.value === name)?.value;
  return {
    argument: (field, name) => read(find(field.arguments, name)),
    isIncluded: selection =>
      (selection.directives ?? []).every(({ name, arguments: nodes }) => {
        if (name.value === 'skip') return read(find(nodes, 'if')) !== true;
        return name.value !== 'include' || read(find(nodes, 'if')) !== false;
      }),
  };
}
