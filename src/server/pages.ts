import type { FastifyInstance } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';
import { registerBoard } from './board.ts';
import { registerGraphiql } from './graphiql.ts';

export interface PagesOptions {
  readonly graphiql: boolean;
  readonly board: boolean;
  readonly authConfig: AuthConfig;
  readonly basePath: string;
  /** The folder that `npm run build` fills; the default is `dist`. */
  readonly pages?: URL | undefined;
}

/** The pages for browsers. They are public, and hold nothing but themselves: what they ask carries its caller's key. */
export function registerPages(server: FastifyInstance, { graphiql, board, authConfig, basePath, pages }: PagesOptions) {
  const dist = pages ?? new URL('../../dist/', import.meta.url);
  if (board) registerBoard(server, new URL('board/', dist));
  if (!graphiql) return;
  registerGraphiql(server, { headers: graphiqlHeaders(authConfig), folder: new URL('graphiql/', dist) });
  // Relative, where the prefix is not known that a proxy may have stripped.
  const address = basePath === '' ? 'graphiql' : `${basePath}/graphiql`;
  server.get('/', (_request, reply) => reply.redirect(address));
}

/** Header names in GraphiQL's headers editor, for users to fill in. */
function graphiqlHeaders(config: AuthConfig): Readonly<Record<string, string>> {
  const keys = Object.fromEntries(
    Object.values(config.keyHeaders)
      .flat()
      .sort()
      .map(name => [name, '']),
  );
  return config.method.mode === 'none' ? keys : { Authorization: 'Bearer ', ...keys };
}
