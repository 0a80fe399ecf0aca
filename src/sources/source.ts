/** The contract that each source fulfils, and what all of them say in the same way. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../access/access.ts';
import type { Cache } from '../cache/cache.ts';
import type { Asker, Outcome, Windows } from '../cache/read-through.ts';
import type { Indicator } from '../domain/indicator.ts';
import type { CoverageLimit, SourceName, SourceReport, SourceStatus } from '../domain/report.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { UpstreamHealth } from '../upstream/upstream.ts';
import type { Selection } from './lookahead.ts';

export type MaybePromise<Value> = Value | Promise<Value>;

/** `then` for what may be here already: a warm field stays synchronous. */
export const after = <Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => Result,
): MaybePromise<Result> => (value instanceof Promise ? value.then(next) : next(value));

/** Made when it is first wanted. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What the house lends to every source. */
export interface House {
  readonly cache: Cache;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly windows: Windows;
  readonly revalidates: boolean;
  /** Values that one operation may name: the queue behind an upstream holds at least twice as many. */
  readonly maxValues: number;
  /** The whole operation: no single call is given longer. */
  readonly deadlineMs: number;
  /** Whose key each source is asked with. */
  readonly keyFrom: Readonly<Record<SourceName, 'service' | 'caller'>>;
  /** The way out, as `HTTPS_PROXY` and `NO_PROXY` have it. */
  readonly proxy: { readonly proxyUrl?: string; readonly noProxy?: string };
  readonly now: () => number;
}

/** One GraphQL operation, as a source sees it. */
export interface Operation extends Asker {
  readonly keys: Caller['keys'];
  /** By the caller's scopes. */
  maySee(what: SourceName | 'PERSONAL'): boolean;
  /** The strictest age that this operation asked for the indicator; undefined: any fresh fact will do. */
  maxAgeMs(indicator: Indicator): number | undefined;
  /** No part of the operation names an age, so a fact from memory can be handed out before all of it was seen. */
  readonly isAgeless: boolean;
}

/** A source's part in one operation: the loaders behind its resolvers, and its word for the join. */
export interface SourceOperation<Evidence> {
  /** What the selection of one Indicator object asked of this source, and what came of it. */
  report(indicator: Indicator, selection: Selection): Promise<SourceReport>;
  /** The one question a verdict asks; equal for every selection. */
  testify(indicator: Indicator): MaybePromise<Testified<Evidence>>;
}

export interface Testified<Evidence> {
  readonly report: SourceReport;
  readonly evidence: Evidence | null;
}

export interface Source<Loaders> {
  readonly name: SourceName;
  readonly isConfigured: boolean;
  /** Fresh loaders: they live as long as one operation, and no longer. */
  open(operation: Operation): Loaders;
  health(): UpstreamHealth | undefined;
  close(): Promise<void>;
}

/**
 * The part of every cache, flight and batch that belongs to one credential. Two credentials never share one; the same
 * credential has the same one in every replica. It tells nothing of the credential.
 */
export function partitionOf(credential: string, upstreamUrl: string): string {
  const key = `${upstreamUrl} ${credential}`;
  const known = partitions.get(key);
  if (known !== undefined) return known;
  // No HMAC with the credential for its key: to that, a key with zeros at its end is the same key.
  const partition = hash('sha256', `partition of ${key}`, 'base64url');
  partitions.set(key, partition);
  return partition;
}

/** Asked for with every fact, and dearer than the fact. */
const partitions = new LRUCache<string, string>({ max: 10_000 });

/** The same for a secret that may be exchanged at any time, and hardly ever is. */
export function partitionsOf(upstreamUrl: string): (credential: string) => string {
  let last: { readonly credential: string; readonly partition: string } | undefined;
  return credential => {
    if (last?.credential !== credential) last = { credential, partition: partitionOf(credential, upstreamUrl) };
    return last.partition;
  };
}

/** Whose key a source is asked with: its headers, and the partition that belongs to it alone. */
export interface Credential {
  readonly partition: string;
  headers(): Readonly<Record<string, string>>;
  /** After a 401: looks at the secret again; true when it has changed. */
  reload(): boolean;
}

/**
 * Asks, and once more when a 401 was about a secret that has been exchanged since: by this call or, for of many calls
 * that were refused together only one is the first to see the new secret, by any other.
 */
export async function askWithFreshSecret<Answer>(credential: Credential, ask: () => Promise<Answer>): Promise<Answer> {
  const before = credential.partition;
  try {
    return await ask();
  } catch (problem) {
    if (!(problem instanceof UpstreamError) || problem.httpStatus !== 401) throw problem;
    if (!credential.reload() && credential.partition === before) throw problem;
    return ask();
  }
}

/** Raised when a fact changes shape: what an older release stored is then never looked at. */
const factVersion = '1';

/** Equal if and only if all parts are equal: every part carries its length. */
export function cacheKey(...parts: readonly string[]): string {
  return [factVersion, ...parts].map(part => `${part.length}:${part}`).join('');
}

const worstFirst: readonly SourceStatus[] = [
  'MALFORMED',
  'UNAVAILABLE',
  'TIMED_OUT',
  'RATE_LIMITED',
  'REJECTED',
  'DENIED',
  'UNCONFIGURED',
  'MATCHED',
  'NO_MATCH',
  'NOT_APPLICABLE',
  'NOT_QUERIED',
];

const details: Partial<Record<SourceStatus, string>> = {
  NOT_APPLICABLE: 'The source does not know indicators of this type.',
  NOT_QUERIED: 'No selected field asked this source.',
};

/** A report of a source that nothing was heard from. */
export function silentReport(source: SourceName, status: SourceStatus): SourceReport {
  return {
    source,
    status,
    limits: [],
    servedFrom: null,
    staleBecause: null,
    fetchedAt: null,
    ageSeconds: null,
    detail: details[status] ?? null,
    retryAfterSeconds: null,
  };
}

/** Whole seconds, rounded up: coming back earlier would be in vain. */
export function retryAfterSeconds(error: UpstreamError): number | null {
  return error.retryAfterMs === undefined ? null : Math.ceil(error.retryAfterMs / 1000);
}

/** A source that failed. TRUNCATED never comes here: there, a part was heard. */
export function failedReport(error: UpstreamError): SourceReport {
  const status = error.kind === 'TRUNCATED' ? 'MATCHED' : error.kind;
  return { ...silentReport(error.source, status), detail: error.message, retryAfterSeconds: retryAfterSeconds(error) };
}

/** A source that answered. */
export function heardReport<Fact>(
  source: SourceName,
  outcome: Extract<Outcome<Fact>, { fact: Fact }>,
  status: 'MATCHED' | 'NO_MATCH',
  limits: readonly CoverageLimit[],
  now: number,
): SourceReport {
  return {
    source,
    status,
    limits,
    servedFrom: outcome.servedFrom,
    staleBecause: outcome.staleBecause,
    fetchedAt: new Date(outcome.fetchedAt).toISOString(),
    ageSeconds: Math.max(0, (now - outcome.fetchedAt) / 1000),
    detail: null,
    retryAfterSeconds: null,
  };
}

const servedWorstFirst = ['STALE_CACHE', 'CACHE', 'LIVE', null] as const;

/** Several questions to one source: the worst status, every limit, the oldest answer. */
export function mergeReports(reports: readonly [SourceReport, ...SourceReport[]]): SourceReport {
  const byStatus = [...reports].sort((a, b) => worstFirst.indexOf(a.status) - worstFirst.indexOf(b.status));
  const worst = byStatus[0] as SourceReport;
  const served = [...reports].sort(
    (a, b) => servedWorstFirst.indexOf(a.servedFrom) - servedWorstFirst.indexOf(b.servedFrom),
  )[0] as SourceReport;
  const oldest = reports
    .filter(report => report.fetchedAt !== null)
    .sort((a, b) => ((a.fetchedAt as string) < (b.fetchedAt as string) ? -1 : 1))[0];
  return {
    ...worst,
    limits: [...new Set(reports.flatMap(report => report.limits))],
    servedFrom: served.servedFrom,
    staleBecause: reports.find(report => report.staleBecause !== null)?.staleBecause ?? null,
    fetchedAt: oldest?.fetchedAt ?? null,
    ageSeconds: oldest?.ageSeconds ?? null,
    retryAfterSeconds: reports.reduce<number | null>(
      (longest, { retryAfterSeconds: wait }) => (wait === null ? longest : Math.max(longest ?? 0, wait)),
      null,
    ),
  };
}
