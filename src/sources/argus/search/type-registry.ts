/** The indicator types that Argus knows, as each credential may see them: fetched when needed and cached for a day. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Cache } from '../../../cache/entry.ts';
import type { Clock } from '../../../clock.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import { factVersion } from '../facts.ts';
import type { ReputationTypes } from '../mapping.ts';

const storedTypes: z.ZodType<ReputationTypes> = z.array(z.object({ shortName: z.string(), name: z.string() }));

const dayMs = 86_400_000;
/** A refusal holds for a day, as a list does; a failure may pass. */
const failurePauseMs = 900_000;
const maxCredentials = 10_000;

export interface TypeRegistry {
  /** The list as far as it is known now, without a call; an expired one is better than none. */
  get(credential: Credential): ReputationTypes | undefined;
  /** Fetches the list in the background when it is not in the cache and has not just failed. */
  refresh(credential: Credential): void;
  /** The list from the cache or from Argus; rejects with UpstreamError. */
  fetch(credential: Credential): Promise<ReputationTypes>;
}

/** A 403 refuses only the list of types. After a 401 nothing is known of any type. */
const isRefusal = ({ kind, httpStatus }: UpstreamError): boolean =>
  (kind === 'DENIED' && httpStatus !== 401) || kind === 'REJECTED';

export function createTypeRegistry(
  fetchTypes: (credential: Credential) => Promise<ReputationTypes>,
  cache: Cache,
  { wall, monotonic }: Clock,
): TypeRegistry {
  const keys = new LRUCache<string, string>({ max: maxCredentials });
  const keyOf = ({ partition }: Credential): string => {
    const known = keys.get(partition) ?? cacheKey(factVersion, 'ARGUS', partition, 'types');
    keys.set(partition, known);
    return known;
  };
  const inFlight = new Map<string, Promise<ReputationTypes>>();
  /** When the list may be asked for again, monotonic, after it was refused or failed. */
  const notBefore = new LRUCache<string, number>({ max: maxCredentials });
  /** A list that has expired is better than none while it is fetched again. */
  const lastKnown = new LRUCache<string, ReputationTypes>({ max: maxCredentials });

  const load = async (credential: Credential, key: string): Promise<ReputationTypes> => {
    const [cached] = await cache.getMany([key], stored => storedTypes.safeParse(stored).data);
    if (cached !== undefined) return cached.fact;
    const types = await fetchTypes(credential);
    cache.setMany([{ key, entry: { fact: types, fetchedAt: wall(), heardAt: monotonic() }, ttlMs: dayMs }]);
    return types;
  };

  const loadAndNote = async (credential: Credential, key: string): Promise<ReputationTypes> => {
    try {
      const types = await load(credential, key);
      notBefore.delete(key);
      lastKnown.set(key, types);
      return types;
    } catch (problem) {
      const isRefused = problem instanceof UpstreamError && isRefusal(problem);
      const asked = problem instanceof UpstreamError ? (problem.retryAfterMs ?? 0) : 0;
      notBefore.set(key, monotonic() + Math.max(isRefused ? dayMs : failurePauseMs, asked));
      throw problem;
    }
  };

  const fetch = (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const current = inFlight.get(key);
    if (current !== undefined) return current;
    const promise = loadAndNote(credential, key).finally(() => inFlight.delete(key));
    inFlight.set(key, promise);
    return promise;
  };

  return {
    fetch,
    get(credential) {
      const key = keyOf(credential);
      return cache.peek<ReputationTypes>(key)?.fact ?? lastKnown.get(key);
    },
    refresh(credential) {
      const key = keyOf(credential);
      const isDue = cache.peek(key) === undefined && (notBefore.get(key) ?? 0) <= monotonic();
      if (isDue) fetch(credential).catch(() => {}); // noted in `notBefore`
    },
  };
}
