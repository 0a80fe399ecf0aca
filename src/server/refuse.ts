import type { FastifyReply } from 'fastify';
import type { ErrorCode } from '../graphql/error-codes.ts';
import type { OperationRecord } from './request-log.ts';

/**
 * Sends an error outside of GraphQL in the shape of a GraphQL error, and records its outcome. `retryAfterSeconds`: it is no
 * failure, and may be sent again then.
 */
export function refuse(
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  retryAfterSeconds?: number,
): FastifyReply {
  const operation = reply.request.requestRecord?.operation;
  const isFailure = status >= 500 && retryAfterSeconds === undefined;
  const ended: OperationRecord = { outcome: isFailure ? 'failed' : 'refused', codes: [code] };
  if (operation) Object.assign(operation, ended);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(errorBody(code, message, retryAfterSeconds));
}

export const errorBody = (code: ErrorCode, message: string, retryAfterSeconds?: number): string =>
  JSON.stringify({ errors: [{ message, extensions: { code, retryAfterSeconds } }] });
