import { type FieldNode, Kind, type SelectionSetNode } from 'graphql';
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
 * merged (graphql's OverlappingFieldsCanBeMergedRule). Infinity as soon as it exceeds a bound. The document is not valid yet,
 * so its types are not looked at.
 */
export function countOverlappingFields(definitions: readonly Definition[], bounds: Bounds): number {
  const fragments = new Map(definitions.flatMap(one => (one.isOperation ? [] : [[one.name, one.selectionSet]])));
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

type SelectionByFragment = ReadonlyMap<string, SelectionSetNode>;

/** Adds to `count`, and to `spread` the fragments that it uses. Stops early when a bound is exceeded. */
function countWithin(
  selectionSet: SelectionSetNode,
  fragments: SelectionByFragment,
  spread: Set<string>,
  count: Count,
  bounds: Bounds,
): void {
  const left: (readonly SelectionSetNode[])[] = [[selectionSet]];
  for (let sets = left.pop(); sets !== undefined; sets = left.pop()) {
    for (const fields of fieldsByName(sets, fragments, spread).values()) {
      count.fields += fields.length;
      count.pairs += (fields.length * (fields.length - 1)) / 2;
      if (isBeyond(count, bounds)) return;
      const below = fields.flatMap(field => field.selectionSet ?? []);
      if (below.length > 0) left.push(below);
    }
  }
}

/** The fields of a selection by response name, each fragment once. Does not recurse: the document may be of any size. */
function fieldsByName(
  sets: readonly SelectionSetNode[],
  fragments: SelectionByFragment,
  spread: Set<string>,
): ReadonlyMap<string, readonly FieldNode[]> {
  const byName = new Map<string, FieldNode[]>();
  const expanded = new Set<string>();
  const left = sets.toReversed();
  for (let set = left.pop(); set !== undefined; set = left.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        byName.set(name, [...(byName.get(name) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) left.push(selection.selectionSet);
      else if (!expanded.has(selection.name.value)) {
        const { value: name } = selection.name;
        expanded.add(name);
        spread.add(name);
        left.push(...[fragments.get(name) ?? []].flat());
      }
    }
  }
  return byName;
}
