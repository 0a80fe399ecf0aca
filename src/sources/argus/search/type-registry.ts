/** The indicator types that Argus knows, as each credential may see them: fetched, cached for a day, assumed meanwhile. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Cache } from '../../../cache/entry.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import { factVersion } from '../facts.ts';
import type { ReputationTypes } from '../mapping.ts';
import { assumedTypes } from './type-names.ts';

const storedTypes: z.ZodType<ReputationTypes> = z.array(z.object({ shortName: z.string(), name: z.string() }));

const dayMs = 86_400_000;
/** How long `GET /type` is not sent again after it failed or was refused. */
const pauseMs = { refused: 300_000, failed: 15_000 } as const;
/** How long a lookup of an undocumented type waits for the list of types. */
const maxWaitMs = 1000;
const maxCredentials = 10_000;

export interface TypeRegistry {
  /**
   * What is known now, without a call; the documented types where Argus refuses to list them. Undefined: the list is not
   * known yet, so types beside the documented ones can be neither searched for nor ruled out.
   */
  get(credential: Credential): ReputationTypes | undefined;
  /** The same, and fetches the list in the background when it is not in the cache. */
  getOrRefresh(credential: Credential): ReputationTypes | undefined;
  /** Waits up to a second for a list that is being fetched; resolves to why there is none. Never rejects. */
  waitFor(credential: Credential, signal: AbortSignal): Promise<ReputationTypes | UpstreamError>;
  /** The list itself, never an assumption, from the cache or from Argus; rejects with UpstreamError. */
  fetch(credential: Credential): Promise<ReputationTypes>;
}

/** A 403 refuses only the list of types. After a 401 nothing is known of any type. */
const isRefusal = ({ kind, httpStatus }: UpstreamError): boolean =>
  (kind === 'DENIED' && httpStatus !== 401) || kind === 'REJECTED';

export function createTypeRegistry(
  fetchTypes: (credential: Credential) => Promise<ReputationTypes>,
  cache: Cache,
  now: () => number,
): TypeRegistry {
  const keys = new LRUCache<string, string>({ max: maxCredentials });
  const keyOf = ({ partition }: Credential): string => {
    const known = keys.get(partition) ?? cacheKey(factVersion, 'ARGUS', 'types', partition);
    keys.set(partition, known);
    return known;
  };
  const inFlight = new Map<string, { readonly promise: Promise<ReputationTypes>; readonly startedAt: number }>();
  const failures = createFailures(now);
  /** A list that has expired is better than none while it is fetched again. */
  const lastKnown = new Map<string, ReputationTypes>();

  const load = async (credential: Credential, key: string): Promise<ReputationTypes> => {
    const [cached] = await cache.getMany([key], stored => storedTypes.safeParse(stored).data);
    if (cached !== undefined) return cached.fact;
    const types = await fetchTypes(credential);
    cache.setMany([{ key, entry: { fact: types, fetchedAt: now() }, ttlMs: dayMs }]);
    return types;
  };

  const loadAndNote = async (credential: Credential, key: string): Promise<ReputationTypes> => {
    try {
      const types = await load(credential, key);
      failures.delete(key);
      if (lastKnown.size >= maxCredentials) lastKnown.clear();
      lastKnown.set(key, types);
      return types;
    } catch (problem) {
      failures.note(key, problem);
      throw problem;
    }
  };

  const fetch = (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const current = inFlight.get(key);
    if (current !== undefined) return current.promise;
    const promise = loadAndNote(credential, key).finally(() => inFlight.delete(key));
    inFlight.set(key, { promise, startedAt: now() });
    return promise;
  };

  const get = (credential: Credential): ReputationTypes | undefined => {
    const key = keyOf(credential);
    const known = cache.peek<ReputationTypes>(key)?.fact ?? lastKnown.get(key);
    const failure = failures.get(key);
    return known ?? (failure && isRefusal(failure.error) ? assumedTypes : undefined);
  };

  return {
    fetch,
    get,
    getOrRefresh(credential) {
      const key = keyOf(credential);
      const isDue = cache.peek(key) === undefined && (failures.get(key)?.until ?? 0) <= now();
      if (isDue) fetch(credential).catch(() => {}); // noted in `failures`
      return get(credential);
    },
    async waitFor(credential, signal) {
      const key = keyOf(credential);
      const current = inFlight.get(key);
      if (current !== undefined) await settledWithin(current.promise, current.startedAt + maxWaitMs - now(), signal);
      return get(credential) ?? unknownTypes(failures.get(key), now());
    },
  };
}

interface Failure {
  readonly error: UpstreamError;
  /** Epoch milliseconds, when the next attempt is due. */
  readonly until: number;
}

function createFailures(now: () => number) {
  const failures = new Map<string, Failure>();
  return {
    get: (key: string) => failures.get(key),
    delete: (key: string) => failures.delete(key),
    note(key: string, problem: unknown): void {
      if (!(problem instanceof UpstreamError)) return;
      if (failures.size >= maxCredentials) failures.clear();
      const pause = Math.max(pauseMs[isRefusal(problem) ? 'refused' : 'failed'], problem.retryAfterMs ?? 0);
      failures.set(key, { error: problem, until: now() + pause });
    },
  };
}

const unknownTypes = (failure: Failure | undefined, now: number): UpstreamError =>
  new UpstreamError(
    'ARGUS',
    failure?.error.kind ?? 'TIMED_OUT',
    'Argus has not said whether it knows indicators of this type: ask again.',
    { cause: failure?.error, retryAfterMs: failure ? Math.max(1000, failure.until - now) : 1000 },
  );

/** Resolves when the promise settles, the time is up or the signal aborts. Never rejects. */
function settledWithin(promise: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    promise.then(end, end);
  });
}
