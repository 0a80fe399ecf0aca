import type { FastifyInstance } from 'fastify';
import { registerBuiltPage } from './built-page.ts';

export interface GraphiqlOptions {
  /** Laid ready in the headers editor, for example `{ Authorization: 'Bearer ' }`. Names and beginnings, never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The folder that `npm run build` fills. */
  readonly folder?: URL;
}

/** GraphiQL at `/graphiql`, without any other host. `?query=`, `?variables=` and `?operationName=` fill it; none runs. */
export function registerGraphiql(app: FastifyInstance, options: GraphiqlOptions = {}): void {
  const headers = options.headers ?? {};
  registerBuiltPage(app, {
    path: '/graphiql',
    title: 'GraphiQL',
    folder: options.folder ?? new URL('../../dist/graphiql/', import.meta.url),
    fill: { HEADERS: Object.keys(headers).length === 0 ? '' : JSON.stringify(headers, null, 2) },
    // Its editor places each line by one.
    hasStyleAttributes: true,
  });
}
