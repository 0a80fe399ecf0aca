import type { DocumentNode, SelectionSetNode } from 'graphql';
import { collectFields, type Fragments, fragmentsOf } from './collect-fields.ts';
import type { Definition } from './document-summary.ts';

interface Bounds {
  /** The number of fields that are looked at. */
  readonly selections: number;
  readonly overlappingFields: number;
}

interface Count {
  fields: number;
  pairs: number;
}

/**
 * The number of pairs of fields with the same response path: validation compares each pair, to see whether they can be
 * merged (graphql's OverlappingFieldsCanBeMergedRule). Infinity as soon as it exceeds a bound.
 */
export function countOverlappingFields(
  document: DocumentNode,
  definitions: readonly Definition[],
  bounds: Bounds,
): number {
  const fragments = fragmentsOf(document);
  const spread = new Set<string>();
  const count: Count = { fields: 0, pairs: 0 };
  // Operations first, then the fragments that none of them uses, because validation reads these too.
  for (const { isOperation, name, selectionSet } of definitions.toSorted(operationsFirst)) {
    if (!isOperation && spread.has(name)) continue;
    countWithin(selectionSet, fragments, spread, count, bounds);
    if (isBeyond(count, bounds)) return Number.POSITIVE_INFINITY;
  }
  return count.pairs;
}

function operationsFirst(a: Definition, b: Definition): number {
  return Number(b.isOperation) - Number(a.isOperation);
}

const isBeyond = (count: Count, bounds: Bounds): boolean =>
  count.pairs > bounds.overlappingFields || count.fields > bounds.selections;

/** Adds to `count`, and to `spread` the fragments that it uses. Stops early when a bound is exceeded. */
function countWithin(
  selectionSet: SelectionSetNode,
  fragments: Fragments,
  spread: Set<string>,
  count: Count,
  bounds: Bounds,
): void {
  const left: (readonly SelectionSetNode[])[] = [[selectionSet]];
  for (let sets = left.pop(); sets !== undefined; sets = left.pop()) {
    for (const fields of collectFields(sets, { fragments, onSpread: name => spread.add(name) }).values()) {
      count.fields += fields.length;
      count.pairs += (fields.length * (fields.length - 1)) / 2;
      if (isBeyond(count, bounds)) return;
      const below = fields.flatMap(field => field.selectionSet ?? []);
      if (below.length > 0) left.push(below);
    }
  }
}
