/**
 * The cache key of a fact. `factVersion` is the version of its shape, per source: raising one source's version does not
 * invalidate the facts of others. Each part carries its length, so keys are equal only if all parts are.
 */
export function cacheKey(factVersion: string, ...parts: readonly string[]): string {
  let key = `${factVersion.length}:${factVersion}`;
  for (const part of parts) key += `${part.length}:${part}`;
  return key;
}
