/** Which documents graphql-jit takes for what graphql-js does; where it does not stands in `test/graphql/executor.test.ts`. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type ObjectFieldNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Behind an abstract type the lookahead needs the name of what stands there, which only graphql-js tells. */
const abstractFields = new Set(['node', '_entities', '_service', '__schema', '__type']);

export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  // The order in which writes run is graphql-js's to keep.
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  let isPlain = true;
  let hasConditions = false;
  const nullable = new Set<string>();
  const isNullable = ({ value }: ArgumentNode | ObjectFieldNode) =>
    value.kind === Kind.VARIABLE && nullable.has(value.name.value);
  const refuse = (isRefused: boolean) => {
    if (isRefused) isPlain = false;
  };
  visit(document, {
    Field: ({ name }) => refuse(abstractFields.has(name.value)),
    // It writes names into object literals, where this one does not mean a property.
    Name: ({ value }) => refuse(value === '__proto__'),
    VariableDefinition({ variable, type }) {
      if (type.kind !== Kind.NON_NULL_TYPE) nullable.add(variable.name.value);
    },
    Directive({ arguments: given = [] }) {
      hasConditions = true;
      // An explicit null is an error for @skip and @include; left out, a variable leaves its field to the default.
      refuse(given.some(isNullable));
    },
    ObjectField: field => refuse(isNullable(field)),
  });
  return isPlain && !(hasConditions && mergesConditions(document, operation));
}

interface Occurrence {
  readonly field: FieldNode;
  readonly isConditional: boolean;
}

/**
 * Whether a field with a condition merges with one of the same name: graphql-jit then puts it in another place, or mixes up
 * what was asked below each. A leaf that was asked without a condition at first is safe.
 */
function mergesConditions({ definitions }: DocumentNode, operation: OperationDefinitionNode): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const collect = (set: SelectionSetNode, isWithin: boolean, found: Map<string, Occurrence[]>) => {
    for (const selection of set.selections) {
      const isConditional = isWithin || (selection.directives ?? []).length > 0;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        found.set(key, [...(found.get(key) ?? []), { field: selection, isConditional }]);
        continue;
      }
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (inner) collect(inner.selectionSet, isConditional, found);
    }
    return found;
  };

  const merges = (sets: readonly SelectionSetNode[]): boolean => {
    const found = new Map<string, Occurrence[]>();
    for (const set of sets) collect(set, false, found);
    return [...found.values()].some(occurrences => {
      const below = occurrences.flatMap(({ field }) => field.selectionSet ?? []);
      const isUnsafe =
        below.length > 0 ? occurrences.some(({ isConditional }) => isConditional) : occurrences[0]?.isConditional;
      return (occurrences.length > 1 && isUnsafe) || merges(below);
    });
  };
  return merges([operation.selectionSet]);
}
