/** For how long a client may keep an answer (RFC 9111): never longer than the gateway itself would serve its facts. */
import type { FastifyReply } from 'fastify';
import type { AuthConfig } from '../config/auth.ts';
import type { Visit } from './visits.ts';

/** What makes two answers to one question differ; CORS may have named the origin before. */
const varyBy = 'Accept, Authorization, X-Enrichment-Estimate, X-Enrichment-Trace';

/**
 * `private`, for as long as the least fresh fact holds. `no-store` with callers' own credentials, with any error, with a
 * source that failed or was stale as data, where there is no fact at all, and with a trace, which tells of this one call. It says the same for POST, whose answers no
 * HTTP cache keeps: there it is a word to the client's own.
 */
export function tellCaches(
  reply: FastifyReply,
  { told, context }: Pick<Visit, 'told' | 'context'>,
  { keyHeaders }: Pick<AuthConfig, 'keyHeaders'>,
): void {
  const isCallersOwn = Object.keys(keyHeaders).length > 0;
  const seconds = Math.floor((context?.lastsMs() ?? 0) / 1000);
  const isTraced = reply.request.headers['x-enrichment-trace'] === '1';
  const mayKeep = !isCallersOwn && !isTraced && told.outcome === 'ok' && seconds > 0;
  reply.header('cache-control', mayKeep ? `private, max-age=${seconds}` : 'no-store');
  const others = reply.getHeader('vary');
  reply.header('vary', others === undefined ? varyBy : `${others}, ${varyBy}`);
}
