import type { FastifyReply } from 'fastify';
import type { ErrorCode } from '../graphql/error-codes.ts';
import type { Told } from './visits.ts';

/** Sends an error outside of GraphQL in the shape of a GraphQL error, and notes it for the audit. */
export function refuse(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  const told = reply.request.visit?.told;
  if (told) Object.assign(told, { outcome: status >= 500 ? 'failed' : 'refused', codes: [code] } satisfies Told);
  return reply
    .status(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}
