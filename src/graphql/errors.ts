/** Failure → GraphQL error. Whatever is not on the list is a bug: masked here, logged with its stack by its operation's id. */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from '../observability/log.ts';
import { UpstreamError, type UpstreamErrorKind } from '../upstream/errors.ts';

/** The whole list of `extensions.code` (contract, "Errors"). */
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

/** The code of a kind by itself, as health tells it. */
export const codeOfKind = (kind: UpstreamErrorKind): ErrorCode => codes[kind];

export function codeOf(error: UpstreamError): ErrorCode {
  if (error.forbidden) return 'FORBIDDEN';
  if (error.neverSent && error.kind === 'TIMED_OUT') return 'DEADLINE_EXCEEDED';
  return codes[error.kind];
}

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

/** For Apollo Server's `formatError`: what a client may read of an error. */
export function createErrorFormatter(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    const root = rootOf(error);
    if (root instanceof UpstreamError) return { message: root.message, ...place, extensions: upstreamExtensions(root) };
    const code = formatted.extensions?.code;
    const isOurs = root instanceof GraphQLError && isListed(code) && code !== 'INTERNAL_SERVER_ERROR';
    if (isOurs) {
      const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
      return { message: formatted.message, ...place, extensions: { ...extensions, code: plainCode(code) } };
    }
    const stack = root instanceof Error ? root.stack : String(root);
    log.error({ path: formatted.path?.join('.'), stack }, 'A bug: an error that is not on the list');
    return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  };
}
