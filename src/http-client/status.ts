import type { SourceLabel } from '../domain/source-report.ts';
import { UpstreamError, type UpstreamErrorKind, type UpstreamErrorOptions } from './errors.ts';
import { property, retryAfterMs } from './rate-limit-headers.ts';
import type { UpstreamResponse } from './upstream.ts';

const defaultMessages: Readonly<Record<UpstreamErrorKind, string>> = {
  UNCONFIGURED: 'has no credentials here',
  DENIED: 'refused the credentials',
  REJECTED: 'rejected the question',
  RATE_LIMITED: 'has no budget left for this credential',
  TIMED_OUT: 'did not answer in time',
  UNAVAILABLE: 'is unavailable',
  OVERLOADED: 'was not asked: more calls are waiting here than can be sent in time',
  WITHHELD: 'was not asked: the egress policy withholds it',
  MALFORMED: 'sent an answer that can not be read',
  TRUNCATED: 'holds more than it lets anybody read',
};

/** An UpstreamError whose message contains nothing that the upstream sent. */
export function createUpstreamError(
  source: SourceLabel,
  kind: UpstreamErrorKind,
  options: UpstreamErrorOptions = {},
  message: string = defaultMessages[kind],
): UpstreamError {
  return new UpstreamError(source.name, kind, `${source.title} ${message}`, options);
}

/** The error that a status means by itself; undefined for a success. */
export function classifyStatus(
  source: SourceLabel,
  response: UpstreamResponse,
  now: number,
): UpstreamError | undefined {
  const kind = kindOf(response.status);
  if (kind === undefined) return undefined;
  return createUpstreamError(source, kind, {
    httpStatus: response.status,
    fields: fieldsOf(response.body),
    retryAfterMs: retryAfterMs(response, now),
  });
}

function kindOf(status: number): UpstreamErrorKind | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401 || status === 403) return 'DENIED';
  if (status === 402 || status === 429) return 'RATE_LIMITED';
  if (status === 404) return 'MALFORMED';
  return status >= 400 && status < 500 ? 'REJECTED' : 'UNAVAILABLE';
}

/** The field names in Argus's validation messages, to be mapped onto our arguments. Only what looks like a name. */
function fieldsOf(body: unknown): readonly string[] {
  const messages = property(body, 'messages');
  if (!Array.isArray(messages)) return [];
  const fields = messages.slice(0, maxFields).map(message => property(message, 'field'));
  return fields.filter(field => typeof field === 'string').filter(field => /^[\w.[\]-]{1,100}$/.test(field));
}

const maxFields = 50;
