import { type DocumentNode, GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { type Definition, type DocumentSummary, summarise } from './document-summary.ts';
import { type ExpandedCounts, expandCounts } from './expanded-counts.ts';
import { countOverlappingFields } from './overlapping-fields.ts';

/**
 * The limits of one operation, its fragments expanded. GraphiQL's introspection query is within them. `depth` does not
 * count levels of introspection, which has limits of its own, because nested introspection multiplies its response.
 */
export const operationLimits = {
  /** The parser stops there (`apolloLimits`). */
  tokens: 4_000,
  depth: 12,
  introspectionDepth: 40,
  introspections: 2,
  introspectionAliases: 4,
  aliases: 50,
  rootFields: 20,
  directives: 30,
  selections: 10_000,
  fragments: 200,
  /** Pairs of fields with the same response path, each of which validation compares. */
  overlappingFields: 10_000,
  /** Levels of lists and objects within each other, in the document or in a variable. */
  nesting: 10,
  /** Levels of selection sets, those of inline fragments included: libraries read them recursively. */
  selectionNesting: 60,
  /** Bytes of all different texts of `extractIndicators` and `extract` together. */
  textBytes: 256 * 1024,
  /** Entries of the answers of `extract` together. */
  places: 10_000,
  /** Different names of `properties(names:)`. */
  propertyNames: 50,
  /** Characters of a literal, other than such a text. */
  literal: 4_096,
  /** Characters of a name. */
  name: 256,
  /** Lists, objects and leaves of all variables together. */
  variableNodes: 20_000,
} as const;

/** The error of an operation that is rejected for its size: HTTP 400. Apollo removes `http` from what the client sees. */
export function tooLarge(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_LARGE', http: { status: 400 } } });
}

/**
 * To be called after parsing and before validation: rejects documents in linear time for which graphql's rules would take
 * quadratic time. Undefined: within the limits, whether valid or not.
 */
export function checkDocument(document: DocumentNode): GraphQLError | undefined {
  const summary = summarise(document);
  const problem = checkSizes(summary);
  if (problem) return problem;
  const counts = expandCounts(summary);
  if ('cycle' in counts) return cycleError(counts.cycle);
  return checkCounts(counts.byDefinition) ?? checkOverlappingFields([...counts.byDefinition.keys()]);
}

function checkSizes(summary: DocumentSummary): GraphQLError | undefined {
  const { name, literal, nesting, selectionNesting, fragments } = operationLimits;
  if (summary.longestName > name) return tooLarge('A name in this operation is too long.');
  if (summary.longestLiteral > literal) return tooLarge('A literal is too long: send it as a variable.');
  if (summary.nesting > nesting) return tooLarge('Lists or objects are nested too deeply.');
  if (summary.selectionNesting > selectionNesting) return tooDeep();
  return summary.fragments.size > fragments ? tooMany('fragments', fragments) : undefined;
}

/**
 * Replaces the syntax error of a document that could not be parsed because of its size; undefined for other errors. The
 * parser is recursive, so that open braces may overflow its stack before the token limit is reached.
 */
export function parseLimitError(error: GraphQLError): GraphQLError | undefined {
  if (isStackOverflow(error)) return tooDeep();
  const body = error.source?.body;
  return body === undefined ? undefined : lexicalError(new Lexer(new Source(body)));
}

function isStackOverflow(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  return error instanceof GraphQLError && isStackOverflow(error.originalError);
}

const levelOf = new Map<TokenKind, 1 | -1>([
  [TokenKind.BRACE_L, 1],
  [TokenKind.BRACKET_L, 1],
  [TokenKind.PAREN_L, 1],
  [TokenKind.BRACE_R, -1],
  [TokenKind.BRACKET_R, -1],
  [TokenKind.PAREN_R, -1],
]);

function lexicalError(lexer: Lexer): GraphQLError | undefined {
  let level = 0;
  try {
    for (let count = 0; count <= operationLimits.tokens; count += 1) {
      const { kind } = lexer.advance();
      if (kind === TokenKind.EOF) return undefined;
      level += levelOf.get(kind) ?? 0;
      if (level > operationLimits.selectionNesting * 2) return tooDeep();
    }
    return tooMany('tokens', operationLimits.tokens);
  } catch {
    return undefined;
  }
}

function tooMany(what: string, limit: number): GraphQLError {
  return tooLarge(`Too many ${what}: at most ${limit.toLocaleString('en')} in one operation.`);
}

function tooDeep(): GraphQLError {
  return tooLarge(`Too deep: at most ${operationLimits.depth} levels in one operation.`);
}

/** A cycle is not too large but invalid: the message and code are those of graphql's own rule. */
function cycleError(name: string): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
  return new GraphQLError(`Cannot spread fragment "${name}" within itself.`, { extensions });
}

const countLimits = [
  ['selections', 'fields and fragments'],
  ['aliases', 'aliases'],
  ['directives', 'directives'],
  ['introspections', 'introspection fields'],
  ['introspectionAliases', 'aliases in introspection'],
] as const;

function checkCounts(definitions: ReadonlyMap<Definition, ExpandedCounts>): GraphQLError | undefined {
  let selections = 0;
  for (const [definition, counts] of definitions) {
    const problem = checkDefinition(definition, counts);
    if (problem) return problem;
    if (definition.isOperation) selections += counts.selections;
  }
  return selections > operationLimits.selections
    ? tooMany('fields and fragments', operationLimits.selections)
    : undefined;
}

function checkDefinition({ isOperation }: Definition, counts: ExpandedCounts): GraphQLError | undefined {
  for (const [name, plural] of countLimits) {
    if (counts[name] > operationLimits[name]) return tooMany(plural, operationLimits[name]);
  }
  if (counts.depth > operationLimits.depth || counts.introspectionDepth > operationLimits.introspectionDepth) {
    return tooDeep();
  }
  if (!isOperation || counts.rootFields <= operationLimits.rootFields) return undefined;
  return tooMany('fields at the root', operationLimits.rootFields);
}

/** Checked last, because it expands fragments: by then, the other limits bound their size. */
function checkOverlappingFields(definitions: readonly Definition[]): GraphQLError | undefined {
  const pairs = countOverlappingFields(definitions, operationLimits);
  return pairs > operationLimits.overlappingFields
    ? tooLarge('The same fields are selected too many times.')
    : undefined;
}
