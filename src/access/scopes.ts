/** The scopes that the gateway itself asks of its callers. Undefined: none needed. */
export interface ScopePolicy {
  readonly datadog: string | undefined;
  readonly argus: string | undefined;
  readonly datadogPersonal: string | undefined;
}

/** What one caller may be shown. A source that may not be seen is not asked either, and is DENIED in `sources`. */
export interface Sight {
  readonly datadog: boolean;
  readonly argus: boolean;
  /** Never without `datadog`. */
  readonly datadogPersonal: boolean;
}

/** Pure: the same policy and scopes always give the same sight. */
export function sightOf(policy: ScopePolicy, scopes: ReadonlySet<string>): Sight {
  const carries = (needed: string | undefined) => needed === undefined || scopes.has(needed);
  const datadog = carries(policy.datadog);
  return { datadog, argus: carries(policy.argus), datadogPersonal: datadog && carries(policy.datadogPersonal) };
}
