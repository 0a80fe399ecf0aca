import type { SourceLabel } from '../domain/source-report.ts';
import { UpstreamError, type UpstreamErrorKind, type UpstreamErrorOptions } from './errors.ts';
import type { RateLimitSnapshot } from './rate-limit-window.ts';
import type { UpstreamResponse } from './upstream.ts';

const defaultMessages: Readonly<Record<UpstreamErrorKind, string>> = {
  UNCONFIGURED: 'has no credentials here',
  DENIED: 'refused the credentials',
  REJECTED: 'rejected the question',
  RATE_LIMITED: 'has no budget left for this credential',
  TIMED_OUT: 'did not answer in time',
  UNAVAILABLE: 'is unavailable',
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
  const wait = retryAfterMs(response, now);
  return createUpstreamError(source, kind, {
    httpStatus: response.status,
    fields: fieldsOf(response.body),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function kindOf(status: number): UpstreamErrorKind | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 401 || status === 403) return 'DENIED';
  if (status === 402 || status === 429) return 'RATE_LIMITED';
  if (status === 404) return 'MALFORMED';
  return status >= 400 && status < 500 ? 'REJECTED' : 'UNAVAILABLE';
}

/** The rate limit from a response of any status: Datadog's `X-RateLimit-*`, Argus's quota, or `Retry-After`. */
export function readRateLimit(response: UpstreamResponse, now: number): RateLimitSnapshot | undefined {
  const limit = number(header(response, 'x-ratelimit-limit'));
  const period = number(header(response, 'x-ratelimit-period'));
  const isExhausted = response.status === 429 || response.status === 402;
  const reset = resetMs(response);
  const resetInMs = isExhausted ? retryAfterMs(response, now) : reset;
  const remaining = isExhausted ? 0 : number(header(response, 'x-ratelimit-remaining'));
  if (remaining === undefined || resetInMs === undefined) return undefined;
  return {
    limit: limit === 0 ? undefined : limit,
    remaining,
    resetInMs,
    periodMs: period === undefined ? undefined : period * 1000,
  };
}

/** `Retry-After` in seconds or as a date; for an exhausted rate limit otherwise its reset. Undefined if unreadable. */
function retryAfterMs(response: UpstreamResponse, now: number): number | undefined {
  const retryAfter = readRetryAfter(header(response, 'retry-after'), now);
  if (response.status !== 429 && response.status !== 402) return retryAfter;
  return retryAfter ?? quotaMs(response.body) ?? resetMs(response);
}

function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = number(text);
  if (seconds !== undefined) return Math.min(seconds * 1000, maxWaitMs);
  // Date.parse would read "-1" as a year, but a date of HTTP begins with a weekday.
  const date = /^[A-Z][a-z]{2,}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), maxWaitMs);
}

/** The header is in whole seconds, so 0 means "within this second". */
function resetMs(response: UpstreamResponse): number | undefined {
  const seconds = number(header(response, 'x-ratelimit-reset'));
  return seconds === undefined ? undefined : Math.min(seconds === 0 ? 1000 : seconds * 1000, maxWaitMs);
}

/** Argus documents it in `metaData`; some of its clients read it at the top level. */
function quotaMs(body: unknown): number | undefined {
  const places = [property(body, 'metaData'), body];
  const values = places.map(place => property(place, 'millisUntilResourcesAvailable'));
  const millis = values.find(value => typeof value === 'number' && value >= 0);
  return typeof millis === 'number' ? Math.min(millis, maxWaitMs) : undefined;
}

/** The field names in Argus's validation messages, to be mapped onto our arguments. Only what looks like a name. */
function fieldsOf(body: unknown): readonly string[] {
  const messages = property(body, 'messages');
  if (!Array.isArray(messages)) return [];
  const fields = messages.slice(0, maxFields).map(message => property(message, 'field'));
  return fields.filter(field => typeof field === 'string').filter(field => /^[\w.[\]-]{1,100}$/.test(field));
}

/** Two weeks: fits into a timer and a GraphQL Int. */
const maxWaitMs = 14 * 24 * 3600 * 1000;
const maxFields = 50;

function header(response: UpstreamResponse, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}

/** A non-negative number in plain decimals. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
