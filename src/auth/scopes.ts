import type { SourceName } from '../domain/source-report.ts';

/**
 * Source → permission → the scope that the gateway asks of a caller for it. Undefined: none needed. `see` is the source
 * itself; a source may know more permissions, such as `personal`.
 */
export type ScopePolicy = Readonly<
  Record<SourceName, { readonly see: string | undefined } & Readonly<Record<string, string | undefined>>>
>;

/**
 * What one caller may be shown of one source. A source that may not be seen is not asked either, and is DENIED in
 * `sources`; then no other permission at it holds.
 */
export type SourcePermissions = { readonly see: boolean } & Readonly<Record<string, boolean>>;

export type Permissions = Readonly<Record<SourceName, SourcePermissions>>;

const none: SourcePermissions = { see: false };

/** Of a source that the policy does not name, nothing may be seen. */
export const permissionsAt = (permissions: Permissions, source: SourceName): SourcePermissions =>
  (Object.hasOwn(permissions, source) ? permissions[source] : undefined) ?? none;

/** Pure: the same policy and scopes always give the same permissions. */
export function permissionsOf(policy: ScopePolicy, scopes: ReadonlySet<string>): Permissions {
  const carries = (needed: string | undefined) => needed === undefined || scopes.has(needed);
  return Object.fromEntries(
    Object.entries(policy).map(([source, needed]) => {
      const see = carries(needed.see);
      const all = Object.entries(needed).map(([permission, scope]) => [permission, see && carries(scope)] as const);
      return [source, { ...Object.fromEntries(all), see }];
    }),
  );
}

/** The same for the callers of one policy: a caller's scopes are looked at once. */
export function createPermissions(policy: ScopePolicy): (scopes: ReadonlySet<string>) => Permissions {
  const known = new WeakMap<ReadonlySet<string>, Permissions>();
  return scopes => {
    const permissions = known.get(scopes) ?? permissionsOf(policy, scopes);
    known.set(scopes, permissions);
    return permissions;
  };
}
