/** Which documents graphql-jit executes exactly as graphql-js does. `test/graphql/executor.test.ts` has the differences. */
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

/** Below an abstract type the lookahead needs the type's name in the path, which only graphql-js provides. */
const abstractFields = new Set(['node', '_entities', '_service', '__schema', '__type']);

export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  // The fields of a mutation must be executed in order, which is left to graphql-js.
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  let isPlain = true;
  let hasConditions = false;
  const nullable = new Set<string>();
  const isNullable = ({ value }: ArgumentNode | ObjectFieldNode) =>
    value.kind === Kind.VARIABLE && nullable.has(value.name.value);
  const excludeIf = (isExcluded: boolean) => {
    if (isExcluded) isPlain = false;
  };
  visit(document, {
    Field: ({ name }) => excludeIf(abstractFields.has(name.value)),
    // graphql-jit generates object literals, in which this name would set the prototype.
    Name: ({ value }) => excludeIf(value === '__proto__'),
    VariableDefinition({ variable, type }) {
      if (type.kind !== Kind.NON_NULL_TYPE) nullable.add(variable.name.value);
    },
    Directive({ arguments: given = [] }) {
      hasConditions = true;
      // For @skip and @include, null is an error, but a variable that was not sent is not.
      excludeIf(given.some(isNullable));
    },
    ObjectField: field => excludeIf(isNullable(field)),
  });
  return isPlain && !(hasConditions && mergesConditions(document, operation));
}

interface Occurrence {
  readonly field: FieldNode;
  readonly isConditional: boolean;
}

/**
 * Whether a field with a condition is merged with another one: graphql-jit then changes the order of the fields, or mixes
 * their selections. A leaf is safe if its first occurrence has no condition.
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
