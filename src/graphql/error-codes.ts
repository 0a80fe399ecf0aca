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
  'OVERLOADED',
  'EGRESS_FORBIDDEN',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The HTTP status of an error that GraphQL answers with 200, at the other addresses. */
const statusByCode = {
  BAD_USER_INPUT: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  OPERATION_TOO_LARGE: 400,
  OPERATION_RESOLUTION_FAILURE: 400,
  PERSISTED_QUERY_NOT_FOUND: 400,
  PERSISTED_QUERY_NOT_SUPPORTED: 400,
  PERSISTED_QUERY_REQUIRED: 400,
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  SOURCE_UNCONFIGURED: 501,
  UPSTREAM_UNAVAILABLE: 502,
  UPSTREAM_TIMEOUT: 504,
  UPSTREAM_RATE_LIMITED: 503,
  UPSTREAM_DENIED: 502,
  UPSTREAM_REJECTED: 502,
  UPSTREAM_MALFORMED: 502,
  UPSTREAM_TRUNCATED: 502,
  DEADLINE_EXCEEDED: 504,
  OVERLOADED: 503,
  EGRESS_FORBIDDEN: 403,
  INTERNAL_SERVER_ERROR: 500,
} as const satisfies Record<ErrorCode, number>;

export const statusOfCode = (code: ErrorCode): number => statusByCode[code];

const codes = {
  UNCONFIGURED: 'SOURCE_UNCONFIGURED',
  DENIED: 'UPSTREAM_DENIED',
  REJECTED: 'UPSTREAM_REJECTED',
  RATE_LIMITED: 'UPSTREAM_RATE_LIMITED',
  TIMED_OUT: 'UPSTREAM_TIMEOUT',
  UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
  OVERLOADED: 'OVERLOADED',
  WITHHELD: 'EGRESS_FORBIDDEN',
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

const overload = (retryAfterSeconds: number) => ({
  code: 'OVERLOADED',
  retryAfterSeconds,
  http: { status: 503, headers: new Map([['retry-after', String(retryAfterSeconds)]]) },
});

/** The gateway itself has no room for the operation: HTTP 503. Nothing was asked. */
export const overloaded = (retryAfterSeconds: number): GraphQLError =>
  new GraphQLError(`The gateway has no room for this operation now: come back in ${retryAfterSeconds} s.`, {
    extensions: overload(retryAfterSeconds),
  });

/** The same in the middle of an answer: what it is made of was asked, and is paid. */
export class AnswerOverloadedError extends GraphQLError {
  constructor(retryAfterSeconds: number) {
    const message = `The gateway has no room for so large an answer now: ask for less, or come back in ${retryAfterSeconds} s.`;
    super(message, { extensions: overload(retryAfterSeconds) });
  }
}

/** Whether it is one of these two. */
export const isOverloaded = (problem: unknown): problem is GraphQLError =>
  problem instanceof GraphQLError && problem.extensions.code === 'OVERLOADED';

/**
 * The deadline of the operation has passed before its answer was made. `message` says what would be less. `status`: of the
 * response, where there is no answer at all.
 */
export const deadlineExceeded = (message: string, status?: number): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'DEADLINE_EXCEEDED', ...(status && { http: { status } }) } });
