import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface GraphiqlOptions {
  /** Laid ready in the headers editor, for example `{ Authorization: 'Bearer ' }`. Names and beginnings, never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The folder that `npm run build` fills. */
  readonly folder?: URL;
}

/**
 * GraphiQL at `/graphiql`, page and assets from this process alone. The files are those that exist at the first visit, by
 * exact name: no path is ever put together from a request. Without them the page says how to build them.
 */
export function registerGraphiql(app: FastifyInstance, options: GraphiqlOptions = {}): void {
  const folder = options.folder ?? new URL('../../dist/graphiql/', import.meta.url);
  let built: Built | undefined;
  const page = (_request: FastifyRequest, reply: FastifyReply) => {
    built ??= readBuilt(folder);
    return sendPage(reply, built, options.headers ?? {});
  };
  app.get('/graphiql', page);
  app.get('/graphiql/', page);
  app.get<{ Params: { name: string } }>('/graphiql/assets/:name', (request, reply) => {
    built ??= readBuilt(folder);
    return sendAsset(reply, built?.assets.get(request.params.name), request.headers['accept-encoding'] ?? '');
  });
}

interface Built {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  /** Made at the first request for it, once. */
  readonly gzipped: () => Promise<Buffer>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};

function readBuilt(folder: URL): Built | undefined {
  try {
    const inAssets = new URL('assets/', folder);
    const assets = new Map(readdirSync(inAssets).map(name => [name, readAsset(new URL(name, inAssets))]));
    return { page: readFileSync(new URL('index.html', folder), 'utf8'), assets };
  } catch {
    return undefined;
  }
}

function readAsset(file: URL): Asset {
  const plain = readFileSync(file);
  let zipped: Promise<Buffer> | undefined;
  return {
    type: types[extname(file.pathname)] ?? 'application/octet-stream',
    plain,
    gzipped: () => {
      zipped ??= promisify(gzip)(plain);
      return zipped;
    },
  };
}

function sendPage(reply: FastifyReply, built: Built | undefined, headers: Readonly<Record<string, string>>) {
  const nonce = randomBytes(16).toString('base64');
  secure(reply, nonce).header('cache-control', 'no-store').type('text/html; charset=utf-8');
  if (built === undefined) return reply.code(503).send(notBuilt);
  const prepared = Object.keys(headers).length === 0 ? '' : JSON.stringify(headers, null, 2);
  return reply.send(built.page.replaceAll('%NONCE%', nonce).replace('%HEADERS%', () => escapeHtml(prepared)));
}

async function sendAsset(reply: FastifyReply, asset: Asset | undefined, accepted: string) {
  secure(reply);
  if (asset === undefined) return reply.code(404).type('text/plain; charset=utf-8').send('No such file.\n');
  // The name holds a hash of the content: another content is another name.
  reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
    .type(asset.type);
  if (!/\bgzip\b/.test(accepted)) return reply.send(asset.plain);
  return reply.header('content-encoding', 'gzip').send(await asset.gzipped());
}

/**
 * Scripts, workers, styles and calls of this origin alone, nothing inline. Two concessions to the editor: style elements
 * that carry the visit's nonce, and style attributes (it places its lines by them).
 */
function secure(reply: FastifyReply, nonce?: string): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src-elem 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return reply
    .header('content-security-policy', policy.join('; '))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin');
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>GraphiQL is not built</title>
<h1>GraphiQL is not built</h1>
<p>Its files are missing. Run <code>npm run build</code> in the project's folder and reload this page; the gateway need not
be restarted. (<code>npm ci</code> builds it too, unless it runs with <code>--ignore-scripts</code>.)</p>
<p>The API itself works: <code>POST /graphql</code>.</p>
</html>
`;
