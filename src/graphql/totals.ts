import type { Counts, Definition, DocumentSummary, Spread } from './document-summary.ts';

/** The counts of a definition with its fragments written out. Doubling fragments make them enormous, never slow. */
export type Totals = Readonly<Counts>;

export type DocumentTotals =
  | { readonly byDefinition: ReadonlyMap<Definition, Totals> }
  /** The name of a fragment that contains itself. */
  | { readonly cycle: string };

class Cycle extends Error {
  readonly fragment: string;
  constructor(fragment: string) {
    super('A fragment contains itself');
    this.fragment = fragment;
  }
}

/** Each definition is added up once, however often it is spread. The caller has bounded the number of fragments. */
export function totalsOf(summary: DocumentSummary): DocumentTotals {
  const done = new Map<Definition, Totals>();
  const open = new Set<Definition>();

  function total(definition: Definition): Totals {
    const known = done.get(definition);
    if (known) return known;
    if (open.has(definition)) throw new Cycle(definition.name);
    open.add(definition);
    const sum = { ...definition.own };
    for (const spread of definition.spreads) {
      const fragment = summary.fragments.get(spread.name);
      if (fragment) add(sum, total(fragment), spread);
    }
    open.delete(definition);
    done.set(definition, sum);
    return sum;
  }

  try {
    for (const definition of [...summary.operations, ...summary.fragments.values()]) total(definition);
    return { byDefinition: done };
  } catch (error) {
    if (error instanceof Cycle) return { cycle: error.fragment };
    throw error;
  }
}

function add(sum: Counts, part: Totals, spread: Spread): void {
  sum.selections += part.selections;
  sum.aliases += part.aliases;
  sum.directives += part.directives;
  sum.introspections += part.introspections;
  sum.introspectionAliases += spread.isIntrospection ? part.aliases : part.introspectionAliases;
  if (spread.depth === 0) sum.rootFields += part.rootFields;
  const below = depthsBelow(part, spread.isIntrospection);
  if (below.plain > 0) sum.depth = Math.max(sum.depth, spread.depth + below.plain);
  if (below.inside > 0) sum.introspectionDepth = Math.max(sum.introspectionDepth, spread.depth + below.inside);
}

/** Spread into introspection, all levels of a fragment belong to it. */
function depthsBelow(part: Totals, isIntrospection: boolean): { readonly plain: number; readonly inside: number } {
  if (!isIntrospection) return { plain: part.depth, inside: part.introspectionDepth };
  return { plain: 0, inside: Math.max(part.depth, part.introspectionDepth) };
}
