/** What the fields of an operation need of its indicators: the table of their facts, and requests to the cache. */
import type { FactRequest } from '../../../cache/fact-kind.ts';
import { indicatorKey } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import { createFactTable, type FactTable } from '../../fact-table.ts';
import type { Operation } from '../../source.ts';
import { withheldIndicator } from '../../withheld.ts';
import {
  factVersion,
  joinNeeds,
  type RecordsFact,
  type RecordsNeed,
  type RecordsReadThrough,
  type RecordsSubject,
} from '../facts.ts';
import { pickRecords } from '../mapping.ts';
import { coveringCriterionOf } from './enclosing.ts';
import { verdictSource } from './records-report.ts';
import { currentStates, type RecordsRequest } from './selection-needs.ts';

export interface RecordsKey {
  readonly indicator: Indicator;
  readonly request: RecordsRequest;
}

/** A verdict needs what covers an indicator, where anything can: of a hash, what any other field fetched will do. */
const needOf = ({ indicator, request: { states, properties, withCovering } }: RecordsKey): RecordsNeed => ({
  withOld: states.includes('OLD'),
  withCovering: withCovering && coveringCriterionOf(indicator) !== undefined,
  properties,
});

/** What a field leaves nothing of is an absence to it. Without a filter, every reader of the fact sees the same one. */
function absenceOf({ states, lists }: RecordsRequest): ((fact: RecordsFact) => boolean) | undefined {
  if (states === currentStates && lists === undefined) return undefined;
  return ({ records }) => pickRecords(records, states, lists).length === 0;
}

function recordsRequestOf(
  { indicator, request }: RecordsKey,
  credential: Credential,
  operation: Operation,
): FactRequest<RecordsSubject, RecordsNeed, RecordsFact> {
  const { partition } = credential;
  return {
    key: cacheKey(factVersion, 'ARGUS', partition, indicator.type, indicator.value),
    partition,
    subject: { indicator, credential },
    need: needOf({ indicator, request }),
    maxAgeMs: operation.maxAgeMs(indicator),
    isAbsence: absenceOf(request),
  };
}

export const openRecordsTable = (
  facts: RecordsReadThrough,
  credential: Credential | UpstreamError,
  operation: Operation,
): FactTable<RecordsKey, RecordsFact> =>
  createFactTable({
    facts,
    operation,
    credential,
    textOf: ({ indicator }) => indicatorKey(indicator),
    needOf,
    withheld: ({ indicator }) => withheldIndicator(verdictSource, indicator, operation),
    requestOf: (key, own) => recordsRequestOf(key, own, operation),
    joinNeeds,
    isFiltered: ({ request }) => absenceOf(request) !== undefined,
  });
