/** Error messages for a gateway without introspection: they hold no name that the caller did not write. */
import { type ASTNode, GraphQLError, type GraphQLFormattedError, isValueNode, Kind } from 'graphql';
import { formatError } from './errors.ts';

/** Sentences, of graphql-js and of our own rules, in which every name is the caller's. */
const harmless: readonly RegExp[] = [
  /^The schema is not shown here: INTROSPECTION is off\.$/,
  /^This schema has no (mutation|subscription)s\.$/,
  /^There can be only one [a-z ]+ named "\$?\w+"\.$/,
  /^This anonymous operation must be the only defined operation\.$/,
  /^The "\w+" definition is not executable\.$/,
  /^Unknown (type|directive|fragment) "@?\w+"\.$/,
  /^Fragment "\w+" is never used\.$/,
  /^Cannot spread fragment "\w+" within itself( via [\w", ]+)?\.$/,
  /^Variable "\$\w+" is (never used|not defined)( (in|by) operation "\w+")?\.$/,
  /^Variable "\$\w+" of (required|non-null) type "[\w[\]!]+" (was not provided|must not be null)\.$/,
];

/** What of the caller's own text an error is about. */
function ownPart(node: ASTNode | undefined): string {
  switch (node?.kind) {
    case Kind.FIELD:
      return `The field "${node.name.value}"`;
    case Kind.ARGUMENT:
    case Kind.OBJECT_FIELD:
      return `The argument "${node.name.value}"`;
    case Kind.VARIABLE:
      return `The variable "$${node.name.value}"`;
    case Kind.VARIABLE_DEFINITION:
      return `The variable "$${node.variable.name.value}"`;
    case Kind.DIRECTIVE:
      return `The directive "@${node.name.value}"`;
    case Kind.FRAGMENT_DEFINITION:
    case Kind.FRAGMENT_SPREAD:
      return `The fragment "${node.name.value}"`;
    case Kind.NAMED_TYPE:
      return `The type "${node.name.value}"`;
    default:
      return node !== undefined && isValueNode(node) ? 'The value' : 'The operation';
  }
}

/** Of the layers in which Apollo Server and graphql-js wrap an error, the innermost that has a place in the document. */
function placeOf(error: unknown): ASTNode | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  return placeOf(error.originalError) ?? error.nodes?.[0];
}

/** As `formatError`. Where graphql-js would name what the schema has, the message says only what is not valid. */
export function formatErrorHidingSchema(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const shown = formatError(formatted, error);
  const node = placeOf(error);
  const isOfValue = node !== undefined && (isValueNode(node) || node.kind === Kind.VARIABLE_DEFINITION);
  if (shown.extensions?.code !== 'GRAPHQL_VALIDATION_FAILED' && !isOfValue) return shown;
  const message = shown.message.replace(/ Did you mean .*$/s, '');
  return {
    ...shown,
    message: harmless.some(one => one.test(message)) ? message : `${ownPart(node)} is not valid here.`,
  };
}
