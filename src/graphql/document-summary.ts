import { type ASTVisitor, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** What stands in one operation or fragment itself, each thing counted once; spreads are still to be followed. */
export interface Definition {
  readonly name: string;
  readonly isOperation: boolean;
  readonly selectionSet: SelectionSetNode;
  readonly own: Counts;
  readonly spreads: Spread[];
}

/** Of a definition itself, or with its fragments written out. */
export interface Counts {
  /** Fields, inline fragments and spreads. */
  selections: number;
  aliases: number;
  directives: number;
  rootFields: number;
  introspections: number;
  introspectionAliases: number;
  /** Levels of fields outside introspection. */
  depth: number;
  introspectionDepth: number;
}

export interface Spread {
  readonly name: string;
  /** Levels of fields around it. */
  readonly depth: number;
  readonly isIntrospection: boolean;
}

export interface DocumentSummary extends Sizes {
  readonly operations: readonly Definition[];
  readonly fragments: ReadonlyMap<string, Definition>;
}

interface Sizes {
  readonly longestName: number;
  readonly longestLiteral: number;
  /** Lists and objects in each other. */
  readonly nesting: number;
  /** Braces in each other, inline fragments included. */
  readonly selectionNesting: number;
}

const nothing: Counts = {
  selections: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  introspections: 0,
  introspectionAliases: 0,
  depth: 0,
  introspectionDepth: 0,
};

/** Without recursion, and linear in the document whatever its shape. */
export function summarise(document: DocumentNode): DocumentSummary {
  const operations: Definition[] = [];
  const fragments = new Map<string, Definition>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      operations.push(summariseDefinition(definition.name?.value ?? '', definition, true));
    } else if (definition.kind === Kind.FRAGMENT_DEFINITION && !fragments.has(definition.name.value)) {
      fragments.set(definition.name.value, summariseDefinition(definition.name.value, definition, false));
    }
  }
  return { operations, fragments, ...measureSizes(document) };
}

type Summarisable = Extract<DocumentNode['definitions'][number], { readonly selectionSet: SelectionSetNode }>;

function summariseDefinition(name: string, node: Summarisable, isOperation: boolean): Definition {
  const definition = { name, isOperation, selectionSet: node.selectionSet, own: { ...nothing }, spreads: [] };
  const isIntrospection = node.kind === Kind.FRAGMENT_DEFINITION && node.typeCondition.name.value.startsWith('__');
  visit(node, counting(definition, isIntrospection));
  return definition;
}

function counting({ own, spreads }: Definition, startsInIntrospection: boolean): ASTVisitor {
  let depth = 0;
  /** The level at which introspection began; everything below belongs to it. */
  let introspectionFrom = startsInIntrospection ? 0 : Number.POSITIVE_INFINITY;
  return {
    Field: {
      enter(field) {
        depth += 1;
        const isEntry = introspectionFrom === Number.POSITIVE_INFINITY && /^__(schema|type)$/.test(field.name.value);
        if (isEntry) introspectionFrom = depth;
        const isIntrospection = depth >= introspectionFrom;
        own.selections += 1;
        own.rootFields += Number(depth === 1);
        own.aliases += Number(field.alias !== undefined);
        own.introspections += Number(isEntry);
        own.introspectionAliases += Number(isIntrospection && field.alias !== undefined);
        if (isIntrospection) own.introspectionDepth = Math.max(own.introspectionDepth, depth);
        else own.depth = Math.max(own.depth, depth);
      },
      leave() {
        if (depth === introspectionFrom) introspectionFrom = Number.POSITIVE_INFINITY;
        depth -= 1;
      },
    },
    InlineFragment() {
      own.selections += 1;
    },
    FragmentSpread(spread) {
      own.selections += 1;
      spreads.push({ name: spread.name.value, depth, isIntrospection: depth >= introspectionFrom });
    },
    Directive() {
      own.directives += 1;
    },
  };
}

function measureSizes(document: DocumentNode): Sizes {
  const sizes = { longestName: 0, longestLiteral: 0, nesting: 0, selectionNesting: 0 };
  const note = (what: keyof Sizes) => (node: { readonly value: string }) => {
    sizes[what] = Math.max(sizes[what], node.value.length);
  };
  const value = nesting(level => {
    sizes.nesting = Math.max(sizes.nesting, level);
  });
  visit(document, {
    Name: note('longestName'),
    Argument(node) {
      // A report pasted into `extractIndicators(text:)` is the one long literal that makes sense.
      return node.name.value === 'text' && node.value.kind === Kind.STRING ? false : undefined;
    },
    StringValue: note('longestLiteral'),
    IntValue: note('longestLiteral'),
    FloatValue: note('longestLiteral'),
    ListValue: value,
    ObjectValue: value,
    ListType: value,
    SelectionSet: nesting(level => {
      sizes.selectionNesting = Math.max(sizes.selectionNesting, level);
    }),
  });
  return sizes;
}

function nesting(onLevel: (level: number) => void): { enter: () => void; leave: () => void } {
  let level = 0;
  return {
    enter() {
      level += 1;
      onLevel(level);
    },
    leave() {
      level -= 1;
    },
  };
}
