/** The state of a source's answer about an indicator, without the facts. Values are those of `schema.graphql`. */

/**
 * A member of the schema's `SourceName`. It is any text here because the registry (`sources/index.ts`) decides which
 * sources exist: code outside a source's own folder never names one.
 */
export type SourceName = string;

/** The names of a source in log lines, error messages and verdicts: `DATADOG` and "Datadog". */
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
  | 'OVERLOADED'
  | 'WITHHELD'
  | 'MALFORMED';

export type CoverageLimit =
  | 'LAST_30_DAYS'
  | 'READABLE_LISTS_ONLY'
  | 'STATES_FILTERED'
  | 'EXACT_VALUE_ONLY'
  | 'HOST_ONLY'
  | 'TYPE_NOT_DOCUMENTED'
  | 'DEFAULT_MATCHER_ONLY'
  | 'COVERING_ONLY'
  | 'TRUNCATED'
  | 'ROWS_MOVED'
  | 'PERSONAL_DATA_HIDDEN';

export type ServedFrom = 'LIVE' | 'CACHE' | 'STALE_CACHE';

export interface SourceReport {
  readonly source: SourceName;
  readonly status: SourceStatus;
  /** What this answer leaves out although it succeeded. */
  readonly limits: readonly CoverageLimit[];
  readonly servedFrom: ServedFrom | null;
  /** Why a stale fact was served instead of a live one. */
  readonly staleBecause: SourceStatus | null;
  /** RFC 3339, UTC. */
  readonly fetchedAt: string | null;
  /** Age of the facts when the response was made. */
  readonly ageSeconds: number | null;
  /** For a human; never an upstream's text. */
  readonly detail: string | null;
  readonly retryAfterSeconds: number | null;
}
