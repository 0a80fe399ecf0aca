/** What not every caller may see: users, hosts, critical assets, who triaged, and what nobody knows the meaning of. */
import type { SourcePermissions } from '../../auth/scopes.ts';
import { UpstreamError } from '../../http-client/errors.ts';

/** The permission for users, hosts, critical assets and who triaged. */
export const showsPersonal = ({ personal }: SourcePermissions): boolean => personal === true;

export const hiddenError = (what: string): UpstreamError =>
  new UpstreamError('DATADOG', 'DENIED', `This caller may not see ${what}.`, { forbidden: true });

/** Null when Datadog sent none, or when it was left out above. Otherwise throws without the permission. */
export function personal<Value>(
  value: Value | null,
  what: string,
  { permissions }: { readonly permissions: SourcePermissions },
): Value | null {
  if (value !== null && !showsPersonal(permissions)) throw hiddenError(what);
  return value;
}
