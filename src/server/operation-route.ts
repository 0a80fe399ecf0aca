/** What stands around every route that runs operations: who asks, the record of the request, the headers of the rate limit. */
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { AuthenticationFailure, Authenticator, Caller } from '../auth/callers.ts';
import type { RateLimit } from '../auth/rate-limit.ts';
import { inTurn, type Later } from '../slices.ts';
import type { OperationDependencies } from './operation-hooks.ts';
import { refuse } from './refuse.ts';

export interface OperationRouteOptions {
  readonly operations: Pick<OperationDependencies, 'requestLog' | 'rateLimit'>;
  readonly authenticator: Authenticator;
  readonly authConfig: AuthConfig;
}

export interface OperationHandler {
  /** Called when the caller is known and the body is read. */
  answer(request: FastifyRequest, reply: FastifyReply): Later<FastifyReply>;
  /** What WWW-Authenticate has beside the scheme and the realm. */
  challengeOf?(request: FastifyRequest): string;
}

export function operationRoute(
  { operations: { requestLog, rateLimit }, authenticator, authConfig }: OperationRouteOptions,
  { answer, challengeOf }: OperationHandler,
): Pick<RouteOptions, 'onRequest' | 'onSend' | 'handler'> {
  return {
    /** Authenticates before the body is read. */
    onRequest(request, reply, done) {
      const record = requestLog.begin(request, reply);
      const settle = (caller: Caller | AuthenticationFailure) => {
        if (!('refused' in caller)) {
          record.caller = caller;
          return done();
        }
        const challenge = [caller.wwwAuthenticate, ...(challengeOf ? [challengeOf(request)] : [])].join(', ');
        // The body is not read, so the connection cannot be used for another request.
        reply.header('www-authenticate', challenge).header('connection', 'close');
        refuse(reply, 401, 'UNAUTHENTICATED', caller.message);
      };
      const caller = authenticator.authenticate(request.headers, request.ip);
      if (caller instanceof Promise) caller.then(settle).catch(done);
      else settle(caller);
    },
    onSend(request, reply, payload, done) {
      const clientKey = request.requestRecord?.caller?.clientKey;
      if (clientKey !== undefined) tellRateLimit(reply, rateLimit.left(clientKey), authConfig.indicatorsPerMinute);
      done(null, payload);
    },
    handler(request, reply): Later<FastifyReply> {
      // Of many requests in one turn of the event loop the later ones wait for turns of their own, large ones behind small ones.
      const isSmall = String(request.body ?? '').length < smallBody;
      return inTurn(isSmall, () => answer(request, reply));
    },
  };
}

/** Characters: what names dozens of values is large. */
const smallBody = 2_048;

/** As in the IETF's draft of RateLimit header fields. */
function tellRateLimit(reply: FastifyReply, left: ReturnType<RateLimit['left']>, perMinute: number): void {
  if (left === undefined) return;
  reply.header('ratelimit-policy', `"points";q=${perMinute};w=60`);
  reply.header('ratelimit', `"points";r=${left.points};t=${left.fullInSeconds}`);
}
