import type { FastifyInstance } from 'fastify';
import type { AuthConfig } from '../auth/auth-config.ts';
import { registerBoard } from './board.ts';
import { builtFolder } from './built-page.ts';
import { registerGraphiql } from './graphiql.ts';

export interface PagesOptions {
  readonly graphiql: boolean;
  readonly board: boolean;
  readonly authConfig: AuthConfig;
  readonly basePath: string;
  readonly pages?: PageFolders | undefined;
}

/** Where each page was built; the default is where `npm run build` puts it. */
export type PageFolders = Readonly<Partial<Record<'board' | 'graphiql', URL>>>;

/** The pages for browsers. They are public, and hold nothing but themselves: what they ask carries its caller's key. */
export function registerPages(server: FastifyInstance, { graphiql, board, authConfig, basePath, pages }: PagesOptions) {
  const keyHeaders = Object.values(authConfig.keyHeaders).flat().sort();
  if (board) registerBoard(server, { folder: pages?.board ?? builtFolder('board'), keyHeaders });
  if (!graphiql) return;
  registerGraphiql(server, { headers: graphiqlHeaders(authConfig, keyHeaders), folder: pages?.graphiql });
  // Relative, where the prefix is not known that a proxy may have stripped.
  const address = basePath === '' ? 'graphiql' : `${basePath}/graphiql`;
  server.get('/', (_request, reply) => reply.redirect(address));
}

/** In GraphiQL's headers editor, for users to fill in. */
function graphiqlHeaders({ method }: AuthConfig, keyHeaders: readonly string[]): Readonly<Record<string, string>> {
  const keys = Object.fromEntries(keyHeaders.map(name => [name, '']));
  return method.mode === 'none' ? keys : { Authorization: 'Bearer ', ...keys };
}
