import type { UpstreamRequest } from './upstream.ts';

export type UpstreamAddress = ReturnType<typeof createAddress>;

/**
 * Builds addresses below one base address. Undefined for a path that a server may read as another one (`..`, `%2e%2e`,
 * `//`, a backslash, a query within it), because on Argus `/indicator/domain/..` lists everything; and for a value that
 * cannot be encoded (a lone surrogate).
 */
export function createAddress(url: string) {
  const { origin, pathname, protocol, hostname, port } = new URL(url);
  const prefix = pathname.replace(/\/+$/, '');
  return {
    origin,
    /** For spans. */
    server: {
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    },
    /** Path and query as they are sent; undefined if the request has no safe address. */
    pathOf({ path: below, query }: Pick<UpstreamRequest, 'path' | 'query'>): string | undefined {
      if (prefix.includes('//') || !plainPath.test(below)) return undefined;
      const path = prefix + below;
      return query === undefined || query.length === 0 ? path : withQuery(path, query);
    },
  };
}

/** Segments that every server reads in the same way. */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;

function withQuery(path: string, query: NonNullable<UpstreamRequest['query']>): string | undefined {
  let text = path;
  for (const [name, value] of query) {
    if (!value.isWellFormed()) return undefined;
    text += `${text === path ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  return text;
}
