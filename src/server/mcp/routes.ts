/** The Model Context Protocol for assistants: `POST /mcp`, streamable HTTP without sessions. Loaded with MCP=on alone. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { AuthConfig } from '../../auth/auth-config.ts';
import { permissionsAt } from '../../auth/scopes.ts';
import type { Gateway } from '../../graphql/context.ts';
import { createAskDoor } from '../doors/ask.ts';
import { chargeRefused } from '../operation-charge.ts';
import { type OperationRouteOptions, operationRoute } from '../operation-route.ts';
import { challengeAt, registerMetadata } from '../protected-resource.ts';
import { type RefusedRequest, refuse, sendRefusal } from '../refuse.ts';
import { authenticated, type RunOperation, refusalOfSpent } from '../run-operation.ts';
import { sendText } from '../send-text.ts';
import { parseRequest, sentText } from '../sent-request.ts';
import { answerMessage } from './server.ts';
import { createTools } from './tools.ts';

export interface McpOptions extends OperationRouteOptions {
  readonly schema: GraphQLSchema;
  readonly gateway: Pick<Gateway, 'maxValues' | 'permissionsOf' | 'sources'>;
  readonly authConfig: AuthConfig;
  readonly corsOrigins: readonly string[];
  readonly basePath: string;
}

export function registerMcp(server: FastifyInstance, run: RunOperation, options: McpOptions): void {
  const { operations, authConfig, corsOrigins, basePath, gateway, schema } = options;
  const { rateLimit } = operations;
  const ask = createAskDoor(run, rateLimit);
  const tools = createTools(schema, gateway.maxValues);
  const isJwt = authConfig.method.mode === 'jwt';
  const around = operationRoute(options, {
    ...{ answer },
    ...(isJwt && { challengeOf: request => challengeAt(request, basePath) }),
  });

  /** A page of another origin, or one that another name leads here: browsers always say where a POST comes from. */
  function refuseOrigin(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    const { origin } = request.headers;
    if (origin === undefined || corsOrigins.includes(origin)) done();
    else refuse(reply, 403, 'FORBIDDEN', 'Pages of this origin may not ask here: CORS_ORIGINS has to name it.');
  }

  function mayWrite(request: FastifyRequest): boolean {
    const permissions = gateway.permissionsOf(authenticated(request).caller.scopes);
    return Object.entries(gateway.sources).some(
      ([name, source]) => source.mayWrite?.(permissionsAt(permissions, name)) === true,
    );
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { record, caller } = authenticated(request);
    const { clientKey } = caller;
    const sent = sentText(request);
    const { body } = parseRequest(request, sent);
    reply.header('cache-control', 'no-store'); // unless an operation says more
    if (Array.isArray(body))
      return refuse(reply, 400, 'BAD_REQUEST', 'Send one message at a time, and no list of them.');
    const spent = isToolCall(body) ? undefined : refusalOfSpent(rateLimit, clientKey);
    if (spent) return sendRefusal(reply, spent);
    let bug: unknown;
    const response = await answerMessage(body, {
      tools: tools.filter(({ isWrite }) => !isWrite || mayWrite(request)),
      protocolVersion: request.headers['mcp-protocol-version'],
      ask: (door, given) =>
        ask(door, given, request, reply).catch(problem => {
          bug = problem;
          throw new Error('Internal server error');
        }),
      request,
    });
    if (bug !== undefined) throw bug;
    // What has asked for nothing is no operation; it is recorded, and costs its caller, as one.
    if (record.operation.outcome === undefined) {
      record.operation.outcome = response.ok ? 'ok' : 'refused';
      chargeRefused(rateLimit, clientKey, sent.text);
    }
    const type = response.headers.get('content-type');
    if (type !== null) reply.type(type);
    return sendText(reply.status(response.status), await response.text());
  }

  server.route({
    ...{ method: 'POST', url, config, ...around },
    onRequest: [refuseOrigin, around.onRequest].flat().filter(hook => hook !== undefined),
  });
  server.route({
    ...{ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, config },
    onRequest: async (_request, reply) => refuse(reply.header('allow', 'POST'), 405, 'BAD_REQUEST', noSession),
    handler: async () => {},
  });
  if (isJwt) registerMetadata(server, { authConfig, basePath });
}

const url = '/mcp';
const noSession = 'Messages are sent with POST: there is no session, and no stream.';

const isToolCall = (message: unknown): boolean => Object(message).method === 'tools/call';

/** A refusal outside of any tool, as JSON-RPC has errors. */
function writeRefusal({ code, message, retryAfterSeconds }: RefusedRequest) {
  const error = { code: code === 'BAD_REQUEST' ? -32_600 : -32_000, message, data: { code, retryAfterSeconds } };
  return { contentType: 'application/json; charset=utf-8', text: JSON.stringify({ jsonrpc: '2.0', id: null, error }) };
}

const config = { writeRefusal };
