/** The server without its routes: limits, timeouts, the headers of every answer, and answers to what fails outside of GraphQL. */
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { bugIn } from '../graphql/errors.ts';
import type { Log } from '../observability/log.ts';
import { addSecurityHeaders } from './headers.ts';
import type { Phase } from './health.ts';
import { refuse } from './refuse.ts';
import { timeouts } from './timeouts.ts';
import { refuseUnheard, unroutedAnswers } from './unrouted.ts';

export interface HttpServerOptions {
  readonly trustProxy: readonly string[];
  /** The path that a proxy in front may have kept; empty: none. */
  readonly basePath: string;
  /** For idle connections. */
  readonly keepAliveMs: number;
  /** While draining, every response closes its connection. */
  phase(): Phase;
  readonly gateway: { readonly log: Log };
}

/** Fits the longest text of `extractIndicators` with all characters as \u escapes. */
const bodyLimit = 1024 * 1024;

export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit,
    trustProxy: options.trustProxy.length === 0 ? false : [...options.trustProxy],
    ...timeouts,
    ...unroutedAnswers,
    // Node would drop all but the first of two Authorization headers, and a proxy in front may believe the last.
    http: { ...timeouts.http, ...unroutedAnswers.http, joinDuplicateHeaders: true },
    keepAliveTimeout: options.keepAliveMs,
    ...withoutBasePath(options.basePath),
    genReqId: request => requestIdOf(request.headers['x-request-id']),
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.decorateRequest('requestRecord', undefined);
  refuseUnheard(server);
  server.removeAllContentTypeParsers();
  // Not parsed here: a repeated request is recognised by its text.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, readJsonText);
  server.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    addSecurityHeaders(reply);
    if (options.phase() === 'draining') reply.header('connection', 'close');
    done(null, payload);
  });
  server.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    const isClientGone = reply.raw.destroyed && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    const status = error.statusCode ?? 500;
    if (status === 415) reply.header('accept-encoding', 'identity');
    if (status < 500)
      return refuse(reply, status, status === 413 ? 'OPERATION_TOO_LARGE' : 'BAD_REQUEST', messageOf(error));
    if (!isClientGone)
      options.gateway.log.error(
        { requestId: reply.request.id, ...bugIn(error) },
        'A bug: a request failed outside GraphQL',
      );
    return refuse(reply, status, 'INTERNAL_SERVER_ERROR', 'Internal server error');
  });
  server.setNotFoundHandler((_request, reply) =>
    refuse(reply, 404, 'BAD_REQUEST', 'There is nothing here: GraphQL is at /graphql.'),
  );
  return server;
}

/** Fastify says what was wrong, and not what would be right. */
const messages: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The body is not taken for JSON: send it with Content-Type: application/json.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large: send at most 1 MiB.',
};

const messageOf = ({ code = '', message }: Error & { readonly code?: string }): string => messages[code] ?? message;

/** Without a byte order mark, which is no JSON, but which some editors and shells write. */
function readJsonText(
  request: FastifyRequest,
  text: string,
  done: (problem: Error | null, text?: string) => void,
): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') done(Object.assign(new Error(encodedBody), { statusCode: 415 }));
  else done(null, text.startsWith('\ufeff') ? text.slice(1) : text);
}

const encodedBody = 'Content-Encoding is not understood for requests: send the body uncompressed.';

/** An address below the base path is the one without it. */
function withoutBasePath(base: string): Pick<FastifyServerOptions, 'rewriteUrl'> {
  if (base === '') return {};
  return {
    rewriteUrl({ url = '/' }) {
      const rest = url.startsWith(base) ? url.slice(base.length) : url;
      if (rest === '' || rest.startsWith('?')) return `/${rest}`;
      return rest.startsWith('/') ? rest : url;
    },
  };
}

/** Uses the client's id if it is short and has no special characters. */
const requestIdOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
