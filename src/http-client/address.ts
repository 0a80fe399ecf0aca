import type { UpstreamCall } from './client.ts';

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
      if (prefix.includes('//') || !plainPath.test(call.path)) return undefined;
      const path = prefix + call.path;
      return call.query === undefined || call.query.length === 0 ? path : withQuery(path, call.query);
    },
  };
}

/** Segments that no server reads as anything else. */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;

function withQuery(path: string, query: NonNullable<UpstreamCall['query']>): string | undefined {
  let text = path;
  for (const [name, value] of query) {
    if (!value.isWellFormed()) return undefined;
    text += `${text === path ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  return text;
}
