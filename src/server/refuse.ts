import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../graphql/error-codes.ts';
import type { OperationRecord } from './request-log.ts';

/** Why a request was not answered. `retryAfterSeconds`: it is no failure, and may be sent again then. */
export interface RefusedRequest {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** A refusal in the shape of the address that was asked. */
interface WrittenRefusal {
  readonly contentType: string;
  readonly text: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The shape of what this route refuses; the default is that of a GraphQL error. */
    readonly writeRefusal?: (refusal: RefusedRequest) => WrittenRefusal;
  }
}

export const isRefusal = (outcome: object): outcome is RefusedRequest => 'code' in outcome && 'message' in outcome;

/** Sends an error outside of GraphQL, and records its outcome. */
export const refuse = (
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  retryAfterSeconds?: number,
): FastifyReply => sendRefusal(reply, { status, code, message, retryAfterSeconds });

export function sendRefusal(reply: FastifyReply, refusal: RefusedRequest): FastifyReply {
  const { status, retryAfterSeconds } = refusal;
  recordRefusal(reply.request, refusal);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const write = reply.request.routeOptions?.config?.writeRefusal ?? asGraphqlError;
  const { contentType, text } = write(refusal);
  return reply.status(status).header('cache-control', 'no-store').type(contentType).send(text);
}

export function recordRefusal(
  { requestRecord }: FastifyRequest,
  { status, code, retryAfterSeconds }: RefusedRequest,
): void {
  const isFailure = status >= 500 && retryAfterSeconds === undefined;
  const ended: OperationRecord = { outcome: isFailure ? 'failed' : 'refused', codes: [code] };
  if (requestRecord) Object.assign(requestRecord.operation, ended);
}

const asGraphqlError = ({ code, message, retryAfterSeconds }: RefusedRequest): WrittenRefusal => ({
  contentType: 'application/json; charset=utf-8',
  text: errorBody(code, message, retryAfterSeconds),
});

export const errorBody = (code: ErrorCode, message: string, retryAfterSeconds?: number): string =>
  JSON.stringify({ errors: [{ message, extensions: { code, retryAfterSeconds } }] });
