import type { SourceName, SourceStatus } from '../domain/source-report.ts';

/** The statuses of a source that gave no usable response. */
export type FailedStatus = Exclude<SourceStatus, 'MATCHED' | 'NO_MATCH' | 'NOT_APPLICABLE' | 'NOT_QUERIED'>;

/**
 * The closed list of what can go wrong with a call to an upstream. Each is reported as the SourceStatus of that name,
 * but for TRUNCATED: there a part of the data arrived, and it is reported as MATCHED with a limit.
 */
export type UpstreamErrorKind = FailedStatus | 'TRUNCATED';

export interface UpstreamErrorOptions {
  /** How long the upstream demands to wait. */
  readonly retryAfterMs?: number | undefined;
  /** For the log; never shown to a client. */
  readonly cause?: unknown;
  /** Names of the upstream's fields in a validation error (412), to be mapped onto our arguments. */
  readonly fields?: readonly string[];
  /** HTTP status of the response, if there was one. */
  readonly httpStatus?: number;
  /** The request was never sent: the deadline passed, or the caller left, while it was waiting. */
  readonly neverSent?: boolean;
  /** The caller lacks a scope of the gateway: the code is FORBIDDEN, not UPSTREAM_DENIED. */
  readonly forbidden?: boolean;
  /** The caller's argument that is at fault: the code is BAD_USER_INPUT, not UPSTREAM_REJECTED. */
  readonly argument?: string;
  /** The response is about something else than was asked. */
  readonly isAboutAnother?: boolean;
}

/** The only error that `http-client/` and the sources' clients throw. Its message is ours, and shown to callers. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly source: SourceName;
  readonly kind: UpstreamErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly fields: readonly string[];
  readonly httpStatus: number | undefined;
  readonly neverSent: boolean;
  readonly forbidden: boolean;
  readonly argument: string | undefined;
  readonly isAboutAnother: boolean;

  constructor(source: SourceName, kind: UpstreamErrorKind, message: string, options: UpstreamErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.source = source;
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields ?? [];
    this.httpStatus = options.httpStatus;
    this.neverSent = options.neverSent ?? false;
    this.forbidden = options.forbidden ?? false;
    this.argument = options.argument;
    this.isAboutAnother = options.isAboutAnother ?? false;
  }

  /** Rounded up: an earlier retry would fail. */
  get retryAfterSeconds(): number | undefined {
    return this.retryAfterMs === undefined ? undefined : Math.ceil(this.retryAfterMs / 1000);
  }
}
