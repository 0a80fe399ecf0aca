/** Problem details (RFC 9457), with the code that the same error has in GraphQL. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { errorCodes } from '../../graphql/error-codes.ts';
import type { RefusedRequest } from '../refuse.ts';

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
