import type { FastifyInstance } from 'fastify';
import { registerBuiltPage } from './built-page.ts';

export interface BoardOptions {
  /** The folder that `npm run build` fills. */
  readonly folder?: URL;
}

/** The triage board (`src/web/board`) at `/board`: for the demo, not for `npm start`. It asks `/graphql` alone. */
export function registerBoard(app: FastifyInstance, options: BoardOptions = {}): void {
  registerBuiltPage(app, {
    path: '/board',
    title: 'The board',
    folder: options.folder ?? new URL('../../dist/board/', import.meta.url),
    // What an indicator or an upstream's words hold stays text.
    neverMakesMarkup: true,
  });
}
