import type { FastifyInstance } from 'fastify';
import { registerBuiltPage } from './built-page.ts';

export interface BoardOptions {
  /** Where it was built. */
  readonly folder: URL;
  /** Names of the headers in which callers bring keys of their own. */
  readonly keyHeaders: readonly string[];
}

/** Serves the triage board (`src/web/board`) at `/board`. It asks `/graphql` alone. */
export function registerBoard(app: FastifyInstance, { folder, keyHeaders }: BoardOptions): void {
  registerBuiltPage(app, {
    path: '/board',
    title: 'The board',
    folder,
    placeholders: { KEYS: keyHeaders.join(' ') },
    // Indicators and upstream texts may contain markup.
    hasTrustedTypes: true,
  });
}
