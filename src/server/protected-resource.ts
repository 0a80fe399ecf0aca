/** Where a client finds who signs the tokens that are taken here (RFC 9728). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

interface Metadata {
  readonly authConfig: AuthConfig;
  readonly basePath: string;
}

/** As the caller sees it: behind a proxy of TRUST_PROXY by what that says. */
function addressOf({ protocol, host }: FastifyRequest, path: string): string {
  return (URL.parse(`${protocol}://${host}`)?.origin ?? '') + path;
}

/** For WWW-Authenticate. */
export const challengeAt = (request: FastifyRequest, basePath: string): string =>
  `resource_metadata="${addressOf(request, basePath + wellKnown)}"`;

/** At the address that the challenge names, and where clients look that have not been challenged. */
export function registerMetadata(server: FastifyInstance, { authConfig, basePath }: Metadata): void {
  const { method, scopes } = authConfig;
  if (method.mode !== 'jwt') return;
  const all = Object.values(scopes).flatMap(needed => Object.values(needed));
  const supported = [...new Set(all)].filter(scope => scope !== undefined).sort();
  for (const path of [wellKnown, `${wellKnown}/mcp`])
    server.get(path, (request, reply) =>
      reply.header('cache-control', 'no-store').send({
        resource: addressOf(request, `${basePath}/mcp`),
        authorization_servers: [method.issuer],
        bearer_methods_supported: ['header'],
        resource_name: 'Indicator Gateway',
        ...(supported.length > 0 && { scopes_supported: supported }),
      }),
    );
}
