interface Sighted {
  readonly lastSeen: string | null;
}

interface SightedIndicator {
  readonly datadog: { readonly threat: Sighted | null };
  readonly argus: { readonly memberships: readonly Sighted[] | null };
}

/** The latest `lastSeen` that any source reports, among the records that were read. */
export const lastSeen = ({ datadog, argus }: SightedIndicator): string | undefined =>
  [datadog.threat, ...(argus.memberships ?? [])]
    .flatMap(sighted => sighted?.lastSeen ?? [])
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
