import type { SourceName, SourceStatus } from '../domain/source-report.ts';

/** The statuses of a source that could not be heard. */
export type FailedStatus = Extract<
  SourceStatus,
  'UNCONFIGURED' | 'DENIED' | 'REJECTED' | 'RATE_LIMITED' | 'TIMED_OUT' | 'UNAVAILABLE' | 'MALFORMED'
>;

/**
 * The closed list of what can go wrong when an upstream is asked. Each is the SourceStatus that reports it, but for
 * TRUNCATED: there a part was heard, and the answers show it as MATCHED with a limit.
 */
export type UpstreamErrorKind = FailedStatus | 'TRUNCATED';

export interface UpstreamErrorOptions {
  /** What the upstream itself asks us to wait. */
  readonly retryAfterMs?: number;
  /** For the operator's log and for mapping onto our arguments; never shown to a client. */
  readonly cause?: unknown;
  /** Upstream field names that a validation error (412) speaks of. */
  readonly fields?: readonly string[];
  /** HTTP status that was answered, if any. */
  readonly httpStatus?: number;
  /** The work was never sent: the deadline passed, or its caller left, while it waited for its turn. */
  readonly neverSent?: boolean;
  /** Our own scope forbids it: the code is FORBIDDEN, not UPSTREAM_DENIED. */
  readonly forbidden?: boolean;
}

/** The only error that leaves `http-client/` and the sources' clients. Its message is written by us, for a client to read. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly source: SourceName;
  readonly kind: UpstreamErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly fields: readonly string[];
  readonly httpStatus: number | undefined;
  readonly neverSent: boolean;
  readonly forbidden: boolean;

  constructor(source: SourceName, kind: UpstreamErrorKind, message: string, options: UpstreamErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.source = source;
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields ?? [];
    this.httpStatus = options.httpStatus;
    this.neverSent = options.neverSent ?? false;
    this.forbidden = options.forbidden ?? false;
  }
}
