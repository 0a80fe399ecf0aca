/** GraphQL over HTTP, by GET and POST. */
import type { FastifyInstance } from 'fastify';
import { sendAnswer } from './http-cache.ts';
import type { GraphqlResponse } from './operation-cache.ts';
import { type OperationRouteOptions, operationRoute } from './operation-route.ts';
import { isRefusal, type RefusedRequest, refuse, sendRefusal } from './refuse.ts';
import type { RunOperation } from './run-operation.ts';
import { parseRequest, sentText } from './sent-request.ts';
import { trustedRequest } from './trusted-request.ts';

export function registerGraphql(server: FastifyInstance, run: RunOperation, options: OperationRouteOptions): void {
  const { trustedDocuments } = options.authConfig;
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    ...operationRoute(options, {
      answer(request, reply) {
        const parsed = parseRequest(request, sentText(request));
        const allowed = trustedDocuments ? trustedRequest(parsed, trustedDocuments) : parsed;
        if (!allowed) return refuse(reply, 400, 'PERSISTED_QUERY_REQUIRED', notTrusted);
        const send = (response: GraphqlResponse | RefusedRequest) => {
          if (isRefusal(response)) return sendRefusal(reply, response);
          const { status, contentType, text } = response;
          return sendAnswer(reply.status(status).header('content-type', contentType), text);
        };
        const response = run(request, reply, allowed);
        return response instanceof Promise ? response.then(send) : send(response);
      },
    }),
  });
  server.route({
    method: ['PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    onRequest: async (_request, reply) =>
      refuse(reply.header('allow', 'GET, POST'), 405, 'BAD_REQUEST', 'GraphQL is asked with GET or POST.'),
    handler: async () => {},
  });
}

const notTrusted = 'Only operations on the list of trusted documents run here: send the id of one of them.';
