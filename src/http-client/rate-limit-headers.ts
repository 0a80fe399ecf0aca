/** What a response says about its rate limit, and about when to ask again. */
import type { RateLimitSnapshot } from './rate-limit-window.ts';
import type { UpstreamResponse } from './upstream.ts';

/** Two weeks: fits into a timer and a GraphQL Int. */
const maxWaitMs = 14 * 24 * 3600 * 1000;

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
export function retryAfterMs(response: UpstreamResponse, now: number): number | undefined {
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

function header(response: UpstreamResponse, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value.trim() : value?.[0]?.trim();
}

/** A non-negative number in plain decimals. */
function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** A property of a body of unknown shape. */
export function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
