/**
 * Cache-Control and Vary (RFC 9111): a client may keep a response as long as the gateway would serve its facts. ETag (RFC 9110):
 * after that it need not be sent again where it is the same.
 */
import { hash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { RequestRecord } from './request-log.ts';
import { sendText } from './send-text.ts';

/** Added to the Vary header that CORS may have set. */
const requestHeadersInVary = 'Accept, Accept-Encoding, Authorization, X-Enrichment-Estimate, X-Enrichment-Trace, X-TLP';

/**
 * `private`, with the remaining freshness of the oldest fact. `no-store` with callers' own credentials, with an error, with
 * a source that failed or was stale, without any fact, and with a trace, which belongs to one call. POST responses have it
 * too: HTTP caches ignore it there, but clients may use it for their own cache.
 */
export function setCacheControl(
  reply: FastifyReply,
  { operation, context }: Pick<RequestRecord, 'operation' | 'context'>,
  { keyHeaders }: Pick<AuthConfig, 'keyHeaders'>,
): void {
  const isCallersOwn = Object.keys(keyHeaders).length > 0;
  const seconds = Math.floor((context?.responseMaxAgeMs() ?? 0) / 1000);
  const isTraced = reply.request.headers['x-enrichment-trace'] === '1';
  const mayKeep = !isCallersOwn && !isTraced && operation.outcome === 'ok' && seconds > 0;
  reply.header('cache-control', mayKeep ? `private, max-age=${seconds}` : 'no-store');
  const others = reply.getHeader('vary');
  reply.header('vary', others === undefined ? requestHeadersInVary : `${others}, ${requestHeadersInVary}`);
}

/** To hash a longer one would take milliseconds from the others. */
const hashedUpTo = 1_000_000;

/** To be called after `setCacheControl`. An answer to a GET that may be kept has an ETag, and is a 304 to who has the same. */
export function sendAnswer(reply: FastifyReply, text: string): FastifyReply {
  const { method, headers } = reply.request;
  const mayKeep = reply.getHeader('cache-control') !== 'no-store' && reply.statusCode === 200;
  if (method !== 'GET' || !mayKeep || text.length > hashedUpTo) return sendText(reply, text);
  // Weak: compressed or not, it is the same answer.
  const tag = `"${hash('sha256', text, 'base64url')}"`;
  reply.header('etag', `W/${tag}`);
  return hasTag(headers['if-none-match'], tag)
    ? reply.status(304).removeHeader('content-type').send()
    : sendText(reply, text);
}

const hasTag = (given: string | undefined, tag: string): boolean =>
  (given ?? '').split(',').some(one => ['*', tag].includes(one.trim().replace(/^W\//, '')));
