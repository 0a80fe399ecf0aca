import { type DocumentNode, GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { type Definition, type DocumentSummary, summarise } from './document-summary.ts';
import { countRepeats } from './repeats.ts';
import { type Totals, totalsOf } from './totals.ts';

/**
 * What one operation may be, fragments written out. GraphiQL's own introspection fits; depth does not count below
 * `__schema` and `__type`, which have bounds of their own because nested introspection multiplies its own answer.
 */
export const operationLimits = {
  /** For the parser, which stops there: `apolloLimits`. */
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
  /** Pairs of fields under one response name: what validation compares, two by two. */
  repeats: 10_000,
  /** Lists and objects in each other, in the document or in a variable. */
  nesting: 10,
  /** Braces in each other, inline fragments included: what others walk by recursion. */
  selectionNesting: 60,
  /** Of the text of `extractIndicators`; its resolver says so. */
  textBytes: 256 * 1024,
  /** Characters of a literal; the text of `extractIndicators` is as long as the body allows. */
  literal: 4_096,
  name: 256,
  /** Lists, objects and leaves in all variables together. */
  variableNodes: 20_000,
} as const;

/** Refused for its size, before anything was asked: HTTP 400. Apollo takes `http` out of what the client sees. */
export function tooLarge(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_LARGE', http: { status: 400 } } });
}

/**
 * Call it on the parsed document, ahead of validation: graphql's own rules take quadratic time for documents that this
 * refuses in linear time. Undefined: nothing to object to (and nothing said about its validity).
 */
export function checkDocument(document: DocumentNode): GraphQLError | undefined {
  const summary = summarise(document);
  const problem = checkSizes(summary);
  if (problem) return problem;
  const totals = totalsOf(summary);
  if ('cycle' in totals) return cycle(totals.cycle);
  return checkTotals(totals.byDefinition) ?? checkRepeats(document, totals.byDefinition);
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
 * For a document that could not be parsed, when its size is why: what to say in place of the syntax error made of it. The
 * parser recurses: braces that nothing closes overflow its stack well below the token limit, depending on the stack.
 */
export function parseLimitError(error: GraphQLError): GraphQLError | undefined {
  if (isStackOverflow(error)) return tooDeep();
  const body = error.source?.body;
  return body === undefined ? undefined : lexicalProblem(new Lexer(new Source(body)));
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

function lexicalProblem(lexer: Lexer): GraphQLError | undefined {
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

/** graphql's own words and its code: a cycle has no size, it is wrong. */
function cycle(name: string): GraphQLError {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } };
  return new GraphQLError(`Cannot spread fragment "${name}" within itself.`, { extensions });
}

const counted = [
  ['selections', 'fields and fragments'],
  ['aliases', 'aliases'],
  ['directives', 'directives'],
  ['introspections', 'introspection fields'],
  ['introspectionAliases', 'aliases in introspection'],
] as const;

function checkTotals(definitions: ReadonlyMap<Definition, Totals>): GraphQLError | undefined {
  let selections = 0;
  for (const [definition, totals] of definitions) {
    const problem = checkDefinition(definition, totals);
    if (problem) return problem;
    if (definition.isOperation) selections += totals.selections;
  }
  return selections > operationLimits.selections
    ? tooMany('fields and fragments', operationLimits.selections)
    : undefined;
}

function checkDefinition({ isOperation }: Definition, totals: Totals): GraphQLError | undefined {
  for (const [name, words] of counted) {
    if (totals[name] > operationLimits[name]) return tooMany(words, operationLimits[name]);
  }
  if (totals.depth > operationLimits.depth || totals.introspectionDepth > operationLimits.introspectionDepth) {
    return tooDeep();
  }
  if (!isOperation || totals.rootFields <= operationLimits.rootFields) return undefined;
  return tooMany('fields at the root', operationLimits.rootFields);
}

/** Last, for it writes fragments out: the totals have bounded by then how much that can be. */
function checkRepeats(document: DocumentNode, totals: ReadonlyMap<Definition, Totals>): GraphQLError | undefined {
  const isTooMuch = countRepeats(document, [...totals.keys()], operationLimits) > operationLimits.repeats;
  return isTooMuch ? tooLarge('The same fields are selected too many times.') : undefined;
}
