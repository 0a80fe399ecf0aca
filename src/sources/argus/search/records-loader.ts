/** What the fields of an operation need of its indicators, as requests to the cache: all values share one search. */
import type { FactRequest } from '../../../cache/fact-kind.ts';
import { indicatorKey } from '../../../domain/indicator/indicator.ts';
import type { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import { createFactLoader, type LoadFact } from '../../fact-loader.ts';
import type { Operation } from '../../source.ts';
import {
  factVersion,
  joinNeeds,
  type RecordsFact,
  type RecordsNeed,
  type RecordsReadThrough,
  type RecordsSubject,
} from '../facts.ts';
import type { RecordsRequest } from './selection-needs.ts';

export interface RecordsKey extends Omit<RecordsSubject, 'credential'> {
  readonly request: RecordsRequest;
}

const needOf = ({ states, properties }: RecordsRequest): RecordsNeed => ({
  withOld: states.includes('OLD'),
  properties,
});

export function recordsRequestOf(
  { indicator, typeNames, criterion, request }: RecordsKey,
  credential: Credential,
  operation: Operation,
): FactRequest<RecordsSubject, RecordsNeed> {
  const { partition } = credential;
  const prefix = criterion === 'value' ? [] : ['covering'];
  return {
    key: cacheKey(factVersion, 'ARGUS', partition, ...prefix, indicator.type, indicator.value, ...typeNames),
    partition,
    subject: { indicator, typeNames, criterion, credential },
    need: needOf(request),
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

export const createRecordsLoader = (
  facts: RecordsReadThrough,
  credential: Credential | UpstreamError,
  operation: Operation,
): LoadFact<RecordsKey, RecordsFact> =>
  createFactLoader({
    facts,
    operation,
    credential,
    textOf: ({ indicator, request }) => JSON.stringify([needOf(request), indicatorKey(indicator)]),
    requestOf: (key, credential) => recordsRequestOf(key, credential, operation),
    joinNeeds,
    isOneCall: true,
  });
