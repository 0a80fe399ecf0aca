import type { UpstreamCall } from './upstream.ts';

export interface Address {
  readonly origin: string;
  /** Path and query, as it goes on the wire. */
  pathOf(call: UpstreamCall): string | undefined;
}

/**
 * Where calls go: below one base address. A path that would arrive as another one (`..`, `%2e%2e`, `//`, a backslash, a
 * query of its own) has no address, for on Argus `/indicator/domain/..` is the list of everything; so has a value that
 * can not be sent as it is (a lone surrogate).
 */
export function createAddress(url: string): Address {
  const { origin, pathname } = new URL(url);
  const prefix = pathname.replace(/\/+$/, '');
  return {
    origin,
    pathOf(call) {
      const path = prefix + call.path;
      if (!call.path.startsWith('/') || path.includes('//') || URL.parse(path, origin)?.pathname !== path) return;
      return call.query === undefined || call.query.length === 0 ? path : withQuery(path, call.query);
    },
  };
}

function withQuery(path: string, query: NonNullable<UpstreamCall['query']>): string | undefined {
  if (!query.flat().every(text => text.isWellFormed())) return undefined;
  return `${path}?${query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`;
}
