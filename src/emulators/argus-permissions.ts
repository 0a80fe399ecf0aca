/** What an API key may do. Lists and descriptors are given by short name; `all` includes those added later. */
export interface KeyPermissions {
  readonly functions: readonly string[];
  readonly lists: readonly string[] | 'all';
  readonly descriptors: readonly string[] | 'all';
  /** Lists and descriptors that `all` does not include. */
  readonly except?: readonly string[];
  /** An expired key is answered 401, like an unknown one. */
  readonly isExpired?: boolean;
}

export const viewIndicators = 'viewReputationIndicators';
export const viewTypes = 'viewReputationIndicatorTypes';

/** Whether the key may read this list or property descriptor. */
export function maySee(permissions: KeyPermissions, kind: 'lists' | 'descriptors', shortName: string): boolean {
  const granted = permissions[kind];
  return granted === 'all' ? !permissions.except?.includes(shortName) : granted.includes(shortName);
}
