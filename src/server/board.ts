import type { FastifyInstance } from 'fastify';
import { registerBuiltPage } from './built-page.ts';

/** Serves the triage board (`src/web/board`) at `/board` from the folder it was built into. It asks `/graphql` alone. */
export function registerBoard(app: FastifyInstance, folder: URL): void {
  registerBuiltPage(app, {
    path: '/board',
    title: 'The board',
    folder,
    // Indicators and upstream texts may contain markup.
    hasTrustedTypes: true,
  });
}
