/** What a source said about an indicator, apart from the facts themselves. The words are those of `schema.graphql`. */

/**
 * A source, by its member of the schema's `SourceName`. Which ones there are is for the registry to say
 * (`sources/index.ts`): code outside a source's own folder never names one.
 */
export type SourceName = string;

/** A source as log lines, error messages and verdicts name it: `DATADOG` and "Datadog". */
export interface SourceLabel {
  readonly name: SourceName;
  /** For sentences. */
  readonly title: string;
}

export type SourceStatus =
  | 'MATCHED'
  | 'NO_MATCH'
  | 'NOT_APPLICABLE'
  | 'NOT_QUERIED'
  | 'UNCONFIGURED'
  | 'DENIED'
  | 'REJECTED'
  | 'RATE_LIMITED'
  | 'TIMED_OUT'
  | 'UNAVAILABLE'
  | 'MALFORMED';

export type CoverageLimit =
  | 'LAST_30_DAYS'
  | 'READABLE_LISTS_ONLY'
  | 'STATES_FILTERED'
  | 'EXACT_VALUE_ONLY'
  | 'TRUNCATED'
  | 'PERSONAL_DATA_HIDDEN';

export type ServedFrom = 'LIVE' | 'CACHE' | 'STALE_CACHE';

export interface SourceReport {
  readonly source: SourceName;
  readonly status: SourceStatus;
  /** What this answer cannot tell, however well it went. */
  readonly limits: readonly CoverageLimit[];
  readonly servedFrom: ServedFrom | null;
  /** Why a stale fact stands in for a live one. */
  readonly staleBecause: SourceStatus | null;
  /** RFC 3339, UTC. */
  readonly fetchedAt: string | null;
  /** When answered. */
  readonly ageSeconds: number | null;
  /** For a human; never an upstream's text. */
  readonly detail: string | null;
  readonly retryAfterSeconds: number | null;
}
