import type { Counts, Definition, DocumentSummary, Spread } from './document-summary.ts';

/** The counts of a definition with its fragments expanded: enormous for fragments that double each other. */
export type ExpandedCounts = Readonly<Counts>;

export type DocumentCounts =
  | { readonly byDefinition: ReadonlyMap<Definition, ExpandedCounts> }
  /** The name of a fragment that contains itself. */
  | { readonly cycle: string };

class Cycle extends Error {
  readonly fragment: string;
  constructor(fragment: string) {
    super('A fragment contains itself');
    this.fragment = fragment;
  }
}

/**
 * Adds up each definition once, however often it is spread, so it takes linear time. It recurses into fragments: their
 * number must have been checked.
 */
export function expandCounts(summary: DocumentSummary): DocumentCounts {
  const byDefinition = new Map<Definition, ExpandedCounts>();
  const inProgress = new Set<Definition>();

  function expand(definition: Definition): ExpandedCounts {
    const expanded = byDefinition.get(definition);
    if (expanded) return expanded;
    if (inProgress.has(definition)) throw new Cycle(definition.name);
    inProgress.add(definition);
    const sum = { ...definition.own };
    for (const spread of definition.spreads) {
      const fragment = summary.fragments.get(spread.name);
      if (fragment) add(sum, expand(fragment), spread);
    }
    inProgress.delete(definition);
    byDefinition.set(definition, sum);
    return sum;
  }

  try {
    for (const definition of [...summary.operations, ...summary.fragments.values()]) expand(definition);
    return { byDefinition };
  } catch (error) {
    if (error instanceof Cycle) return { cycle: error.fragment };
    throw error;
  }
}

function add(sum: Counts, fragment: ExpandedCounts, spread: Spread): void {
  sum.selections += fragment.selections;
  sum.aliases += fragment.aliases;
  sum.directives += fragment.directives;
  sum.introspections += fragment.introspections;
  sum.introspectionAliases += spread.isIntrospection ? fragment.aliases : fragment.introspectionAliases;
  if (spread.depth === 0) sum.rootFields += fragment.rootFields;
  const depths = depthsOf(fragment, spread.isIntrospection);
  if (depths.outside > 0) sum.depth = Math.max(sum.depth, spread.depth + depths.outside);
  if (depths.introspection > 0)
    sum.introspectionDepth = Math.max(sum.introspectionDepth, spread.depth + depths.introspection);
}

/** If a fragment is spread within introspection, all its levels belong to that. */
function depthsOf({ depth, introspectionDepth }: ExpandedCounts, isIntrospection: boolean) {
  if (!isIntrospection) return { outside: depth, introspection: introspectionDepth };
  return { outside: 0, introspection: Math.max(depth, introspectionDepth) };
}
