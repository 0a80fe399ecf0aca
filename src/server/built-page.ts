import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { acceptsGzip } from './compression.ts';

export interface BuiltPage {
  /** `/graphiql`. It is built with relative addresses (`base: './'`), and works under whatever prefix a proxy shows it. */
  readonly path: string;
  readonly title: string;
  /** The output of `vite build`: `index.html`, and `assets/` with hashed names. */
  readonly folder: URL;
  /** NAME → the text that replaces `%NAME%` in the page. */
  readonly placeholders?: Readonly<Record<string, string>>;
  /** Allows style attributes in the content security policy. */
  readonly allowsStyleAttributes?: boolean;
  /** Requires trusted types without any policy, so that no script can turn text into markup or code. */
  readonly hasTrustedTypes?: boolean;
}

/** What `npm run build` makes of `src/web/NAME`. */
export const builtFolder = (name: 'board' | 'graphiql'): URL => new URL(`../../dist/${name}/`, import.meta.url);

export const isBuilt = (name: 'board' | 'graphiql'): boolean => existsSync(new URL('index.html', builtFolder(name)));

/**
 * Serves a front end whose content security policy allows no other host. Files are read once, at the first request, and
 * found by exact name: no path is built from a request. While they are missing, the page explains how to build them.
 */
export function registerBuiltPage(app: FastifyInstance, page: BuiltPage): void {
  let built: Built | undefined;
  app.get(page.path, (request, reply) => {
    built ??= readBuilt(page.folder);
    return sendPage(reply, page, built && { ...built, html: atAddress(built.html, request.url, page.path) });
  });
  app.get<{ Params: { name: string } }>(`${page.path}/assets/:name`, (request, reply) => {
    built ??= readBuilt(page.folder);
    addPageHeaders(reply, page);
    return sendAsset(reply, built?.assets.get(request.params.name), request.headers['accept-encoding']);
  });
}

interface Built {
  readonly html: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  /** Compressed at the first request. */
  readonly gzipped: () => Promise<Buffer>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

function readBuilt(folder: URL): Built | undefined {
  try {
    const inAssets = new URL('assets/', folder);
    const assets = new Map(readdirSync(inAssets).map(name => [name, readAsset(new URL(name, inAssets))]));
    return { html: readFileSync(new URL('index.html', folder), 'utf8'), assets };
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

/** Its files stand below the page: for a browser, `./` at an address without a slash at its end is one level higher. */
function atAddress(html: string, url: string, path: string): string {
  const isFolder = url.replace(/\?.*/s, '').endsWith('/');
  return isFolder ? html : html.replaceAll('"./assets/', `"./${path.slice(1)}/assets/`);
}

function sendPage(reply: FastifyReply, page: BuiltPage, built: Built | undefined): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  addPageHeaders(reply, page, nonce).header('cache-control', 'no-store').type('text/html; charset=utf-8');
  if (built === undefined) return reply.code(503).send(notBuilt(page.title));
  const texts: Readonly<Record<string, string>> = { ...page.placeholders, NONCE: nonce };
  return reply.send(built.html.replace(/%([A-Z]+)%/g, (whole, name) => escapeHtml(texts[name] ?? whole)));
}

async function sendAsset(
  reply: FastifyReply,
  asset: Asset | undefined,
  accepted: string | undefined,
): Promise<FastifyReply> {
  if (asset === undefined) return reply.code(404).type('text/plain; charset=utf-8').send('No such file.\n');
  // The name contains a hash of the content.
  reply.header('cache-control', 'public, max-age=31536000, immutable');
  reply.header('vary', 'accept-encoding').type(asset.type);
  if (!acceptsGzip(accepted)) return reply.send(asset.plain);
  return reply.header('content-encoding', 'gzip').send(await asset.gzipped());
}

/** Allows scripts, workers, styles and calls of this origin only, and inline only style elements with the nonce. */
function addPageHeaders(reply: FastifyReply, page: BuiltPage, nonce?: string): FastifyReply {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    `style-src-attr ${page.allowsStyleAttributes === true ? "'unsafe-inline'" : "'none'"}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(page.hasTrustedTypes === true ? ["require-trusted-types-for 'script'", "trusted-types 'none'"] : []),
  ];
  return reply
    .header('content-security-policy', policy.join('; '))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin');
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const notBuilt = (title: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title} is not built</title>
<h1>${title} is not built</h1>
<p>Its files are missing. Run <code>npm run build</code> in the project's folder and reload this page; the gateway need not
be restarted. (<code>npm ci</code> builds it too, unless it runs with <code>--ignore-scripts</code>.)</p>
<p>The API itself works: <code>POST /graphql</code>.</p>
</html>
`;
