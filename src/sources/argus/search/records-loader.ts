/** Joins what the fields of an operation need of its indicators into one read of the cache, each fact once. */
import DataLoader from 'dataloader';
import type { FactRequest } from '../../../cache/fact-kind.ts';
import { indicatorKey } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import type { Operation } from '../../source.ts';
import {
  factVersion,
  joinNeeds,
  type RecordsNeed,
  type RecordsOutcome,
  type RecordsReadThrough,
  type RecordsSubject,
} from '../facts.ts';
import type { RecordsRequest } from './selection-needs.ts';

export interface RecordsKey {
  readonly indicator: Indicator;
  readonly typeNames: readonly string[];
  readonly request: RecordsRequest;
}

/** Records of the very value, or those that cover it: two facts, each with its own cache key. */
export type RecordsVariant = 'memberships' | 'covering';

const needOf = ({ states, properties }: RecordsRequest): RecordsNeed => ({
  withOld: states.includes('OLD'),
  properties,
});

/** Equal for equal needs of one indicator. */
export const textOf = ({ indicator, request }: RecordsKey): string =>
  JSON.stringify([needOf(request), indicatorKey(indicator)]);

export function questionOf(
  { indicator, typeNames, request }: RecordsKey,
  variant: RecordsVariant,
  credential: Credential,
  operation: Operation,
): FactRequest<RecordsSubject, RecordsNeed> {
  const { partition } = credential;
  const prefix = variant === 'covering' ? ['covering'] : [];
  return {
    key: cacheKey(factVersion, 'ARGUS', partition, ...prefix, indicator.type, indicator.value, ...typeNames),
    partition,
    subject: { indicator, typeNames, credential },
    need: needOf(request),
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

export function createRecordsLoader(
  facts: RecordsReadThrough,
  variant: RecordsVariant,
  credential: Credential | UpstreamError,
  operation: Operation,
): DataLoader<RecordsKey, RecordsOutcome, string> {
  return new DataLoader<RecordsKey, RecordsOutcome, string>(
    keys => {
      if (credential instanceof UpstreamError) {
        operation.reduceMaxAge(0);
        return Promise.resolve(keys.map(() => ({ error: credential })));
      }
      return loadMany(keys, key => questionOf(key, variant, credential, operation), operation, facts);
    },
    { cacheKeyFn: textOf, maxBatchSize: 1000 },
  );
}

/** All values of the operation share one search, so each is looked up with the joined need of all. */
async function loadMany(
  keys: readonly RecordsKey[],
  toQuestion: (key: RecordsKey) => FactRequest<RecordsSubject, RecordsNeed>,
  operation: Operation,
  facts: RecordsReadThrough,
): Promise<RecordsOutcome[]> {
  const need = keys.map(({ request }) => needOf(request)).reduce(joinNeeds);
  const questions = new Map<string, FactRequest<RecordsSubject, RecordsNeed>>();
  const cacheKeys = keys.map(key => {
    const question = toQuestion(key);
    questions.set(question.key, { ...question, need });
    return question.key;
  });
  const outcomes = await facts.getMany([...questions.values()], operation);
  const byCacheKey = new Map([...questions.keys()].map((key, index) => [key, outcomes[index] as RecordsOutcome]));
  return cacheKeys.map(key => byCacheKey.get(key) as RecordsOutcome);
}
