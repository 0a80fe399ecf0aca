/** REST for playbooks: `POST /v1/lookup`, `POST /v1/extract`, and `GET /v1/openapi.json`, which describes them. */
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { AuthConfig } from '../../auth/auth-config.ts';
import { createAskDoor } from '../doors/ask.ts';
import { extractDoor, lookupDoor } from '../doors/lookup.ts';
import { type OperationRouteOptions, operationRoute } from '../operation-route.ts';
import { isRefusal, refuse, sendRefusal } from '../refuse.ts';
import type { RunOperation } from '../run-operation.ts';
import { sendText } from '../send-text.ts';
import { parseRequest, sentText } from '../sent-request.ts';
import { type DescribedGateway, openApiText } from './openapi.ts';
import { writeProblem } from './problem.ts';

export interface RestOptions extends OperationRouteOptions, DescribedGateway {
  readonly schema: GraphQLSchema;
  readonly authConfig: AuthConfig;
}

const config = { writeRefusal: writeProblem };

export function registerRest(server: FastifyInstance, run: RunOperation, options: RestOptions): void {
  const ask = createAskDoor(run, options.operations.rateLimit);
  const doors = { lookup: lookupDoor(options.schema), extract: extractDoor(options.schema) };
  for (const [name, door] of Object.entries(doors)) {
    const url = `/v1/${name}`;
    server.route({
      ...{ method: 'POST', url, config },
      ...operationRoute(options, {
        async answer(request, reply) {
          const { body } = parseRequest(request, sentText(request));
          const answer = await ask(door, body, request, reply);
          if (isRefusal(answer)) return sendRefusal(reply, answer);
          return sendText(reply.type('application/json; charset=utf-8'), `${JSON.stringify(answer)}\n`);
        },
      }),
    });
    server.route({
      ...{ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, config },
      onRequest: async (_request, reply) =>
        refuse(reply.header('allow', 'POST'), 405, 'BAD_REQUEST', `${url} is asked with POST.`),
      handler: async () => {},
    });
  }
  const description = openApiText(doors, options);
  server.get('/v1/openapi.json', (_request, reply) =>
    sendText(reply.type('application/json; charset=utf-8'), description),
  );
}
