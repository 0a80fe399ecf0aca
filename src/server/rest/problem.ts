/** Problem details (RFC 9457), with the code that the same error has in GraphQL. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../graphql/error-codes.ts';
import type { RefusedRequest } from '../refuse.ts';

/** The HTTP status of errors that GraphQL answers with 200. */
const statuses = {
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
  INTERNAL_SERVER_ERROR: 500,
} as const satisfies Record<ErrorCode, number>;

/** An error as it stands in a GraphQL response. */
export const graphqlError = z.object({
  message: z.string(),
  extensions: z.object({ code: z.enum(errorCodes), retryAfterSeconds: z.number().optional() }),
});

/** `httpStatus`: of the GraphQL response. */
export function refusalIn({ message, extensions }: z.infer<typeof graphqlError>, httpStatus: number): RefusedRequest {
  return { status: httpStatus === 200 ? statuses[extensions.code] : httpStatus, message, ...extensions };
}

export const problemDetails = z.object({
  type: z.literal('about:blank'),
  title: z.string().describe('The name of the HTTP status.'),
  status: z.int().describe('The HTTP status.'),
  detail: z.string().describe('What is wrong, and what would be right.'),
  code: z.enum(errorCodes).describe('The code that the same error has in GraphQL.'),
  retryAfterSeconds: z.number().optional().describe('When the same request may be sent again.'),
});

export function writeProblem({ status, code, message: detail, retryAfterSeconds }: RefusedRequest) {
  const title = STATUS_CODES[status] ?? 'Error';
  const problem: z.infer<typeof problemDetails> = {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    retryAfterSeconds,
  };
  return { contentType: 'application/problem+json; charset=utf-8', text: JSON.stringify(problem) };
}
