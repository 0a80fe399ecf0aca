/** A document as it will be executed: the fields of each selection, merged, and what is selected below them. */
import {
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { ArgumentReader } from './arguments.ts';
import { collectFields, fragmentsOf } from './collect-fields.ts';

/** Selection sets that are executed on the same object: those of fields with the same response name. */
export type SelectionSets = readonly SelectionSetNode[];

/** A field, and what is selected below all fields of its response name. */
type FieldWithSelection = readonly [field: FieldNode, below: SelectionSets];

export interface SelectionTree {
  readonly operation: OperationTypeNode;
  /** The operation's own selection; empty if the document does not have this operation. */
  readonly root: SelectionSets;
  /** One entry for each response name. */
  fieldsOf(sets: SelectionSets): readonly FieldWithSelection[];
  /** What is selected below all fields of this name. */
  below(sets: SelectionSets, name: string): SelectionSets;
}

/** Each selection is read once and remembered, however often the tree is used. */
export function createSelectionTree(
  document: DocumentNode,
  operationName: string | null | undefined,
  isIncluded: ArgumentReader['isIncluded'],
): SelectionTree {
  const fragments = fragmentsOf(document);
  const operation = getOperationAST(document, operationName);
  const fieldsBySets = new WeakMap<SelectionSets, readonly FieldWithSelection[]>();
  const belowBySets = new WeakMap<SelectionSets, Map<string, SelectionSets>>();

  const collect = (sets: SelectionSets): readonly FieldWithSelection[] =>
    [...collectFields(sets, { fragments, isIncluded }).values()].flatMap(fields => {
      const [first] = fields;
      return first ? [[first, fields.flatMap(({ selectionSet }) => selectionSet ?? [])] as const] : [];
    });
  const fieldsOf: SelectionTree['fieldsOf'] = sets => {
    const fields = fieldsBySets.get(sets) ?? collect(sets);
    fieldsBySets.set(sets, fields);
    return fields;
  };
  return {
    operation: operation?.operation ?? OperationTypeNode.QUERY,
    root: operation ? [operation.selectionSet] : [],
    fieldsOf,
    below(sets, name) {
      const belowByName = belowBySets.get(sets) ?? new Map<string, SelectionSets>();
      belowBySets.set(sets, belowByName);
      const below =
        belowByName.get(name) ?? fieldsOf(sets).flatMap(([field, found]) => (field.name.value === name ? found : []));
      belowByName.set(name, below);
      return below;
    },
  };
}

/** False: the document has the same tree for all variables. */
export function hasVariablesInDirectives(document: DocumentNode): boolean {
  let hasVariables = false;
  visit(document, {
    Directive({ arguments: given = [] }) {
      if (given.some(({ value }) => value.kind === Kind.VARIABLE)) hasVariables = true;
    },
  });
  return hasVariables;
}
