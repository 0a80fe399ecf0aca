/** Headers that stand on every answer, and who may read it from a page of another origin. */
import type { FastifyCorsOptions } from '@fastify/cors';
import type { FastifyReply } from 'fastify';

/** Answers are data: nothing in them may run, be framed, or be embedded elsewhere. Pages bring a policy of their own. */
const strict = Object.entries({
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});

export function secure(reply: FastifyReply): void {
  for (const [name, value] of strict) if (!reply.hasHeader(name)) reply.header(name, value);
}

/** What our own clients and Apollo's may send; a caller's own upstream keys only where they are asked for. */
const allowed = [
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

/** Exact origins; no cookies: credentials travel in headers that the page itself must know. */
export function corsOptions(origins: readonly string[], keyHeaders: readonly string[]): FastifyCorsOptions {
  return {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: [...allowed, ...keyHeaders],
    exposedHeaders: ['retry-after', 'www-authenticate', 'x-request-id'],
    credentials: false,
    maxAge: 600,
    strictPreflight: true,
  };
}
