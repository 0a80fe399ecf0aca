import type { DocumentNode, SelectionSetNode } from 'graphql';
import { collectFields, type Fragments, fragmentsOf } from './collect-fields.ts';
import type { Definition } from './document-summary.ts';

interface Bounds {
  /** Fields looked at. */
  readonly selections: number;
  readonly repeats: number;
}

/**
 * Pairs of fields that share a response path, over the whole document: graphql compares each pair to see whether they
 * can be merged. Infinity as soon as a bound is passed.
 */
export function countRepeats(document: DocumentNode, definitions: readonly Definition[], bounds: Bounds): number {
  const fragments = fragmentsOf(document);
  const reached = new Set<string>();
  const spent = { fields: 0, pairs: 0 };
  // Operations first; then the fragments that none of them used, for validation reads these too.
  for (const { isOperation, name, selectionSet } of definitions.toSorted(operationsFirst)) {
    if (!isOperation && reached.has(name)) continue;
    if (!spend(selectionSet, fragments, reached, spent, bounds)) return Number.POSITIVE_INFINITY;
  }
  return spent.pairs;
}

function operationsFirst(a: Definition, b: Definition): number {
  return Number(b.isOperation) - Number(a.isOperation);
}

function spend(
  selectionSet: SelectionSetNode,
  fragments: Fragments,
  reached: Set<string>,
  spent: { fields: number; pairs: number },
  bounds: Bounds,
): boolean {
  const groups: (readonly SelectionSetNode[])[] = [[selectionSet]];
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    for (const fields of collectFields(group, { fragments, onSpread: name => reached.add(name) }).values()) {
      spent.fields += fields.length;
      spent.pairs += (fields.length * (fields.length - 1)) / 2;
      if (spent.pairs > bounds.repeats || spent.fields > bounds.selections) return false;
      const below = fields.flatMap(field => field.selectionSet ?? []);
      if (below.length > 0) groups.push(below);
    }
  }
  return true;
}
