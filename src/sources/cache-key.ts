/**
 * The cache key of a fact. `factVersion` is the version of its shape, per source: raising one source's version does not
 * invalidate the facts of others. Each part carries its length, so keys are equal only if all parts are. The partition is in
 * braces: a cluster of Redis keeps all facts of one in the same slot, where one command reads many.
 */
export function cacheKey(factVersion: string, source: string, partition: string, ...parts: readonly string[]): string {
  let key = `${factVersion.length}:${factVersion}${source.length}:${source}${partition.length}:{${partition}}`;
  for (const part of parts) key += `${part.length}:${part}`;
  return key;
}
