/** Asks through a door as GraphQL would be asked: by POST, with the caller's own headers, limits and price. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimit } from '../../auth/rate-limit.ts';
import { readTlp, type Tlp, tlpMarkings } from '../../domain/egress/tlp.ts';
import { chargeRefused } from '../operation-charge.ts';
import { isRefusal, type RefusedRequest } from '../refuse.ts';
import { authenticated, type RunOperation } from '../run-operation.ts';
import { sentText } from '../sent-request.ts';
import type { Door } from './door.ts';

/** The request must be of a caller who is known. */
export type AskDoor = <Answer extends object>(
  door: Door<Answer>,
  given: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<Answer | RefusedRequest>;

export const createAskDoor =
  (run: RunOperation, rateLimit: RateLimit): AskDoor =>
  async (door, given, request, reply) => {
    const sent = sentText(request);
    const question = door.read(given);
    if (isRefusal(question)) {
      chargeRefused(rateLimit, authenticated(request).caller.clientKey, sent.text);
      return question;
    }
    const { operation: query, variables, tlp } = question;
    const headers = { ...sent.headers, ...markedBy(sent.headers, tlp), ...asGraphql };
    const response = await run(request, reply, { ...sent, headers, search: '', body: { query, variables } });
    return isRefusal(response) ? response : question.answer(response);
  };

const asGraphql = { accept: 'application/json', 'content-type': 'application/json' };

/** `x-tlp`, in which callers of GraphQL mark what they ask; of header and argument the stricter, and a header that is none stays. */
function markedBy({ 'x-tlp': header }: IncomingHttpHeaders, tlp: Tlp | undefined): IncomingHttpHeaders {
  if (tlp === undefined) return {};
  const sent = header === undefined ? tlp : readTlp(String(header));
  const isLooser = sent !== undefined && tlpMarkings.indexOf(sent) <= tlpMarkings.indexOf(tlp);
  return isLooser ? { 'x-tlp': tlp } : {};
}
