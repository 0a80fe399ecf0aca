/** Loads the facts of one operation: requests about one indicator are joined into as few calls as possible. */
import DataLoader from 'dataloader';
import type { FactOutcome, FactRequest } from '../cache/fact-kind.ts';
import type { ReadThrough } from '../cache/read-through.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import { cacheKey } from './cache-key.ts';
import type { Credential } from './credential.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';
import type { Operation } from './source.ts';

/** What a fact is about, and the credential that fetches it. */
export interface LookupSubject<Variant> {
  readonly indicator: Indicator;
  readonly variant: Variant;
  readonly credential: Credential;
}

type LookupFacts<Variant, Need, Fact> = ReadThrough<LookupSubject<Variant>, Need, Fact>;

export interface LoaderOptions<Variant extends LookupVariant, Need, Fact extends object> {
  readonly kind: LookupKind<Variant, Need, Fact>;
  readonly facts: LookupFacts<Variant, Need, Fact>;
  readonly operation: Operation;
  readonly credential: Credential | UpstreamError;
}

export interface LookupKey<Variant, Need> {
  readonly indicator: Indicator;
  readonly request: LookupRequest<Variant, Need>;
  /** Equal for equal requests about one indicator. */
  readonly text: string;
}

export function createLoader<Variant extends LookupVariant, Need, Fact extends object>(
  options: LoaderOptions<Variant, Need, Fact>,
): DataLoader<LookupKey<Variant, Need>, FactOutcome<Fact>, string> {
  const { credential, operation } = options;
  return new DataLoader<LookupKey<Variant, Need>, FactOutcome<Fact>, string>(
    keys => {
      if (!(credential instanceof UpstreamError)) return loadMany(keys, credential, options);
      operation.reduceMaxAge(0);
      return Promise.resolve(keys.map(() => ({ error: credential })));
    },
    { cacheKeyFn: ({ text }) => text, maxBatchSize: 1000 },
  );
}

export function factRequestOf<Variant extends LookupVariant, Need, Fact extends object>(
  { source, factVersion }: LookupKind<Variant, Need, Fact>,
  { indicator, request: { variant, need } }: LookupKey<Variant, Need>,
  credential: Credential,
  operation: Operation,
): FactRequest<LookupSubject<Variant>, Need> {
  const { partition } = credential;
  return {
    key: cacheKey(factVersion, source.name, partition, indicator.type, indicator.value, String(variant)),
    partition,
    subject: { indicator, variant, credential },
    need,
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

/** Joins the keys of one indicator and variant into one request that covers all their needs. */
async function loadMany<Variant extends LookupVariant, Need, Fact extends object>(
  keys: readonly LookupKey<Variant, Need>[],
  credential: Credential,
  { kind, facts, operation }: LoaderOptions<Variant, Need, Fact>,
): Promise<FactOutcome<Fact>[]> {
  const joined = new Map<string, FactRequest<LookupSubject<Variant>, Need>>();
  const keyTexts = keys.map(key => {
    const request = factRequestOf(kind, key, credential, operation);
    const earlier = joined.get(request.key);
    const need = earlier === undefined ? request.need : kind.needs.join(earlier.need, request.need);
    joined.set(request.key, { ...request, need });
    return request.key;
  });
  const outcomes = await facts.getMany([...joined.values()], operation);
  const byKey = new Map([...joined.keys()].map((key, index) => [key, outcomes[index] as FactOutcome<Fact>]));
  return keyTexts.map(text => byKey.get(text) as FactOutcome<Fact>);
}
