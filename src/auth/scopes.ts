import type { SourceName } from '../domain/source-report.ts';

/**
 * Source → permission → the scope that a caller needs for it; undefined: none. `see`: the source at all; a source may
 * define further permissions, such as `personal`.
 */
export type ScopePolicy = Readonly<
  Record<SourceName, { readonly see: string | undefined } & Readonly<Record<string, string | undefined>>>
>;

/**
 * A caller's permissions at one source. Without `see` the source is not called, is DENIED in `sources`, and all other
 * permissions are false.
 */
export type SourcePermissions = { readonly see: boolean } & Readonly<Record<string, boolean>>;

export type Permissions = Readonly<Record<SourceName, SourcePermissions>>;

const none: SourcePermissions = { see: false };

/** A source that the policy does not name may not be seen. */
export const permissionsAt = (permissions: Permissions, source: SourceName): SourcePermissions =>
  (Object.hasOwn(permissions, source) ? permissions[source] : undefined) ?? none;

export function permissionsOf(policy: ScopePolicy, scopes: ReadonlySet<string>): Permissions {
  const has = (needed: string | undefined) => needed === undefined || scopes.has(needed);
  return Object.fromEntries(
    Object.entries(policy).map(([source, needed]) => {
      const see = has(needed.see);
      const all = Object.entries(needed).map(([permission, scope]) => [permission, see && has(scope)] as const);
      return [source, { ...Object.fromEntries(all), see }];
    }),
  );
}

/** `permissionsOf` for one policy, computed once per set of scopes. */
export function createPermissions(policy: ScopePolicy): (scopes: ReadonlySet<string>) => Permissions {
  const byScopes = new WeakMap<ReadonlySet<string>, Permissions>();
  return scopes => {
    const permissions = byScopes.get(scopes) ?? permissionsOf(policy, scopes);
    byScopes.set(scopes, permissions);
    return permissions;
  };
}
