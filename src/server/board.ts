import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

export interface BoardOptions {
  /** The folder that `npm run build` fills. */
  readonly folder?: URL;
}

/**
 * The triage board of `examples/apollo-client` at `/board`: for the demo, not for `npm start`. It asks `/graphql` of the same
 * origin and nobody else. The files are those that exist at the first visit, by exact name: no path is ever put together from
 * a request. Without them the page says how to build them.
 */
export function registerBoard(app: FastifyInstance, options: BoardOptions = {}): void {
  const folder = options.folder ?? new URL('../../dist/board/', import.meta.url);
  let built: Built | undefined;
  const page = (_request: unknown, reply: FastifyReply) => {
    built ??= readBuilt(folder);
    secure(reply).header('cache-control', 'no-cache').type('text/html; charset=utf-8');
    return built ? reply.send(built.page) : reply.code(503).send(notBuilt);
  };
  app.get('/board', page);
  // One route for all below, so that it makes no difference whether `app` tells /board/ from /board.
  app.get<{ Params: { '*': string } }>('/board/*', (request, reply) => {
    const path = request.params['*'];
    if (path === '') return page(request, reply);
    built ??= readBuilt(folder);
    const asset = built?.assets.get(path);
    secure(reply);
    if (!asset) return reply.code(404).type('text/plain; charset=utf-8').send('No such file.\n');
    // The name holds a hash of the content: another content is another name.
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.body);
  });
}

interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

interface Built {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function readBuilt(folder: URL): Built | undefined {
  try {
    const inAssets = new URL('assets/', folder);
    const read = (name: string): Asset => ({
      type: types[extname(name)] ?? 'application/octet-stream',
      body: readFileSync(new URL(name, inAssets)),
    });
    const assets = new Map(readdirSync(inAssets).map(name => [`assets/${name}`, read(name)]));
    return { page: readFileSync(new URL('index.html', folder), 'utf8'), assets };
  } catch {
    return undefined;
  }
}

/**
 * Nothing inline, nothing from elsewhere, no form, no frame, and no string that becomes markup (trusted types): what an
 * indicator or an upstream's words hold stays text, whatever the page's code does.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const secure = (reply: FastifyReply) =>
  reply.headers({
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The board is not built</title>
<h1>The board is not built</h1>
<p>Run <code>npm run build</code> in the project's folder and load this page again. The gateway itself is at <code>/graphql</code>.</p>
</html>
`;
