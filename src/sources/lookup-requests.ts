/** What a selection of an Indicator asks of a lookup source. Pure. */
import type { SourcePermissions } from '../auth/scopes.ts';
import type { UpstreamError } from '../http-client/errors.ts';
import type { Selection } from './lookahead.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';

export function requestsIn<Variant extends LookupVariant, Need, Fact extends object>(
  { fields, verdict, refuse, needs }: LookupKind<Variant, Need, Fact>,
  selection: Selection,
  permissions: SourcePermissions,
) {
  const refused: UpstreamError[] = [];
  const requests: LookupRequest<Variant, Need>[] = [];
  for (const field of selection) {
    const problem = refuse?.(field, permissions);
    const request =
      problem === undefined && Object.hasOwn(fields, field.name) ? fields[field.name]?.(field) : undefined;
    if (problem !== undefined) refused.push(problem);
    if (request !== undefined) requests.push(request);
    if (field.name === 'verdict') requests.push(...verdict);
  }
  return { refused, requests, wanted: joinVariants(requests, needs.join) };
}

/** One request for each variant, with the needs of all. */
function joinVariants<Variant extends LookupVariant, Need>(
  requests: readonly LookupRequest<Variant, Need>[],
  join: (a: Need, b: Need) => Need,
): readonly LookupRequest<Variant, Need>[] {
  return [...Map.groupBy(requests, ({ variant }) => variant)].map(([variant, same]) => ({
    variant,
    need: same.map(({ need }) => need).reduce(join),
  }));
}
