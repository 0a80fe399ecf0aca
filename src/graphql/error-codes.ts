/** The error codes, and the errors that resolvers raise. Apart from `errors.ts`, so that sources load without the query limits. */
import { GraphQLError } from 'graphql';
import type { UpstreamErrorKind } from '../http-client/errors.ts';

/** Every `extensions.code` that a client may see. */
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

/** The code for a failed upstream call. */
export const codeOfKind = (kind: UpstreamErrorKind): ErrorCode => codes[kind];

/** The caller sent something invalid; the message says what would be valid. `argument`: the one at fault. */
export function badInput(message: string, argument?: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_USER_INPUT', ...(argument !== undefined && { argument }) },
  });
}

/** The same where the whole operation is refused before anything is asked: HTTP 400. */
export const badRequest = (message: string, argument: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', argument, http: { status: 400 } } });
