/** Which of our types Argus knows, by the names that `GET /reputation/v2/type` lists. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Cache } from '../../../cache/cache.ts';
import {
  type Indicator,
  type IndicatorType,
  indicatorTypes,
  parseIndicator,
} from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import { factVersion } from '../facts.ts';

const reputationTypes = z.array(z.object({ shortName: z.string(), name: z.string() }));
export type ReputationTypes = z.infer<typeof reputationTypes>;

/** Only `domain` and `ip` are documented; the rest are the names that such services use. */
const candidates: Readonly<Record<IndicatorType, readonly string[]>> = {
  IPV4: ['ip', 'ipv4', 'ipaddress'],
  IPV6: ['ip', 'ipv6', 'ipaddress'],
  CIDR: ['ip', 'cidr', 'network', 'subnet'],
  DOMAIN: ['domain', 'fqdn', 'hostname'],
  URL: ['url', 'uri'],
  EMAIL: ['email', 'emailaddress', 'mail'],
  MD5: ['md5', 'hash', 'filehash'],
  SHA1: ['sha1', 'hash', 'filehash'],
  SHA256: ['sha256', 'hash', 'filehash'],
  SHA512: ['sha512', 'hash', 'filehash'],
  OTHER: [],
};

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The documented ones: all that is asked for until Argus says what it knows, and where it refuses to say. */
export const assumedTypes: ReputationTypes = [
  { shortName: 'domain', name: 'Domain' },
  { shortName: 'ip', name: 'IP' },
];

const namesIn = (type: IndicatorType, types: ReputationTypes): readonly string[] =>
  types.map(({ shortName }) => shortName).filter(name => candidates[type].includes(plain(name)));

/** The names under which Argus may keep indicators of our type; empty: it does not know the type. */
export function namesFor(type: IndicatorType, known: ReputationTypes): readonly string[] {
  const names = namesIn(type, known);
  // A list without the documented types is no proof that Argus has none: asked for in vain, it says so itself.
  return names.length > 0 ? names : namesIn(type, assumedTypes);
}

/** Argus could have a name for the type. */
export const isThinkable = (type: IndicatorType): boolean => candidates[type].length > 0;

interface TypedValue {
  readonly value: string;
  readonly reputationType: { readonly shortName: string };
}

/**
 * The indicator that a record is about, taken for the type that Argus keeps it under: "localhost" is a domain there, and
 * as our guess it would be other text. Undefined: a value that cannot be looked up, such as a range of addresses.
 */
export function indicatorOf({ value, reputationType }: TypedValue): Indicator | undefined {
  const fitting = indicatorTypes.filter(type => candidates[type].includes(plain(reputationType.shortName)));
  for (const type of fitting) {
    const { indicator } = parseIndicator(value, type);
    if (indicator !== undefined) return indicator;
  }
  const { indicator } = parseIndicator(value);
  return fitting.length > 0 && indicator?.type === 'OTHER' ? undefined : indicator;
}

const dayMs = 86_400_000;
/** After a failure, so that `GET /type` is not asked again with every lookup: longer where it was refused. */
const pauseMs = { refused: 300_000, failed: 15_000 } as const;
/** How long a question of an undocumented type waits for Argus to say whether it knows the type. */
const patienceMs = 1000;
const mostCredentials = 10_000;

export interface TypeBook {
  /**
   * What is known now; the documented types where Argus refuses to tell. Asks in the background when nothing is known.
   * Undefined: it is not known yet, so that a type beside the documented ones can be neither asked for nor ruled out.
   */
  known(credential: Credential): ReputationTypes | undefined;
  /** The same, but nothing is asked. */
  recall(credential: Credential): ReputationTypes | undefined;
  /** After waiting a moment for an answer under way; why there is none, where there is none. Never rejects. */
  soon(credential: Credential, signal: AbortSignal): Promise<ReputationTypes | UpstreamError>;
  /** Waits for Argus's own word; rejects with UpstreamError. */
  ask(credential: Credential): Promise<ReputationTypes>;
}

interface Failure {
  readonly error: UpstreamError;
  readonly until: number;
}

/** The permission to read the types is one of its own. A 401 is another matter: there, nothing is known of any type. */
const isRefusal = ({ kind, httpStatus }: UpstreamError): boolean =>
  (kind === 'DENIED' && httpStatus !== 401) || kind === 'REJECTED';

export function createTypeBook(
  fetch: (credential: Credential) => Promise<ReputationTypes>,
  cache: Cache,
  now: () => number,
): TypeBook {
  const keys = new LRUCache<string, string>({ max: mostCredentials });
  const keyOf = ({ partition }: Credential): string => {
    const known = keys.get(partition) ?? cacheKey(factVersion, 'ARGUS', 'types', partition);
    keys.set(partition, known);
    return known;
  };
  const underway = new Map<string, { readonly promise: Promise<ReputationTypes>; readonly since: number }>();
  const failures = new Map<string, Failure>();
  /** Past its day a list still tells more than nothing while it is asked for again. */
  const lastTold = new Map<string, ReputationTypes>();

  const fetchOnce = async (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const [found] = await cache.getMany([key], stored => reputationTypes.safeParse(stored).data);
    if (found !== undefined) return found.fact;
    const types = await fetch(credential);
    cache.setMany([{ key, entry: { fact: types, fetchedAt: now() }, ttlMs: dayMs }]);
    return types;
  };

  const noteFailure = (key: string, problem: unknown): void => {
    if (!(problem instanceof UpstreamError)) return;
    if (failures.size >= mostCredentials) failures.clear();
    const pause = Math.max(pauseMs[isRefusal(problem) ? 'refused' : 'failed'], problem.retryAfterMs ?? 0);
    failures.set(key, { error: problem, until: now() + pause });
  };

  const ask = (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const current = underway.get(key);
    if (current !== undefined) return current.promise;
    const promise = fetchOnce(credential)
      .then(
        types => {
          failures.delete(key);
          if (lastTold.size >= mostCredentials) lastTold.clear();
          lastTold.set(key, types);
          return types;
        },
        problem => {
          noteFailure(key, problem);
          throw problem;
        },
      )
      .finally(() => underway.delete(key));
    underway.set(key, { promise, since: now() });
    return promise;
  };

  const recall = (credential: Credential): ReputationTypes | undefined => {
    const key = keyOf(credential);
    const told = cache.peek<ReputationTypes>(key)?.fact ?? lastTold.get(key);
    const failure = failures.get(key);
    return told ?? (failure && isRefusal(failure.error) ? assumedTypes : undefined);
  };

  const known = (credential: Credential): ReputationTypes | undefined => {
    const key = keyOf(credential);
    const isDue = cache.peek(key) === undefined && (failures.get(key)?.until ?? 0) <= now();
    if (isDue) ask(credential).catch(() => {}); // meanwhile, what is known stands
    return recall(credential);
  };

  const whyUnknown = (credential: Credential): UpstreamError => {
    const failure = failures.get(keyOf(credential));
    return new UpstreamError(
      'ARGUS',
      failure?.error.kind ?? 'TIMED_OUT',
      'Argus has not said whether it knows indicators of this type: ask again.',
      { cause: failure?.error, retryAfterMs: failure ? Math.max(1000, failure.until - now()) : 1000 },
    );
  };

  return {
    ask,
    known,
    recall,
    async soon(credential, signal) {
      const current = underway.get(keyOf(credential));
      if (current !== undefined) await patiently(current.promise, current.since + patienceMs - now(), signal);
      return recall(credential) ?? whyUnknown(credential);
    },
  };
}

/** Until it is settled, the time is up or the asker is gone. Never rejects. */
function patiently(promise: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
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
