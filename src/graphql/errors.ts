/** Failure → GraphQL error. Whatever is not on the list is a bug: masked here, logged with its stack by its operation's id. */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { UpstreamError, type UpstreamErrorKind } from '../http-client/errors.ts';
import { type Bug, describeBug } from '../observability/bug.ts';
import { parseLimitError } from './limits.ts';

/** The whole list of `extensions.code`; docs/reference.md says when each is sent. */
export const errorCodes = [
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_TOO_LARGE',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_REQUIRED',
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'SOURCE_UNCONFIGURED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_DENIED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_MALFORMED',
  'UPSTREAM_TRUNCATED',
  'DEADLINE_EXCEEDED',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

const codes = {
  UNCONFIGURED: 'SOURCE_UNCONFIGURED',
  DENIED: 'UPSTREAM_DENIED',
  REJECTED: 'UPSTREAM_REJECTED',
  RATE_LIMITED: 'UPSTREAM_RATE_LIMITED',
  TIMED_OUT: 'UPSTREAM_TIMEOUT',
  UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  MALFORMED: 'UPSTREAM_MALFORMED',
  TRUNCATED: 'UPSTREAM_TRUNCATED',
} as const satisfies Record<UpstreamErrorKind, ErrorCode>;

function codeOf(error: UpstreamError): ErrorCode {
  if (error.forbidden) return 'FORBIDDEN';
  if (error.neverSent && error.kind === 'TIMED_OUT') return 'DEADLINE_EXCEEDED';
  return codeOfKind(error.kind);
}

export const codeOfKind = (kind: UpstreamErrorKind): ErrorCode => codes[kind];

/** An error of the caller's own making, with what would be right. */
export function badInput(message: string, argument?: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(argument !== undefined && { argument }) },
  });
}

function upstreamExtensions(error: UpstreamError): Record<string, unknown> {
  const { source, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  return { code: codeOf(error), source, ...wait };
}

/** The error below the layers that GraphQL wrapped around it. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError != null) root = root.originalError;
  return root;
}

const isListed = (code: unknown): code is ErrorCode => errorCodes.some(listed => listed === code);

/** Apollo's own name for "no such operation in the document"; the list has no word for it but this. */
const plainCode = (code: ErrorCode): ErrorCode => (code === 'OPERATION_RESOLUTION_FAILURE' ? 'BAD_REQUEST' : code);

/** Apollo refuses some requests with errors that have a status and no code, for instance a hash that does not fit. */
function isRequestProblem(root: GraphQLError): boolean {
  if (root.extensions.code !== undefined) return false;
  const http: unknown = root.extensions.http;
  return typeof http === 'object' && http !== null && 'status' in http && http.status === 400;
}

/** A code of the list, when the error is one that a caller may read. */
function listedCode(root: unknown): ErrorCode | undefined {
  if (root instanceof UpstreamError) return codeOf(root);
  if (!(root instanceof GraphQLError)) return undefined;
  if (isRequestProblem(root)) return 'BAD_REQUEST';
  const code: unknown = root.extensions.code;
  return isListed(code) && code !== 'INTERNAL_SERVER_ERROR' ? plainCode(code) : undefined;
}

/** For Apollo Server's `formatError`: what a client may read of an error. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const limit = error instanceof GraphQLError ? parseLimitError(error) : undefined;
  if (limit) return { message: limit.message, extensions: { code: limit.extensions.code } };
  const place = {
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
  };
  const root = rootOf(error);
  if (root instanceof UpstreamError) return { message: root.message, ...place, extensions: upstreamExtensions(root) };
  const code = listedCode(root) ?? listedCode(error);
  if (code === undefined)
    return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
  return { message: formatted.message, ...place, extensions: { ...extensions, code } };
}

/** The same where introspection is off: graphql-js guesses at names of the schema in its words about variables too. */
export function formatErrorWithoutHints(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const shown = formatError(formatted, error);
  return { ...shown, message: shown.message.replace(/ ?Did you mean .*$/s, '') };
}

/**
 * What may be logged of an error that is not on the list; undefined for one that is. Its class and where it was thrown,
 * never its text: whoever wrote that may have put a key or somebody's indicator into it.
 */
export function bugIn(error: unknown): Bug | undefined {
  const root = rootOf(error);
  if (listedCode(root) ?? listedCode(error)) return undefined;
  if (error instanceof GraphQLError && parseLimitError(error)) return undefined;
  return describeBug(root);
}
