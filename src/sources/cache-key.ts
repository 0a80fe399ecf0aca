/**
 * Under what a fact is cached. The first part is the version of its shape, each source's own: a changed field of one
 * source does not throw away what is cached of another. Equal if and only if all parts are equal, for each carries its
 * length.
 */
export const cacheKey = (factVersion: string, ...parts: readonly string[]): string =>
  [factVersion, ...parts].map(part => `${part.length}:${part}`).join('');
