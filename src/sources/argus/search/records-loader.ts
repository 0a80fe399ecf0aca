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
  readonly request: RecordsRequest;
}

const needOf = ({ states, properties, withCovering }: RecordsRequest): RecordsNeed => ({
  withOld: states.includes('OLD'),
  withCovering,
  properties,
});

/** Equal for equal needs of one indicator. */
export const textOf = ({ indicator, request }: RecordsKey): string =>
  JSON.stringify([needOf(request), indicatorKey(indicator)]);

export function questionOf(
  { indicator, request }: RecordsKey,
  credential: Credential,
  operation: Operation,
): FactRequest<RecordsSubject, RecordsNeed> {
  const { partition } = credential;
  return {
    key: cacheKey(factVersion, 'ARGUS', partition, indicator.type, indicator.value),
    partition,
    subject: { indicator, credential },
    need: needOf(request),
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

export function createRecordsLoader(
  facts: RecordsReadThrough,
  credential: Credential | UpstreamError,
  operation: Operation,
): DataLoader<RecordsKey, RecordsOutcome, string> {
  return new DataLoader<RecordsKey, RecordsOutcome, string>(
    keys => {
      if (credential instanceof UpstreamError) {
        operation.reduceMaxAge(0);
        return Promise.resolve(keys.map(() => ({ error: credential })));
      }
      return loadMany(keys, key => questionOf(key, credential, operation), operation, facts);
    },
    { cacheKeyFn: textOf, maxBatchSize: 1000 },
  );
}

/**
 * All values of the operation share one search, so each is looked up with the joined need of all; with what covers it only
 * where a field needs that.
 */
async function loadMany(
  keys: readonly RecordsKey[],
  toQuestion: (key: RecordsKey) => FactRequest<RecordsSubject, RecordsNeed>,
  operation: Operation,
  facts: RecordsReadThrough,
): Promise<RecordsOutcome[]> {
  const joined = keys.map(({ request }) => needOf(request)).reduce(joinNeeds);
  const questions = new Map<string, FactRequest<RecordsSubject, RecordsNeed>>();
  const cacheKeys = keys.map(key => {
    const question = toQuestion(key);
    const withCovering = question.need.withCovering || questions.get(question.key)?.need.withCovering === true;
    questions.set(question.key, { ...question, need: { ...joined, withCovering } });
    return question.key;
  });
  const outcomes = await facts.getMany([...questions.values()], operation);
  const byCacheKey = new Map([...questions.keys()].map((key, index) => [key, outcomes[index] as RecordsOutcome]));
  return cacheKeys.map(key => byCacheKey.get(key) as RecordsOutcome);
}
