/** Which of our types Argus knows, by the names that `GET /reputation/v2/type` lists. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Cache } from '../../cache/cache.ts';
import { type Indicator, type IndicatorType, indicatorTypes, parseIndicator } from '../../domain/indicator.ts';
import { type Credential, cacheKey } from '../source.ts';

export const reputationTypes = z.array(z.object({ shortName: z.string(), name: z.string() })).min(1);
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

/** Until Argus says what it knows, or where it refuses to say. */
export const assumedTypes: ReputationTypes = [
  { shortName: 'domain', name: 'Domain' },
  { shortName: 'ip', name: 'IP' },
];

/** The names under which Argus may keep indicators of our type; empty: it does not know the type. */
export const namesFor = (type: IndicatorType, known: ReputationTypes): readonly string[] =>
  known.map(({ shortName }) => shortName).filter(name => candidates[type].includes(plain(name)));

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
/** After a failure, so that a refused `GET /type` is not asked again with every lookup. */
const pauseMs = 300_000;

export interface TypeBook {
  /** What is known now. Asks in the background when it is not, and never makes anybody wait. */
  known(credential: Credential): ReputationTypes;
  /** Waits for Argus's own word; rejects with UpstreamError. */
  ask(credential: Credential): Promise<ReputationTypes>;
}

export function createTypeBook(
  fetch: (credential: Credential) => Promise<ReputationTypes>,
  cache: Cache,
  now: () => number,
): TypeBook {
  const keyOf = (credential: Credential) => cacheKey('ARGUS', 'types', credential.partition);
  const underway = new Map<string, Promise<ReputationTypes>>();
  const failedAt = new LRUCache<string, number>({ max: 10_000 }); // callers may bring keys of their own

  const fetchOnce = async (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const [found] = await cache.getMany([key], stored => reputationTypes.safeParse(stored).data);
    if (found !== undefined) return found.fact;
    const types = await fetch(credential);
    cache.setMany([{ key, entry: { fact: types, fetchedAt: now() }, ttlMs: dayMs }]);
    return types;
  };

  const ask = (credential: Credential): Promise<ReputationTypes> => {
    const key = keyOf(credential);
    const current = underway.get(key);
    if (current !== undefined) return current;
    const fresh = fetchOnce(credential)
      .then(
        types => {
          failedAt.delete(key);
          return types;
        },
        problem => {
          failedAt.set(key, now());
          throw problem;
        },
      )
      .finally(() => underway.delete(key));
    underway.set(key, fresh);
    return fresh;
  };

  return {
    ask,
    known(credential) {
      const key = keyOf(credential);
      const found = cache.peek<ReputationTypes>(key);
      if (found !== undefined) return found.fact;
      const isPausing = now() - (failedAt.get(key) ?? Number.NEGATIVE_INFINITY) < pauseMs;
      if (!isPausing) ask(credential).catch(() => {}); // the assumption stands meanwhile
      return assumedTypes;
    },
  };
}
