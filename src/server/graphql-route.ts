/** GraphQL over HTTP: who asks, then whoever can answer with the least. */
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { AuthenticationFailure, Authenticator, Caller } from '../auth/callers.ts';
import type { Permissions } from '../auth/scopes.ts';
import type { Validators } from '../cache/fact-kind.ts';
import { type Context, createContext, type Gateway } from '../graphql/context.ts';
import type { Tracing } from '../observability/tracing.ts';
import { setCacheControl } from './http-cache.ts';
import type { KnownAnswer, SentRequest, SentText } from './known-operations.ts';
import { giveAgain, type OperationOptions, surround, wantsToBeTold } from './operation.ts';
import { refuse } from './refuse.ts';
import { trustedRequest } from './trusted-request.ts';
import type { Visit } from './visits.ts';

export interface GraphqlRoute {
  readonly apollo: ApolloServer<Context>;
  readonly operations: OperationOptions;
  readonly authenticator: Authenticator;
  readonly authConfig: AuthConfig;
  readonly gateway: Gateway;
  readonly tracing: Tracing | undefined;
}

/** Who asks is known before the body is read. No promise where none is needed: each costs what a field does. */
export function registerGraphql(server: FastifyInstance, options: GraphqlRoute): void {
  const { operations, authenticator, authConfig, gateway, tracing } = options;
  const { visits, known } = operations;
  const { trustedDocuments } = authConfig;
  const sightFor = sightNamer(authConfig, gateway.permissionsOf);

  function send(reply: FastifyReply, visit: Visit, { contentType, text }: KnownAnswer): void {
    setCacheControl(reply, visit, authConfig);
    reply.header('content-type', contentType).send(text);
  }

  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest(request, reply, done) {
      const visit = visits.begin(request, reply);
      const settle = (caller: Caller | AuthenticationFailure) => {
        if (!('refused' in caller)) {
          visit.caller = caller;
          return done();
        }
        // Its body is not read, so nothing can follow it on this connection.
        reply.header('www-authenticate', caller.wwwAuthenticate).header('connection', 'close');
        refuse(reply, 401, 'UNAUTHENTICATED', caller.message);
      };
      const caller = authenticator.authenticate(request.headers, request.ip);
      if (caller instanceof Promise) caller.then(settle).catch(done);
      else settle(caller);
    },
    handler(request, reply): FastifyReply | Promise<FastifyReply> | undefined {
      const { visit } = request;
      const caller = visit?.caller;
      if (!visit || !caller) throw new Error('a request without its beginning');
      const span = tracing?.operation(request.headers);
      const { headers } = request;
      const { clientKey } = caller;
      const sight = wantsToBeTold(headers) ? undefined : sightFor(caller);
      const sent = sentText(request);
      const again = known.again(sent, sight);
      if (again && giveAgain(again, { visit, clientKey, span }, operations)) {
        send(reply, visit, again);
        return undefined;
      }
      const enter = (grounds?: Validators) => {
        const context = createContext(gateway, { caller, requestId: request.id, gone: visit.gone, span, grounds });
        visit.context = context;
        return context;
      };
      const read = readRequest(request, sent);
      const asked = trustedDocuments ? trustedRequest(read, trustedDocuments) : read;
      if (!asked) return refuse(reply, 400, 'PERSISTED_QUERY_REQUIRED', notTrusted);
      const settle = (answer: KnownAnswer | undefined) => {
        if (!answer) return askApollo(options, asked, { reply, visit, enter });
        send(reply, visit, answer);
        return reply;
      };
      const around = { visit, clientKey, headers, sight, span, enter };
      const answer = known.answer(asked, surround(around, operations));
      return answer instanceof Promise ? answer.then(settle) : settle(answer);
    },
  });
}

interface Entered {
  readonly reply: FastifyReply;
  readonly visit: Visit;
  enter(): Context;
}

async function askApollo(
  { apollo, authConfig, operations: { visits, known } }: GraphqlRoute,
  asked: SentRequest,
  { reply, visit, enter }: Entered,
): Promise<FastifyReply> {
  const { headers, status, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { ...asked, headers: headerMap(asked.headers) },
    context: async () => visits.introduce(visit, enter()),
  });
  const type = headers.get('content-type');
  if (visit.told.outcome === 'ok' && type) known.learnType(asked.headers.accept, type);
  for (const [name, value] of headers) reply.header(name, value);
  const text = body.kind === 'complete' ? body.string : '';
  if (!visit.told.outcome) visit.told.codes = codesIn(text);
  setCacheControl(reply, visit, authConfig);
  return reply.status(status ?? 200).send(text);
}

/** Callers of one sight see the same, but for those who bring keys of their own: nobody has the sight of another. */
function sightNamer(
  { keyHeaders }: AuthConfig,
  permissionsOf: Gateway['permissionsOf'],
): (caller: Caller) => string | undefined {
  if (Object.keys(keyHeaders).length > 0) return () => undefined;
  const names = new WeakMap<Permissions, string>();
  return ({ scopes }) => {
    const permissions = permissionsOf(scopes);
    const name = names.get(permissions) ?? JSON.stringify(permissions);
    names.set(permissions, name);
    return name;
  };
}

const notTrusted = 'Only operations on the list of trusted documents run here: send the id of one of them.';

const errorBody = z.object({ errors: z.array(z.object({ extensions: z.object({ code: z.string() }) })) });

/** Of an answer that Apollo gave before it looked at an operation. */
function codesIn(text: string): readonly string[] {
  const parsed = errorBody.safeParse(JSON.parse(text || '{}'));
  return parsed.data?.errors.map(({ extensions }) => extensions.code) ?? [];
}

function sentText({ url, method, headers, body }: FastifyRequest): SentText {
  return { method, headers, text: typeof body === 'string' ? body : searchOf(url) };
}

function readRequest({ url, body }: FastifyRequest, sent: SentText): SentRequest {
  return { ...sent, search: searchOf(url), body: typeof body === 'string' ? parseJson(body) : undefined };
}

function searchOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark);
}

function headerMap(headers: FastifyRequest['headers']): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  return map;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error('The body is not JSON.'), { statusCode: 400 });
  }
}
