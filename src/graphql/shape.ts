/** A document as it will be executed: which fields stand in a selection, and what is selected below each. */
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

export type Sets = readonly SelectionSetNode[];

export interface Shape {
  readonly operation: OperationTypeNode;
  /** The operation's own selection; empty where the document has no such operation. */
  readonly root: Sets;
  /** The fields of a selection, as graphql merges them, and what is selected below each. */
  fieldsOf(sets: Sets): readonly (readonly [FieldNode, Sets])[];
  /** What is selected below all fields of one name. */
  below(sets: Sets, name: string): Sets;
}

/** Remembers what it has looked at: a document that is asked often is walked once. */
export function shapeOf(
  document: DocumentNode,
  operationName: string | null | undefined,
  isIncluded: ArgumentReader['isIncluded'],
): Shape {
  const fragments = fragmentsOf(document);
  const operation = getOperationAST(document, operationName);
  const fields = new WeakMap<Sets, readonly (readonly [FieldNode, Sets])[]>();
  const belows = new WeakMap<Sets, Map<string, Sets>>();

  const collect = (sets: Sets): readonly (readonly [FieldNode, Sets])[] =>
    [...collectFields(sets, { fragments, isIncluded }).values()].flatMap(found => {
      const [first] = found;
      return first ? [[first, found.flatMap(({ selectionSet }) => selectionSet ?? [])] as const] : [];
    });
  const fieldsOf: Shape['fieldsOf'] = sets => {
    const known = fields.get(sets) ?? collect(sets);
    fields.set(sets, known);
    return known;
  };
  return {
    operation: operation?.operation ?? OperationTypeNode.QUERY,
    root: operation ? [operation.selectionSet] : [],
    fieldsOf,
    below(sets, name) {
      const byName = belows.get(sets) ?? new Map<string, Sets>();
      belows.set(sets, byName);
      const known =
        byName.get(name) ?? fieldsOf(sets).flatMap(([field, found]) => (field.name.value === name ? found : []));
      byName.set(name, known);
      return known;
    },
  };
}

/** Whether variables decide what is executed; if not, its shape is the same each time. */
export function isShapeShifting(document: DocumentNode): boolean {
  let shifts = false;
  visit(document, {
    Directive({ arguments: given = [] }) {
      if (given.some(({ value }) => value.kind === Kind.VARIABLE)) shifts = true;
    },
  });
  return shifts;
}
