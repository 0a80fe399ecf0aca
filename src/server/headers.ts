/** Security headers of every response, and CORS. */
import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyReply } from 'fastify';

/** For data: nothing may run, be framed, or be embedded by other sites. Pages set their own policy. */
const securityHeaders = Object.entries({
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

/** Request headers of our clients and Apollo's; `corsOptions` adds the headers of callers' own upstream keys. */
const allowedHeaders = [
  'authorization',
  'content-type',
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'x-apollo-operation-name',
  'x-enrichment-estimate',
  'x-enrichment-trace',
  'x-request-id',
  'traceparent',
  'tracestate',
];

/** Exact origins. No cookies: pages send credentials in headers. */
export function corsOptions(origins: readonly string[], keyHeaders: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [...allowedHeaders, ...keyHeaders],
    exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: 600,
    strictPreflight: true,
  };
}
