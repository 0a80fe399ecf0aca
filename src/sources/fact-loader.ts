/** Loads the facts of one operation: from memory at once, the others together, each once. */
import DataLoader from 'dataloader';
import type { FactOutcome, FactRequest } from '../cache/fact-kind.ts';
import type { ReadThrough } from '../cache/read-through.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Credential } from './credential.ts';
import { type MaybePromise, once } from './deferred.ts';
import type { Operation } from './source.ts';

export interface FactLoaderOptions<Key, Subject, Need, Fact> {
  readonly facts: ReadThrough<Subject, Need, Fact>;
  readonly operation: Operation;
  readonly credential: Credential | UpstreamError;
  /** Equal for equal keys. */
  textOf(key: Key): string;
  requestOf(key: Key, credential: Credential): FactRequest<Subject, Need, Fact>;
  /** The smallest need that contains both. */
  joinNeeds(a: Need, b: Need): Need;
  /** Where facts travel in one call: what to request of each, given the needs of all. */
  shareCall?(needs: readonly Need[]): (need: Need) => Need;
}

/** Never rejects: the outcome may be a failure. Synchronous for a fact in memory. */
export type LoadFact<Key, Fact> = (key: Key) => MaybePromise<FactOutcome<Fact>>;

export function createFactLoader<Key, Subject, Need, Fact>(
  options: FactLoaderOptions<Key, Subject, Need, Fact>,
): LoadFact<Key, Fact> {
  const { facts, operation, credential, textOf, requestOf } = options;
  const loader = once(
    () =>
      new DataLoader<Key, FactOutcome<Fact>, string>(
        keys => {
          if (!(credential instanceof UpstreamError)) return loadMany(keys, credential, options);
          operation.reduceMaxAge(0);
          return Promise.resolve(keys.map(() => ({ error: credential })));
        },
        { cacheKeyFn: textOf, maxBatchSize: 1000 },
      ),
  );
  const served = new Map<string, FactOutcome<Fact>>();
  return key => {
    if (!operation.allowsAnyAge || credential instanceof UpstreamError) return loader().load(key);
    const text = textOf(key);
    const known = served.get(text) ?? facts.peek(requestOf(key, credential), operation);
    if (known === undefined) return loader().load(key);
    served.set(text, known);
    return known;
  };
}

/** Requests of one fact become one that covers all their needs. */
async function loadMany<Key, Subject, Need, Fact>(
  keys: readonly Key[],
  credential: Credential,
  { facts, operation, requestOf, joinNeeds, shareCall }: FactLoaderOptions<Key, Subject, Need, Fact>,
): Promise<FactOutcome<Fact>[]> {
  const requests = keys.map(key => requestOf(key, credential));
  const joined = new Map<string, FactRequest<Subject, Need, Fact>>();
  for (const request of requests) {
    const earlier = joined.get(request.key);
    joined.set(request.key, earlier === undefined ? request : joinRequests(earlier, request, joinNeeds));
  }
  const shared = shareCall?.(requests.map(({ need }) => need)) ?? (need => need);
  const outcomes = await facts.getMany(
    [...joined.values()].map(request => ({ ...request, need: shared(request.need) })),
    operation,
  );
  const byKey = new Map([...joined.keys()].map((key, index) => [key, outcomes[index] as FactOutcome<Fact>]));
  return requests.map(({ key }) => byKey.get(key) as FactOutcome<Fact>);
}

/** An absence to one of the two is fetched again when an absence is due. */
const joinRequests = <Subject, Need, Fact>(
  one: FactRequest<Subject, Need, Fact>,
  other: FactRequest<Subject, Need, Fact>,
  joinNeeds: (a: Need, b: Need) => Need,
): FactRequest<Subject, Need, Fact> => ({
  ...other,
  need: joinNeeds(one.need, other.need),
  isAbsence: fact => one.isAbsence?.(fact) === true || other.isAbsence?.(fact) === true,
});
