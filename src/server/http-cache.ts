/** Cache-Control and Vary (RFC 9111): a client may keep a response as long as the gateway would serve its facts. */
import type { FastifyReply } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { RequestRecord } from './request-log.ts';

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
