/** Security headers of every response, and CORS. */
import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Log } from '../observability/log.ts';
import { refuse } from './refuse.ts';

/** For data: nothing may run, be framed, or be embedded by other sites. Pages set their own policy. */
export const securityHeaders = Object.entries({
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});

export function addSecurityHeaders(reply: FastifyReply): void {
  for (const [name, value] of securityHeaders) if (!reply.hasHeader(name)) reply.header(name, value);
}

/** Request headers of our clients, of Apollo's, and of what traces pages: W3C, Datadog RUM and Sentry add theirs to every call. */
const allowedHeaders = [
  'authorization',
  'content-type',
  'apollo-require-preflight',
  'if-none-match',
  'apollographql-client-name',
  'apollographql-client-version',
  'x-apollo-operation-name',
  'x-enrichment-estimate',
  'x-enrichment-trace',
  'x-request-id',
  'x-tlp',
  'mcp-protocol-version',
  'traceparent',
  'tracestate',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'x-datadog-origin',
  'x-datadog-sampling-priority',
  'sentry-trace',
  'baggage',
];

/** Exact origins, and request headers beside the usual ones. No cookies: pages send credentials in headers. */
export function corsOptions(origins: readonly string[], moreHeaders: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [...new Set([...allowedHeaders, ...moreHeaders])],
    exposedHeaders: ['etag', 'ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: 600,
    strictPreflight: true,
  };
}

/** Answers the preflight of an origin that is not listed. Must be called before the CORS plugin is registered. */
export function refuseOtherOrigins(server: FastifyInstance, listed: readonly string[], log: Log): void {
  let isLogged = false;
  server.addHook('onRequest', ({ method, headers }, reply, done) => {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (!isPreflight || listed.includes(headers.origin ?? '')) return done();
    if (!isLogged) log.warn({ variable: 'CORS_ORIGINS' }, 'A page was refused: its origin is not in CORS_ORIGINS');
    isLogged = true;
    refuse(reply, 403, 'FORBIDDEN', 'Pages of this origin may not ask here: CORS_ORIGINS has to name it.');
  });
}
