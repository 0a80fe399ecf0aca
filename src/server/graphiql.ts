import type { FastifyInstance } from 'fastify';
import { builtFolder, registerBuiltPage } from './built-page.ts';

export interface GraphiqlOptions {
  /** The initial content of the headers editor, such as `{ Authorization: 'Bearer ' }`; never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The folder that `npm run build` fills. */
  readonly folder?: URL | undefined;
}

/** GraphiQL at `/graphiql`. `?query=`, `?variables=` and `?operationName=` fill the editors, but run nothing. */
export function registerGraphiql(app: FastifyInstance, options: GraphiqlOptions = {}): void {
  const headers = options.headers ?? {};
  registerBuiltPage(app, {
    path: '/graphiql',
    title: 'GraphiQL',
    folder: options.folder ?? builtFolder('graphiql'),
    placeholders: { HEADERS: Object.keys(headers).length === 0 ? '' : JSON.stringify(headers, null, 2) },
    // Its editor positions lines with style attributes.
    allowsStyleAttributes: true,
  });
}
