import type { FastifyInstance } from 'fastify';
import { builtFolder, registerBuiltPage } from './built-page.ts';

export interface BoardOptions {
  /** The folder that `npm run build` fills. */
  readonly folder?: URL;
}

/** Serves the triage board (`src/web/board`) at `/board`, in the demo only. It calls only `/graphql`. */
export function registerBoard(app: FastifyInstance, options: BoardOptions = {}): void {
  registerBuiltPage(app, {
    path: '/board',
    title: 'The board',
    folder: options.folder ?? builtFolder('board'),
    // Indicators and upstream texts may contain markup.
    hasTrustedTypes: true,
  });
}
