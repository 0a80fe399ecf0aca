import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export interface CollectOptions {
  readonly fragments: Fragments;
  /** False for what `@skip` and `@include` leave out. The default includes everything. */
  readonly isIncluded?: (selection: SelectionNode) => boolean;
  readonly onSpread?: (name: string) => void;
}

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = document.definitions.filter(node => node.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map(node => [node.name.value, node]));
}

/** The fields of a selection by response name, as graphql collects them: each fragment once. Type conditions are ignored. */
export function collectFields(
  sets: readonly SelectionSetNode[],
  { fragments, isIncluded = () => true, onSpread = () => {} }: CollectOptions,
): ReadonlyMap<string, readonly FieldNode[]> {
  const byName = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const left = sets.toReversed();

  /** Undefined for a fragment that was spread before, or does not exist. */
  function expand(selection: Exclude<SelectionNode, FieldNode>): SelectionSetNode | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection.selectionSet;
    const name = selection.name.value;
    if (spread.has(name)) return undefined;
    spread.add(name);
    onSpread(name);
    return fragments.get(name)?.selectionSet;
  }

  for (let set = left.pop(); set !== undefined; set = left.pop()) {
    for (const selection of set.selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) add(byName, selection);
      else {
        const expanded = expand(selection);
        if (expanded) left.push(expanded);
      }
    }
  }
  return byName;
}

function add(byName: Map<string, FieldNode[]>, field: FieldNode): void {
  const name = field.alias?.value ?? field.name.value;
  const fields = byName.get(name);
  if (fields) fields.push(field);
  else byName.set(name, [field]);
}
