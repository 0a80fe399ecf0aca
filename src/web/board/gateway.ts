/** Apollo Client, and the requests of the board. */
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError } from '@apollo/client';
import { possibleTypes, typePolicies } from '../../clients/type-policies.ts';
import { graphqlAddress } from '../graphql-address.ts';
import { LookupError, type Reply } from './entry.ts';
import { ExtractDocument, TriageDocument } from './generated/graphql.ts';
import type { Extract } from './text/read-in-parts.ts';
import { backoffSeconds, retryableReports } from './triage.ts';

/** What a caller is known by, and the keys for sources that it brings, by their headers. */
export interface Keys {
  readonly key: string;
  readonly own: Readonly<Record<string, string>>;
}

/** Headers in which callers of this gateway bring keys of their own: the served page names them. */
export const ownKeyHeaders: readonly string[] = (
  document.querySelector<HTMLMetaElement>('meta[name="own-key-headers"]')?.content ?? ''
)
  .split(' ')
  .filter(name => /^[\w-]+$/.test(name));

/** The headers of a request that hold keys. They are kept in this variable only: no storage, no cookie. */
let keyHeaders: Readonly<Record<string, string>> = {};
const keyListeners = new Set<() => void>();

/** In place of those that were given before. */
export function setKeys({ key, own }: Keys): void {
  const all = { authorization: key.trim() && `Bearer ${key.trim()}`, ...own };
  keyHeaders = Object.fromEntries(Object.entries(all).filter(([, value]) => value.trim() !== ''));
  for (const listener of keyListeners) listener();
}

/** Calls back when keys were given, until the returned function is called. */
export function onKey(listener: () => void): () => void {
  keyListeners.add(listener);
  return () => void keyListeners.delete(listener);
}

export function createClient(): ApolloClient {
  const link = new HttpLink({
    uri: graphqlAddress(location),
    // POST only: what an analyst looks up must not be in a URL, which histories, proxies and logs keep.
    fetch: (uri, init) => {
      const headers = new Headers(init?.headers);
      for (const [name, value] of Object.entries(keyHeaders)) headers.set(name, value.trim());
      return fetch(uri, { ...init, headers, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
    },
  });
  return new ApolloClient({ link, cache: new InMemoryCache({ typePolicies, possibleTypes }) });
}

export const createLookup =
  (client: ApolloClient) =>
  async (values: readonly string[], { live }: { readonly live: boolean }): Promise<readonly Reply[]> => {
    const variables = { values: [...values], ...(live && { maxAgeSeconds: 0 }) };
    const { data, error } = await client.query({
      query: TriageDocument,
      variables,
      fetchPolicy: 'network-only',
      errorPolicy: 'all',
    });
    if (error && !isOfCovering(error)) throw lookupError(error);
    return (data?.lookup ?? []).map(({ problem, indicator }) => ({
      ...(problem !== null && { problem }),
      ...(indicator && { id: indicator.id }),
      retryable: indicator ? retryableReports(indicator) : [],
    }));
  };

/** The one field that raises errors where a source fails; `sources` tells of the same failure. */
const isOfCovering = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) && error.errors.every(({ path }) => path?.at(-1) === 'covering');

export const createExtract =
  (client: ApolloClient): Extract =>
  async text => {
    const { data } = await client
      .query({ query: ExtractDocument, variables: { text }, fetchPolicy: 'no-cache' })
      .catch((error: unknown) => {
        throw lookupError(error);
      });
    if (!data) throw new LookupError('The gateway did not answer', undefined, false);
    return data.extract.map(({ start, length, indicator, problem }) => {
      const place = { start, end: start + length };
      return indicator ? { ...place, value: indicator.value } : { ...place, problem: problem ?? 'No indicator.' };
    });
  };

export const keyRequired = 'This gateway wants a key';

const passingCodes: ReadonlySet<unknown> = new Set([
  'RATE_LIMITED',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  'INTERNAL_SERVER_ERROR',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_MALFORMED',
]);

/** When to send a failed query again, never before the time that was named; undefined: that would change nothing. */
export function secondsUntilAskedAgain(error: unknown, attempts: number): number | undefined {
  const { isFinal, retryAfterSeconds } = lookupError(error);
  return isFinal ? undefined : Math.max(retryAfterSeconds ?? 0, backoffSeconds(attempts));
}

export function lookupError(error: unknown): LookupError {
  if (CombinedGraphQLErrors.is(error)) {
    const first = error.errors.find(one => passingCodes.has(one.extensions?.code)) ?? error.errors[0];
    const code = first?.extensions?.code;
    if (code === 'UNAUTHENTICATED') return new LookupError(keyRequired, undefined, true, 'KEY_REQUIRED');
    const seconds = first?.extensions?.retryAfterSeconds;
    const mayPass = passingCodes.has(code);
    return new LookupError(
      first?.message ?? error.message,
      typeof seconds === 'number' ? seconds : undefined,
      !mayPass,
      code === 'OPERATION_TOO_LARGE' ? 'TOO_LARGE' : undefined,
    );
  }
  if (!ServerError.is(error)) return new LookupError('The gateway can not be reached', undefined, false);
  if (error.statusCode === 401) return new LookupError(keyRequired, undefined, true, 'KEY_REQUIRED');
  const seconds = Number(error.response.headers.get('retry-after') ?? Number.NaN);
  const mayPass = error.statusCode >= 500 || error.statusCode === 429;
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  return new LookupError(`The gateway answered ${error.statusCode}`, retryAfter, !mayPass);
}
