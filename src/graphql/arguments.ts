import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  type SelectionNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

/** Arguments as they will be when executed, without their types. */
export interface ArgumentReader {
  argument(field: FieldNode, name: string): unknown;
  /** What `@skip` and `@include` say. */
  isIncluded(selection: SelectionNode): boolean;
}

export function argumentReader(
  document: DocumentNode,
  operationName: string | null | undefined,
  given: Readonly<Record<string, unknown>>,
): ArgumentReader {
  const variables: Record<string, unknown> = Object.create(null);
  for (const { variable, defaultValue } of getOperationAST(document, operationName)?.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (Object.hasOwn(given, name)) variables[name] = given[name];
    else if (defaultValue) variables[name] = valueFromASTUntyped(defaultValue);
  }
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
