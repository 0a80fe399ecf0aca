import type { FastifyReply } from 'fastify';
import type { ErrorCode } from '../graphql/error-codes.ts';
import type { OperationRecord } from './request-log.ts';

/** Sends an error outside of GraphQL in the shape of a GraphQL error, and records its outcome. */
export function refuse(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  const operation = reply.request.requestRecord?.operation;
  const ended: OperationRecord = { outcome: status >= 500 ? 'failed' : 'refused', codes: [code] };
  if (operation) Object.assign(operation, ended);
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
