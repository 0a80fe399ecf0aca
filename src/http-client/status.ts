import type { SourceLabel } from '../domain/source-report.ts';
import type { UpstreamAnswer } from './client.ts';
import { UpstreamError, type UpstreamErrorKind, type UpstreamErrorOptions } from './errors.ts';
import type { BudgetNews } from './rate-limit.ts';

const sentences: Readonly<Record<UpstreamErrorKind, string>> = {
  UNCONFIGURED: 'has no credentials here',
  DENIED: 'refused the credentials',
  REJECTED: 'rejected the question',
  RATE_LIMITED: 'has no budget left for this credential',
  TIMED_OUT: 'did not answer in time',
  UNAVAILABLE: 'is unavailable',
  MALFORMED: 'sent an answer that can not be read',
  TRUNCATED: 'holds more than it lets anybody read',
};

/** An UpstreamError in our own words: nothing of what the upstream sent is in it. */
export function fail(
  source: SourceLabel,
  kind: UpstreamErrorKind,
  options: UpstreamErrorOptions = {},
  sentence: string = sentences[kind],
): UpstreamError {
  return new UpstreamError(source.name, kind, `${source.title} ${sentence}`, options);
}

/** What a status says by itself. Undefined for an answer with content. */
export function readStatus(source: SourceLabel, answer: UpstreamAnswer, now: number): UpstreamError | undefined {
  const kind = kindOf(answer.status);
  if (kind === undefined) return undefined;
  const wait = retryAfterMs(answer, now);
  return fail(source, kind, {
    httpStatus: answer.status,
    fields: fieldsOf(answer.body),
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

/** What an answer tells of the budget, whatever its status: Datadog's `X-RateLimit-*`, Argus's quota, `Retry-After`. */
export function readBudget(answer: UpstreamAnswer, now: number): BudgetNews | undefined {
  const limit = number(header(answer, 'x-ratelimit-limit'));
  const period = number(header(answer, 'x-ratelimit-period'));
  const isSpent = answer.status === 429 || answer.status === 402;
  const reset = resetMs(answer);
  const resetInMs = isSpent ? retryAfterMs(answer, now) : reset;
  const remaining = isSpent ? 0 : number(header(answer, 'x-ratelimit-remaining'));
  if (remaining === undefined || resetInMs === undefined) return undefined;
  return {
    limit: limit === 0 ? undefined : limit,
    remaining,
    resetInMs,
    periodMs: period === undefined ? undefined : period * 1000,
  };
}

/** `Retry-After` in seconds or as a date, else what a spent budget says of its return. Nonsense is no answer. */
function retryAfterMs(answer: UpstreamAnswer, now: number): number | undefined {
  const asked = readRetryAfter(header(answer, 'retry-after'), now);
  if (answer.status !== 429 && answer.status !== 402) return asked;
  return asked ?? quotaMs(answer.body) ?? resetMs(answer);
}

function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = number(text);
  if (seconds !== undefined) return Math.min(seconds * 1000, longestWaitMs);
  // Date.parse reads "-1" as a year: a date of HTTP begins with a weekday.
  const date = /^[A-Z][a-z]{2,}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), longestWaitMs);
}

/** Told in whole seconds, so 0 is "within this second". */
function resetMs(answer: UpstreamAnswer): number | undefined {
  const seconds = number(header(answer, 'x-ratelimit-reset'));
  return seconds === undefined ? undefined : Math.min(seconds === 0 ? 1000 : seconds * 1000, longestWaitMs);
}

/** Argus tells it in `metaData`; some clients have seen it beside it. */
function quotaMs(body: unknown): number | undefined {
  const places = [property(body, 'metaData'), body];
  const told = places.map(place => property(place, 'millisUntilResourcesAvailable'));
  const millis = told.find(value => typeof value === 'number' && value >= 0);
  return typeof millis === 'number' ? Math.min(millis, longestWaitMs) : undefined;
}

/** Argus names the fields of a validation error in its messages. Names only, for mapping onto our own arguments. */
function fieldsOf(body: unknown): readonly string[] {
  const messages = property(body, 'messages');
  if (!Array.isArray(messages)) return [];
  const fields = messages.slice(0, mostFields).map(message => property(message, 'field'));
  return fields.filter(field => typeof field === 'string').filter(field => /^[\w.[\]-]{1,100}$/.test(field));
}

/** A wait longer than a fortnight is as good as a fortnight, and stays within every timer and GraphQL Int. */
const longestWaitMs = 14 * 24 * 3600 * 1000;
const mostFields = 50;

function header(answer: UpstreamAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}

/** A number that is not negative, in plain decimals. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
