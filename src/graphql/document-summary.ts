import { type ASTVisitor, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** An operation or a fragment: what it contains itself, and the fragments that it spreads. */
export interface Definition {
  readonly name: string;
  readonly isOperation: boolean;
  readonly selectionSet: SelectionSetNode;
  readonly own: Counts;
  readonly spreads: Spread[];
}

/** The counts of a definition itself, or with its fragments expanded. */
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
  /** Levels of fields that it is within. */
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
  /** Levels of lists and objects within each other. */
  readonly nesting: number;
  /** Levels of selection sets, those of inline fragments included. */
  readonly selectionNesting: number;
}

const noCounts: Counts = {
  selections: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  introspections: 0,
  introspectionAliases: 0,
  depth: 0,
  introspectionDepth: 0,
};

/** Takes linear time for every document, and does not recurse. */
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
  return { operations, fragments, ...sizesOf(document) };
}

type Summarisable = Extract<DocumentNode['definitions'][number], { readonly selectionSet: SelectionSetNode }>;

function summariseDefinition(name: string, node: Summarisable, isOperation: boolean): Definition {
  const definition = { name, isOperation, selectionSet: node.selectionSet, own: { ...noCounts }, spreads: [] };
  const isIntrospection = node.kind === Kind.FRAGMENT_DEFINITION && node.typeCondition.name.value.startsWith('__');
  visit(node, counting(definition, isIntrospection));
  return definition;
}

function counting({ own, spreads }: Definition, startsInIntrospection: boolean): ASTVisitor {
  let depth = 0;
  /** The level at which introspection began, to which everything below it belongs. */
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

function sizesOf(document: DocumentNode): Sizes {
  const sizes = { longestName: 0, longestLiteral: 0, nesting: 0, selectionNesting: 0 };
  const length = (name: keyof Sizes) => (node: { readonly value: string }) => {
    sizes[name] = Math.max(sizes[name], node.value.length);
  };
  const value = nesting(level => {
    sizes.nesting = Math.max(sizes.nesting, level);
  });
  visit(document, {
    Name: length('longestName'),
    Argument(node) {
      // A report pasted into `extractIndicators(text:)` is the only literal that may be long.
      return node.name.value === 'text' && node.value.kind === Kind.STRING ? false : undefined;
    },
    StringValue: length('longestLiteral'),
    IntValue: length('longestLiteral'),
    FloatValue: length('longestLiteral'),
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
